import math

import pytest
from scipy.stats import t

from core.evaluate.bootstrap import Interval
from core.evaluate.verdict import Evidence, one_sided, verdict
from tests.makers.worlds import first_always
from tests.simulations.looks import deceived
from tests.simulations.overlap import World

SCORE = Interval(0.6, 0.55, 0.66)


def test_a_first_test_is_judged_by_the_95_percent_interval():
    assert Evidence(20).at_level(SCORE) == SCORE
    assert Evidence(20).against(SCORE, 0.5) == 1
    assert Evidence(20).against(SCORE, 0.7) == -1
    assert Evidence(20).against(SCORE, 0.6) == 0


def test_earlier_tests_of_the_same_rows_widen_it():
    ratio = t.isf(0.025 / 16, 19) / t.isf(0.025, 19)
    at = Evidence(20, looks=4).at_level(SCORE)
    assert (at.low, at.high) == pytest.approx((0.6 - 0.05 * ratio, 0.6 + 0.06 * ratio))
    assert Evidence(20, looks=20).against(SCORE, 0.5) == 0


def test_the_levels_of_all_tests_together_stay_below_5_percent():
    assert one_sided(1) == pytest.approx(0.025)
    assert sum(map(one_sided, range(1, 10_000))) < 0.05
    with pytest.raises(ValueError, match="0 tests"):
        one_sided(0)


def test_five_blocks_are_too_few_for_a_verdict():
    assert Evidence(5).against(SCORE, 0.5) == 0
    assert math.isnan(Evidence(5).at_level(SCORE).low)


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (Evidence(60, sessions=60), "60 sessions"),
        (Evidence(12, 5, 60), "60 sessions (12 blocks of 5)"),
        (Evidence(1, 20, 30), "30 sessions (1 block of 20)"),
        (Evidence(9, sessions=9, unit="story"), "9 stories"),
    ],
)
def test_what_an_interval_rests_on_is_said(evidence, said):
    assert str(evidence.over) == said


@pytest.mark.slow
@pytest.mark.parametrize("users", first_always([20, 40]))
def test_at_most_one_of_twenty_users_who_test_twenty_times_is_deceived(users):
    world = World(1, companies=4, memory=0.5)
    assert deceived(world, range(users)) <= 0.05


def test_a_difference_has_no_verdict_below_six_blocks_and_follows_its_interval_above():
    assert verdict(Interval(1.0, 0.5, 1.5), Evidence(5)) == "short"
    assert verdict(Interval(1.0, 0.5, 1.5), Evidence(6)) == "better"
    assert verdict(Interval(1.0, -0.5, 1.5), Evidence(6)) == "unclear"
    assert verdict(Interval(-1.0, -1.5, -0.5), Evidence(6)) == "worse"
    assert verdict(Interval(1.0, 0.1, 1.9), Evidence(30, looks=20)) == "tested"
