"""Outcomes that overlap are seen, those that do not are not, and nothing is said where it cannot be told."""

import numpy as np
import pandas as pd
import pytest

from core.data.target.overlap import Outcomes, can_tell, likely_overlap, overlap_beyond
from tests.makers.worlds import first_always
from tests.simulations.horizon import seen_overlap, warned


def overlapping(h, sessions=200, companies=3, seed=0, share=1.0, labels=False):
    rng = np.random.default_rng(seed)
    level = rng.standard_normal((sessions + h + 1, companies)).cumsum(axis=0)
    outcome = (level[h:] - level[:-h])[:sessions]
    session, company = np.nonzero(rng.random(outcome.shape) < share)
    y = outcome[session, company]
    return Outcomes.of(company, session, (y > 0).astype(float) if labels else y, labels)


@pytest.mark.parametrize("labels", [False, True], ids=["returns", "labels"])
@pytest.mark.parametrize("h", [2, 5, 10, 20])
def test_an_overlap_is_seen_and_its_length_is_about_right(h, labels):
    found = overlap_beyond(overlapping(h, labels=labels))
    assert 0.6 * h <= found <= 1.7 * h


@pytest.mark.parametrize("h", [1, 5])
def test_the_horizon_that_is_right_is_not_doubted(h):
    assert overlap_beyond(overlapping(h), h) == 0


def test_a_horizon_of_several_sessions_can_still_be_too_short():
    assert overlap_beyond(overlapping(20, 400), 5) > 10


def test_companies_with_news_on_a_third_of_the_sessions_are_enough():
    assert 3 <= overlap_beyond(overlapping(5, companies=8, share=0.3)) <= 8


def test_a_company_with_more_wins_than_another_is_no_overlap():
    rng = np.random.default_rng(3)
    company, session = np.divmod(np.arange(400), 200)
    y = (rng.random(400) < np.where(company == 0, 0.9, 0.1)).astype(float)
    assert overlap_beyond(Outcomes.of(company, session, y, True)) == 0


@pytest.mark.parametrize(
    "outcomes",
    [
        overlapping(5, sessions=15, companies=1),
        Outcomes.of(np.zeros(0, int), np.zeros(0, int), np.zeros(0), False),
        Outcomes.of(np.arange(300), np.arange(300), np.arange(300.0), False),
        Outcomes.of(np.zeros(300, int), np.arange(300), np.full(300, 0.01), False),
        Outcomes.of(np.zeros(300, int), np.arange(300) * 40, np.arange(300.0), False),
        Outcomes.of(np.zeros(300, int), np.full(300, -1), np.arange(300.0), False),
    ],
    ids=["few sessions", "nothing", "each its own company", "one value", "far apart", "no session"],
)
def test_nothing_is_said_where_it_cannot_be_told(outcomes):
    assert overlap_beyond(outcomes) == 0


def test_whether_it_could_be_told_is_known():
    outcomes = overlapping(1, sessions=100)
    assert can_tell(outcomes, 5)
    assert not can_tell(outcomes, 20)


def test_rows_of_one_event_count_once():
    once = overlapping(5, 60)
    twice = Outcomes.of(
        np.repeat(once.company, 2), np.repeat(once.session, 2), np.repeat(once.value[:, 0], 2), False
    )
    assert len(twice.value) == len(once.value)
    assert likely_overlap(twice) == likely_overlap(once)


def test_the_lags_are_of_the_same_company():
    frame = pd.DataFrame({"company": [0, 0, 1, 1], "session": [0, 5, 6, 7], "y": [1.0, 2.0, 3.0, 4.0]})
    outcomes = Outcomes.of(
        frame["company"].to_numpy(), frame["session"].to_numpy(), frame["y"].to_numpy(), False
    )
    assert (outcomes.spanned, len(outcomes.value)) == (8, 4)


@pytest.mark.slow
@pytest.mark.parametrize("labels", [False, True], ids=["returns", "labels"])
@pytest.mark.parametrize("companies", [1, 10])
@pytest.mark.parametrize("overlap", first_always([10, 5, 20]))
def test_a_horizon_of_one_under_overlapping_returns_is_warned_of(overlap, companies, labels):
    assert warned(overlap, companies=companies, labels=labels) >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("clustered", first_always([True, False]))
@pytest.mark.parametrize("labels", first_always([True, False]))
@pytest.mark.parametrize("companies", [1, 10])
def test_outcomes_of_one_session_are_hardly_ever_warned_of(companies, labels, clustered):
    assert warned(1, companies=companies, clustered=clustered, labels=labels, repetitions=1000) <= 0.025


@pytest.mark.slow
@pytest.mark.parametrize("companies", [1, 10])
@pytest.mark.parametrize("horizon", [2, 5])
def test_the_right_horizon_of_several_sessions_is_hardly_ever_warned_of(horizon, companies):
    assert warned(horizon, horizon, companies, repetitions=600) <= 0.025


@pytest.mark.slow
def test_the_overlap_that_is_named_is_about_the_truth():
    low, middle, high = seen_overlap(20, companies=10)
    assert (low, middle, high) == (20, 20, 20)
