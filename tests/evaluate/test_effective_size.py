import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.evaluate.effective_size import effective_size, intraclass_correlation
from core.evaluate.events import event_weights
from tests.makers.train_tables import make_dataset, three_classes
from tests.makers.worlds import first_always
from tests.simulations.effective_size import worth
from tests.simulations.overlap import World

ALL = np.arange(100)
DAYS = np.repeat(np.arange(20), 5)


def random_outcome(n, seed=0):
    return np.random.default_rng(seed).normal(size=n)


def test_where_the_rows_of_a_session_share_their_outcome_the_sessions_are_what_counts():
    size = effective_size(make_dataset(np.zeros(100), DAYS), random_outcome(20)[DAYS], ALL)
    assert size.icc == pytest.approx(1)
    assert size.effective_n == pytest.approx(20)
    assert "count as about 20 independent" in str(size.sentence())


def test_independent_rows_of_many_events_all_count():
    dataset = make_dataset(np.zeros(100), DAYS)
    dataset.frame["company"] = [f"회사 {i}" for i in range(100)]
    size = effective_size(dataset, np.tile([-2.0, -1, 0, 1, 2], 20), ALL)
    assert size.icc == 0
    assert size.effective_n == 100
    assert "nearly all" in str(size.sentence())


def test_a_table_is_worth_no_more_than_its_events_even_if_their_rows_differ():
    size = effective_size(make_dataset(np.zeros(100), DAYS), random_outcome(100), ALL)
    assert size.effective_n <= 20


def test_a_crowded_session_is_worth_less_than_its_rows():
    days = np.r_[np.zeros(81, int), np.arange(1, 20)]
    size = effective_size(make_dataset(np.zeros(100), days), random_outcome(20)[days], ALL)
    assert size.effective_n == pytest.approx(100**2 / (81**2 + 19))


def test_stories_count_where_there_are_no_sessions():
    story = ALL // 4
    size = effective_size(make_dataset(np.zeros(100), story=story), random_outcome(25)[story], ALL)
    assert size.effective_n == pytest.approx(25)
    assert (size.events, size.sessions) == (0, 0)
    assert "tell the same story" in str(size.sentence())


def test_rows_without_an_outcome_do_not_count():
    outcome = random_outcome(20)[DAYS]
    outcome[50:] = np.nan
    size = effective_size(make_dataset(np.zeros(100), DAYS), outcome, ALL)
    assert (size.rows, size.events) == (50, 10)


def test_a_table_without_outcomes_is_worth_nothing():
    assert effective_size(make_dataset(np.zeros(100), DAYS), np.full(100, np.nan), ALL).effective_n == 0


def test_one_session_is_one_observation():
    size = effective_size(make_dataset(np.zeros(40), np.zeros(40, int)), random_outcome(40), np.arange(40))
    assert size.effective_n == 1


def test_where_no_two_rows_share_a_session_nothing_can_correlate():
    size = effective_size(make_dataset(np.zeros(20), np.arange(20)), random_outcome(20), np.arange(20))
    assert size.icc is None
    assert size.effective_n == 20


def test_the_intraclass_correlation_is_that_of_the_analysis_of_variance():
    values, block = np.array([9.0, 10, 11, 4, 6, 8, 1, 3]), np.array([0, 0, 0, 1, 1, 1, 2, 2])
    means = [10, 6, 2]
    between = (3 * 3.5**2 + 3 * 0.5**2 + 2 * 4.5**2) / 2  # the mean of all is 6.5
    within = sum((v - means[b]) ** 2 for v, b in zip(values, block, strict=True)) / 5
    size = (8 - (9 + 9 + 4) / 8) / 2
    assert intraclass_correlation(values[:, None], block) == pytest.approx(
        (between - within) / (between + (size - 1) * within)
    )


def test_three_classes_correlate_by_name_not_by_number():
    dataset, _ = three_classes(300)
    rng, rows = np.random.default_rng(0), np.arange(300)
    day = np.unique(dataset.frame["session"], return_inverse=True)[1]
    codes = np.where(rng.random(300) < 0.5, day % 3, rng.integers(0, 3, 300))
    one, other = (
        effective_size(dataset, names[codes], rows).icc for names in np.array([[0.0, 1, 2], [1, 0, 2]])
    )
    assert one == pytest.approx(other)
    assert 0.1 < one < 0.5


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 9), st.integers(0, 1)), min_size=1, max_size=60))
def test_the_worth_of_any_table_is_from_1_to_its_events(pairs):
    days, outcome = (np.array(column) for column in zip(*pairs, strict=True))
    dataset, rows = make_dataset(np.zeros(len(days)), days), np.arange(len(days))
    size = effective_size(dataset, outcome.astype(float), rows)
    assert 1 - 1e-9 <= size.effective_n <= size.events + (days < 0).sum()
    assert event_weights(dataset, rows).mean() == pytest.approx(1)


def test_outcomes_that_overlap_are_worth_less():
    outcome = random_outcome(100)
    single, spanning = (
        effective_size(make_dataset(np.zeros(100), ALL), outcome, ALL, horizon).effective_n
        for horizon in (1, 5)
    )
    assert single == pytest.approx(100)
    pairs = 100 + 2 * sum((100 - k) * (1 - k / 5) for k in range(1, 5))
    assert spanning == pytest.approx(100**2 / pairs)


def test_the_sentence_says_that_outcomes_overlap():
    size = effective_size(make_dataset(np.zeros(100), ALL), random_outcome(100), ALL, 5)
    assert "outcomes over 5 sessions overlap" in str(size.sentence())


def test_companies_that_move_apart_are_each_worth_their_own():
    outcome = np.tile([-1.0, 1.0], 100)
    dataset = make_dataset(np.zeros(200), np.repeat(ALL, 2))
    dataset.frame["company"] = np.tile(["가", "나"], 100)
    assert effective_size(dataset, outcome, np.arange(200), 1).effective_n == pytest.approx(200)


@pytest.mark.slow
@pytest.mark.parametrize(("companies", "shock"), first_always([(10, 0.5), (10, 0.0), (1, 0.0)]))
@pytest.mark.parametrize("horizon", [1, 5, 10, 20])
def test_the_worth_is_that_of_the_simulated_variance_of_the_mean(horizon, companies, shock):
    truth, said = worth(World(horizon, 240, companies, shock), range(40))
    assert np.median(said) == pytest.approx(truth, rel=0.25)
