import numpy as np
import pytest

from core.evaluate.blocks import Blocks
from core.evaluate.clustered import clustered_difference, clustered_mean
from tests.simulations.clustered import share


def blocks_of(ids, length=1):
    return Blocks(np.asarray(ids), length, length)


def test_the_mean_and_the_difference_are_weighted():
    values, inside = np.array([1.0, 2, 3, 10]), np.array([True, True, True, False])
    weights = np.array([1.0, 1, 2, 5])
    assert clustered_mean(values, inside, blocks_of(range(4)), weights).value == pytest.approx(9 / 4)
    assert clustered_difference(values, inside, blocks_of(range(4)), weights).value == pytest.approx(
        9 / 4 - 10
    )


def test_without_clusters_it_is_student_s_interval():
    from scipy.stats import t

    values = np.random.default_rng(0).normal(size=30)
    found = clustered_mean(values, np.ones(30, bool), blocks_of(range(30)), np.ones(30))
    reach = t.ppf(0.975, 29) * values.std(ddof=1) / np.sqrt(30)
    assert (found.low, found.high) == pytest.approx((values.mean() - reach, values.mean() + reach))


def test_rows_of_a_session_that_say_the_same_count_as_one():
    values = np.random.default_rng(0).normal(size=30)
    once = clustered_mean(values, np.ones(30, bool), blocks_of(range(30)), np.ones(30))
    repeated = clustered_mean(
        np.repeat(values, 5), np.ones(150, bool), blocks_of(np.repeat(range(30), 5)), np.ones(150)
    )
    assert (repeated.low, repeated.high) == pytest.approx((once.low, once.high))


def test_more_intervals_are_wider_and_longer_horizons_too():
    values, inside, weights = np.random.default_rng(0).normal(size=200), np.arange(200) % 3 == 0, np.ones(200)
    one = clustered_difference(values, inside, blocks_of(range(200)), weights)
    of_20 = clustered_difference(values, inside, blocks_of(range(200)), weights, 20)
    assert of_20.high - of_20.low > 1.3 * (one.high - one.low)
    slow, everyone = np.repeat(values[:40], 5), np.ones(200, bool)
    daily, by_five = (
        clustered_mean(slow, everyone, blocks_of(range(200), length), weights) for length in (1, 5)
    )
    assert by_five.high - by_five.low > 2 * (daily.high - daily.low)


@pytest.mark.parametrize("inside", [[True] + [False] * 9, [False] * 10])
def test_rows_of_one_block_or_none_have_no_interval(inside):
    found = clustered_difference(np.arange(10.0), np.array(inside), blocks_of(range(10)), np.ones(10))
    assert np.isnan(found.low)
    assert np.isnan(found.high)


@pytest.mark.parametrize("horizon", [1, 5])
def test_groups_that_say_nothing_are_rarely_said_to_say_something(horizon):
    assert share(100, 120, horizon) <= 0.1  # 5 of 100, and 2.2 standard errors


def test_a_group_that_moves_outcomes_is_found():
    assert share(20, 240, 1, effect=0.3) >= 0.8
