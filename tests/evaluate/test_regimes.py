from dataclasses import replace

import numpy as np
import pytest

from core.evaluate.regimes import CALM, DOWN, FIRST, MIDDLE, PAST, SECOND, UP, WILD, regime_labels
from core.evaluate.slices import slice_report
from tests.makers.panels import events
from tests.makers.predictions import made_up
from tests.makers.worlds import first_always
from tests.simulations import regimes

DAYS = 120


def market(returns):
    """A dataset of two companies with a headline each day, whose mean return is `returns (d,)`."""
    both = np.stack([returns + 0.001, returns - 0.001], axis=1)
    return events(both, np.ones_like(both))[1]


def test_a_regime_is_read_from_the_past_alone():
    rng = np.random.default_rng(0)
    returns = 0.01 * rng.normal(size=DAYS)
    rows = np.arange(2 * DAYS)
    before = regime_labels(market(returns), rows, 1)
    changed = returns.copy()
    changed[80:] *= 30
    after = regime_labels(market(changed), rows, 1)
    known = rows < 2 * 81  # the return that begins on day 80 is over on day 81
    np.testing.assert_array_equal(before["market"][known], after["market"][known])
    assert (before["market"] != after["market"]).any()
    alone = regime_labels(market(changed), rows[known], 1)["volatility"]
    np.testing.assert_array_equal(regime_labels(market(returns), rows[known], 1)["volatility"], alone)


def test_calm_and_wild_rising_and_falling_are_told_apart():
    calm, wild = np.full(60, 0.001), np.tile([0.03, -0.04], 30)
    found = regime_labels(market(np.r_[calm, wild]), np.arange(240), 1)
    days = {name: values[::2] for name, values in found.items()}
    assert (days["market"][:10] == "").all()  # too few days before
    assert set(days["market"][10:60]) == {UP}
    assert set(days["market"][60 + PAST :]) == {DOWN}
    assert set(days["volatility"][60 + PAST :]) <= {MIDDLE, WILD}
    assert CALM in days["volatility"][10:60]
    assert days["half"].tolist() == [FIRST] * 60 + [SECOND] * 60


@pytest.mark.parametrize("horizon", [1, 5])
def test_a_longer_outcome_is_over_later(horizon):
    returns = np.r_[np.full(60, 0.01), np.full(60, -0.5)]
    first = regime_labels(market(returns), np.arange(240), horizon)["market"][::2].tolist().index(DOWN)
    assert first >= 60 + horizon


def test_an_undated_table_has_no_regimes():
    _, data, _ = made_up(dated=False)
    assert regime_labels(data, np.arange(len(data)), 1) == {}


def test_labels_have_halves_alone():
    _, data, _ = made_up("classify")
    labelled = replace(data, target_kind="label")
    assert list(regime_labels(labelled, np.arange(len(data)), 1)) == ["half"]


@pytest.mark.slow
def test_regimes_stand_among_the_slices():
    found = slice_report(*made_up())
    assert {made.by for made in found.slices} >= {"half", "volatility", "market"}
    large, _ = found.of("half")
    assert [made.rows for made in large] == [180, 180]


@pytest.mark.slow
@pytest.mark.parametrize("repetitions", first_always([20, 40]))
def test_where_no_regime_differs_few_are_flagged(repetitions):
    assert regimes.null(repetitions=repetitions) <= 0.05
