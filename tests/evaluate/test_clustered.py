import numpy as np
import pytest
from scipy.stats import t

from core.evaluate.clustered import clustered_difference, clustered_mean
from tests.simulations.clustered import share

VALUES = np.random.default_rng(0).normal(size=30)


def width(found):
    return found.high - found.low


def test_the_difference_is_of_the_two_means():
    inside = np.arange(30) % 3 == 0
    found = clustered_difference(VALUES, inside, np.arange(30))
    assert found.value == pytest.approx(VALUES[inside].mean() - VALUES[~inside].mean())
    assert found.low < found.value < found.high


def test_without_clusters_it_is_student_s_interval():
    found = clustered_mean(VALUES, np.arange(30))
    reach = t.ppf(0.975, 29) * VALUES.std(ddof=1) / np.sqrt(30)
    assert (found.low, found.high) == pytest.approx((VALUES.mean() - reach, VALUES.mean() + reach))


def test_rows_of_a_session_that_say_the_same_count_as_one():
    once = clustered_mean(VALUES, np.arange(30))
    repeated = clustered_mean(np.repeat(VALUES, 5), np.repeat(np.arange(30), 5))
    assert (repeated.low, repeated.high) == pytest.approx((once.low, once.high))


def test_more_intervals_are_wider_and_overlap_widens_them_too():
    inside, cluster = np.arange(30) % 2 == 0, np.arange(30)
    one = clustered_difference(VALUES, inside, cluster)
    assert width(clustered_difference(VALUES, inside, cluster, 20)) > 1.4 * width(one)
    assert width(clustered_difference(VALUES, inside, cluster, widening=1.5)) == pytest.approx(
        1.5 * width(one)
    )


def test_a_group_whose_values_are_all_the_same_is_not_certain():
    won, inside = (np.arange(40) % 2).astype(float), np.arange(40) % 8 == 1
    assert won[inside].all()
    assert width(clustered_difference(won, inside, np.arange(40))) > 0.5


@pytest.mark.parametrize("count", [0, 1, 4])
def test_a_side_of_fewer_than_five_clusters_has_no_interval(count):
    found = clustered_difference(VALUES, np.arange(30) < count, np.arange(30))
    assert np.isnan(found.low)
    assert np.isnan(found.high)
    assert np.isnan(found.value) == (count == 0)


def test_a_mean_of_one_cluster_or_of_nothing_has_no_interval():
    assert np.isnan(clustered_mean(VALUES, np.zeros(30)).low)
    assert clustered_mean(VALUES, np.zeros(30)).value == pytest.approx(VALUES.mean())
    assert np.isnan(clustered_mean(VALUES[:0], np.zeros(0)).value)


@pytest.mark.parametrize("horizon", [1, 5])
def test_groups_that_say_nothing_are_rarely_said_to_say_something(horizon):
    assert share(100, 120, horizon) <= 0.1  # 5 of 100, and 2.2 standard errors


def test_a_group_that_moves_outcomes_is_found():
    assert share(20, 240, 1, effect=0.3) >= 0.8


def test_a_mean_of_few_clusters_or_of_one_above_all_has_no_interval():
    assert np.isnan(clustered_mean(VALUES[:4], np.arange(4)).low)
    lopsided = np.r_[np.zeros(300, int), np.arange(1, 6)]
    assert np.isnan(clustered_mean(np.random.default_rng(0).normal(size=305), lopsided, 10).low)
