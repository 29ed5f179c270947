from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.train.splits.holdouts import CompanyHoldout, GroupHoldout, RandomHoldout
from core.train.splits.partition import PARTS
from core.train.splits.splitters import SessionHoldout, WalkForward

COMPANIES = ("가람전자", "나루제약", "다솜식품")


def rows(days, story=None, company=None):
    """Make rows whose session is a number of days from 2024-01-01 on; below 0 it is unknown."""
    days = np.asarray(days)
    session = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="D")).where(days >= 0)
    return pd.DataFrame(
        {
            "session": session,
            "story": np.arange(len(days)) if story is None else story,
            "company": pd.Series([COMPANIES[0]] * len(days) if company is None else company, dtype="str"),
        }
    )


@st.composite
def tables(draw, companies=(*COMPANIES, None)):
    n = draw(st.integers(2, 60))
    days = draw(st.lists(st.integers(-1, 25), min_size=n, max_size=n))
    story = draw(st.lists(st.integers(0, n), min_size=n, max_size=n))
    company = draw(st.lists(st.sampled_from(companies), min_size=n, max_size=n))
    return rows(days, story, company)


def made(rule, X):
    """Split, or return nothing where the rule says in a sentence that it cannot."""
    try:
        return list(rule.parts(X))
    except UserError:
        return []


def numbers(X):
    return pd.factorize(X["session"], sort=True)[0]


HORIZONS = st.integers(0, 3)
HONEST = st.one_of(
    st.builds(SessionHoldout, st.floats(0.05, 0.5), HORIZONS, HORIZONS),
    st.builds(WalkForward, st.integers(1, 6), st.sampled_from(["expanding", "rolling"]), HORIZONS, HORIZONS),
    st.builds(GroupHoldout, st.floats(0.05, 0.5), HORIZONS, HORIZONS, st.integers(0, 9)),
    st.builds(CompanyHoldout, st.floats(0.05, 0.5), HORIZONS, HORIZONS, st.integers(0, 9)),
)
ANY = st.one_of(HONEST, st.builds(RandomHoldout, st.floats(0.05, 0.5)))
few = settings(max_examples=60, deadline=None)


@few
@given(tables(), HONEST)
def test_no_session_stands_on_both_sides(X, rule):
    number = numbers(X)
    for split in made(rule, X):
        assert not set(number[split.train]) & set(number[split.test]) - {-1}


@few
@given(tables(), HONEST)
def test_no_story_stands_on_both_sides(X, rule):
    for split in made(rule, X):
        assert not set(X["story"].iloc[split.train]) & set(X["story"].iloc[split.test])


@few
@given(tables(), ANY)
def test_every_row_is_in_exactly_one_part_and_each_part_ascends(X, rule):
    for split in made(rule, X):
        parts = [getattr(split, part) for part in PARTS]
        assert sorted(np.concatenate(parts)) == list(range(len(X)))
        assert all((np.diff(part) > 0).all() for part in parts)


@few
@given(tables(), st.integers(1, 6), st.sampled_from(["expanding", "rolling"]), HORIZONS, HORIZONS)
def test_no_training_session_lies_within_horizon_and_embargo_before_the_test(
    X, folds, window, horizon, embargo
):
    number = numbers(X)
    holdout = SessionHoldout(0.3, horizon, embargo)
    for split in made(WalkForward(folds, window, horizon, embargo), X) + made(holdout, X):
        if len(split.train):
            assert number[split.train].max() + horizon + embargo < number[split.test].min()
        assert (number[split.train] >= 0).all()


@few
@given(tables(), st.integers(1, 6), HORIZONS, HORIZONS)
def test_the_tests_follow_one_another_and_end_with_the_last_session(X, folds, horizon, embargo):
    number = numbers(X)
    tests = [set(number[split.test]) for split in made(WalkForward(folds, "rolling", horizon, embargo), X)]
    if tests:
        assert len(tests) == folds
        assert len({len(test) for test in tests}) == 1
        assert sorted(n for test in tests for n in test) == list(range(min(tests[0]), number.max() + 1))
        assert all(max(a) < min(b) for a, b in pairwise(tests))


@few
@given(tables(), st.integers(1, 6), HORIZONS, HORIZONS)
def test_there_are_folds_exactly_where_there_are_sessions_enough(X, folds, horizon, embargo):
    rule = WalkForward(folds, "expanding", horizon, embargo)
    assert bool(made(rule, X)) == (X["session"].nunique() >= rule.fewest_sessions)


