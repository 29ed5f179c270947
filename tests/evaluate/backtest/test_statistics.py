import math

import numpy as np
import pytest

from core.evaluate.backtest.statistics import (
    A_YEAR,
    blocks_of_days,
    drawdown,
    resampled_days,
    sharpe,
    statistics,
    sum_band,
    volatility,
    yearly_difference,
)
from core.evaluate.blocks import Blocks
from tests.makers.worlds import first_always
from tests.simulations import portfolio


def test_the_statistics_by_hand():
    net = np.array([0.02, -0.01, 0.0, 0.01])
    assert volatility(net) == pytest.approx(net.std(ddof=1) * math.sqrt(252))
    assert sharpe(net) == pytest.approx(net.mean() / net.std(ddof=1) * math.sqrt(252))
    assert drawdown(np.array([-0.01, 0.03, -0.02, 0.01, -0.03, 0.05])) == pytest.approx(0.04)
    assert drawdown(np.array([-0.01, 0.03])) == pytest.approx(0.01)
    assert drawdown(np.array([0.01, 0.03])) == 0
    assert np.isnan(sharpe(np.zeros(4)))


def test_resampled_days_follow_each_other_in_blocks_and_the_end_joins_the_start():
    paths = resampled_days(10, 3, seed=0, resamples=50)
    assert paths.shape == (50, 10)
    steps = (np.diff(paths, axis=1) % 10)[:, [0, 1, 3, 4, 6, 7]]
    assert (steps == 1).all()
    assert set(np.unique(paths)) == set(range(10))


def test_blocks_are_never_shorter_than_the_horizon():
    rng = np.random.default_rng(0)
    assert blocks_of_days(rng.normal(size=200), 5).length >= 5
    assert blocks_of_days(rng.normal(size=4), 9).count == 1
    persistent = np.convolve(rng.normal(size=440), np.ones(40), "valid")
    assert blocks_of_days(persistent, 1).length > 5
    assert blocks_of_days(np.zeros(50), 1).count == 50
    assert blocks_of_days(rng.normal(size=60), 5, daily=False).count == 4


def test_every_statistic_has_an_interval_around_it():
    rng = np.random.default_rng(0)
    net = rng.normal(0.001, 0.01, 120)
    made = statistics(net, np.abs(net), resampled_days(120, 1, 0), blocks_of_days(np.zeros(120), 1))
    for value in (made.mean, made.volatility, made.sharpe, made.turnover):
        assert value.low < value.value < value.high
    assert made.mean.value == pytest.approx(net.mean() * 252)
    assert 0 < made.drawdown.low < made.drawdown.high


def test_of_returns_that_were_spread_evenly_the_risk_is_not_said():
    made = statistics(
        np.arange(9) / 100, np.ones(9), resampled_days(9, 3, 0), blocks_of_days(np.zeros(9), 1), daily=False
    )
    assert math.isnan(made.sharpe.value)
    assert math.isnan(made.volatility.value)
    assert math.isnan(made.drawdown.value)
    assert made.mean.value == pytest.approx(0.04 * 252)


def test_a_difference_is_paired_day_by_day():
    rng = np.random.default_rng(0)
    shared = rng.normal(0, 0.05, 100)
    made = yearly_difference(
        shared + 0.001, shared, resampled_days(100, 1, 0), blocks_of_days(np.zeros(100), 1)
    )
    assert made.value == pytest.approx(0.252)
    assert made.low == pytest.approx(made.high)


@pytest.mark.slow
@pytest.mark.parametrize(("horizon", "spread"), first_always([(5, True), (1, False), (5, False)]))
def test_without_skill_an_interval_leaves_out_zero_in_at_most_four_percent_a_side(horizon, spread):
    above, below = portfolio.null(horizon, spread=spread)
    assert above <= 0.04
    assert below <= 0.04
    assert above + below >= 0.01  # nor is it so wide that it says nothing


@pytest.mark.slow
def test_skill_is_found():
    assert portfolio.power() >= 0.8


def test_the_band_of_a_sum_starts_narrow_holds_the_sum_and_ends_as_wide_as_the_interval_of_the_mean():
    net = np.random.default_rng(0).normal(0.001, 0.01, 120)
    blocks = Blocks(np.arange(120))
    paths = resampled_days(120, 1, seed=0)
    low, high = sum_band(net, paths, blocks)
    assert (low < net.cumsum()).all()
    assert (net.cumsum() < high).all()
    assert high[0] - low[0] < (high[-1] - low[-1]) / 4
    mean = statistics(net, np.zeros(120), paths, blocks).mean
    assert high[-1] - low[-1] == pytest.approx((mean.high - mean.low) * 120 / A_YEAR, rel=0.01)


def test_the_band_of_a_single_block_is_unknown():
    net = np.full(5, 0.01)
    assert np.isnan(sum_band(net, resampled_days(5, 5, seed=0), Blocks(np.arange(5), 5, 5))).all()