@few
@given(tables(), st.integers(1, 5), HORIZONS)
def test_each_fold_has_as_many_sessions_to_learn_from_as_to_test_on(X, folds, horizon):
    number = numbers(X)
    for split in made(WalkForward(folds, "rolling", horizon, separate_stories=False), X):
        assert len(set(number[split.train])) >= len(set(number[split.test]))


@few
@given(tables(), HORIZONS, HORIZONS, st.integers(0, 9))
def test_a_group_holdout_keeps_all_companies_training_away_from_its_test_in_time(X, horizon, embargo, seed):
    number = numbers(X)
    dated = (number >= 0).any()
    for split in made(GroupHoldout(0.3, horizon, embargo, seed), X):
        for row in split.train[number[split.train] >= 0]:
            after = number[row] - number[split.test]
            assert not ((after >= -horizon) & (after <= horizon + embargo)).any()
        assert not dated or (number[split.left_out] < 0).all()


@few
@given(tables(), HORIZONS, HORIZONS, st.integers(0, 9))
def test_a_company_holdout_learns_from_what_lies_before_its_test(X, horizon, embargo, seed):
    number = numbers(X)
    for split in made(CompanyHoldout(0.3, horizon, embargo, seed), X):
        if (number >= 0).any() and len(split.train) and len(split.test):
            assert number[split.train].max() + horizon + embargo < number[split.test].min()


@few
@given(tables(), st.integers(0, 9))
def test_no_company_and_no_unknown_one_stands_on_both_sides(X, seed):
    for split in made(CompanyHoldout(0.3, seed=seed), X):
        train, test = X["company"].iloc[split.train], X["company"].iloc[split.test]
        assert train.notna().all()
        assert test.notna().all()
        assert not set(train) & set(test)


@few
@given(tables(), ANY)
def test_the_same_seed_splits_the_same_way_again(X, rule):
    once, again = made(rule, X), made(rule, X)
    assert [s.test.tolist() for s in once] == [s.test.tolist() for s in again]


DAYS = np.repeat(np.arange(20), 5)


@pytest.mark.parametrize("window", ["expanding", "rolling"])
def test_the_window_says_where_the_training_starts(window):
    X = rows(DAYS)
    first = [DAYS[train].min() for train, _test in WalkForward(3, window, horizon=0).split(X)]
    assert first == ([0, 0, 0] if window == "expanding" else [0, 5, 10])


def test_embargoed_sessions_lie_before_the_purged_ones():
    (split,) = SessionHoldout(0.2, horizon=2, embargo=3).parts(rows(DAYS))
    assert sorted(set(DAYS[split.purged])) == [14, 15]
    assert sorted(set(DAYS[split.embargoed])) == [11, 12, 13]
    assert DAYS[split.train].max() == 10


def test_around_a_group_in_the_middle_the_purge_is_on_both_sides_and_the_embargo_after():
    X = rows(DAYS)
    (split,) = GroupHoldout(0.05, horizon=1, embargo=2, seed=3).parts(X)
    (day,) = set(DAYS[split.test])
    assert 1 <= day <= 16
    assert sorted(set(DAYS[split.purged])) == [day - 1, day + 1]
    assert sorted(set(DAYS[split.embargoed])) == [day + 2, day + 3]


def test_all_companies_of_a_tested_session_are_tested_and_those_beside_it_purged():
    X = rows(np.tile(np.arange(20), 3), company=np.repeat(COMPANIES, 20))
    (split,) = GroupHoldout(0.05, horizon=1).parts(X)
    assert set(X["company"].iloc[split.test]) == set(COMPANIES)
    assert X["session"].iloc[split.test].nunique() == 1
    assert set(X["company"].iloc[split.purged]) == set(COMPANIES)


def test_sessions_are_held_out_in_runs_as_long_as_the_horizon():
    X = rows(np.arange(200))
    (split,) = GroupHoldout(0.2, horizon=5).parts(X)
    assert set(np.diff(split.test)) - {1}  # more than one run
    assert all(set(range(5 * run, 5 * run + 5)) <= set(split.test) for run in set(split.test // 5))
    assert len(split.train) > 80


def test_stories_that_recur_on_most_days_do_not_keep_sessions_from_being_held_out():
    X = rows(DAYS, story=np.arange(100) % 40)
    (split,) = GroupHoldout(0.2, horizon=0).parts(X)
    assert len(split.test) == 20
    assert len(split.grouped) > 20
    assert not set(X["story"].iloc[split.train]) & set(X["story"].iloc[split.test])


def test_a_company_holdout_tests_about_its_share_of_the_rows_on_the_last_sessions():
    X = rows(np.tile(np.arange(100), 10), company=np.repeat([f"회사{i}" for i in range(10)], 100))
    (split,) = CompanyHoldout(0.2, horizon=1).parts(X)
    assert len(split.test) == pytest.approx(200, rel=0.15)
    assert (
        X["session"].iloc[split.test].min() == split.cut == pd.Timestamp("2024-01-01") + pd.Timedelta(55, "D")
    )
    assert split.train.size == 6 * 54


def test_undated_rows_are_held_out_by_story_or_by_company():
    X = rows([-1] * 100, story=np.arange(100) // 4, company=np.array(COMPANIES)[np.arange(100) % 2])
    (by_story,) = GroupHoldout(0.2).parts(X)
    (by_company,) = CompanyHoldout(0.2).parts(X.assign(story=np.arange(100)))
    assert (len(by_story.test), len(by_story.train)) == (20, 80)
    assert (len(by_company.test), len(by_company.train)) == (50, 50)


def test_without_separating_stories_only_time_counts():
    X = rows(DAYS, story=np.zeros(100))
    assert [len(train) for train, _ in WalkForward(3, horizon=0, separate_stories=False).split(X)] == [
        25,
        50,
        75,
    ]
    assert [len(train) for train, _ in WalkForward(3, horizon=0).split(X)] == [0, 0, 0]


def test_the_tests_are_the_same_whatever_is_taken_from_the_training():
    X = rows(DAYS, story=np.arange(100) % 90)
    strict, plain = WalkForward(3, "rolling"), WalkForward(3, separate_stories=False)
    assert [t.tolist() for _, t in strict.split(X)] == [t.tolist() for _, t in plain.split(X)]


@pytest.mark.parametrize(
    ("rule", "X", "words"),
    [
        (WalkForward(5), rows(np.arange(6)), "6 sessions .* 5 folds .* need at least 7"),
        (WalkForward(5, embargo=4), rows(np.arange(9)), "need at least 11.* an embargo of 4"),
        (WalkForward(2), rows([-1, -1, -1]), "0 sessions"),
        (SessionHoldout(), rows([3, 3, 3, -1]), "1 session "),
        (GroupHoldout(), rows([3, 3, 3]), "1 session .* more than the horizon"),
        (GroupHoldout(horizon=5), rows(np.arange(5)), "5 sessions .* the horizon \\(5\\)"),
        (GroupHoldout(), rows([-1, -1], story=[0, 0]), "nearly the same headline"),
        (CompanyHoldout(), rows(DAYS), "one company \\(가람전자\\)"),
        (CompanyHoldout(), rows(DAYS, company=[None] * 100), "No row names its company"),
    ],
)
def test_too_little_to_split_is_one_sentence(rule, X, words):
    with pytest.raises(UserError, match=words):
        list(rule.split(X))


@pytest.mark.parametrize("wrong", [{"folds": 0}, {"window": "sliding"}])
def test_a_walk_forward_that_means_nothing_is_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        WalkForward(**wrong)


def test_a_frame_without_the_column_is_refused_by_its_name():
    with pytest.raises(ValueError, match="no column 'session'"):
        list(WalkForward(2).split(rows(DAYS).drop(columns="session")))


@pytest.mark.parametrize(
    "rule",
    [
        SessionHoldout(),
        WalkForward(4, "rolling", 1, 1),
        GroupHoldout(),
        CompanyHoldout(),
        RandomHoldout(),
    ],
)
def test_scikit_learn_takes_each_splitter(rule):
    from sklearn.dummy import DummyClassifier
    from sklearn.model_selection import cross_val_score

    X = rows(DAYS, company=np.array(COMPANIES)[np.arange(100) % 3])
    y = np.random.default_rng(0).integers(0, 2, 100)
    scores = cross_val_score(DummyClassifier(strategy="prior"), X, y, cv=rule, error_score="raise")
    assert len(scores) == rule.get_n_splits(X, y)
    assert ((scores >= 0) & (scores <= 1)).all()
