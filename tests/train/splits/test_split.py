import numpy as np
import pandas as pd
import pytest

from core.errors import UserError
from core.train.settings import TrainSettings
from core.train.splits.outcome import require_learnable, require_learnable_folds, require_outcomes
from core.train.splits.registry import SPLITS
from core.train.splits.split import (
    folds,
    inner_validation,
    make_split,
    timeline,
)
from tests.makers.train_tables import make_dataset

DAYS = np.repeat(np.arange(20), 5)  # 20 sessions of 5 rows


def split(dataset, known=None, **settings):
    known = np.ones(len(dataset), bool) if known is None else known
    return make_split(dataset, TrainSettings(**settings), known)


def days_of(dataset, rows):
    return sorted(set((dataset.frame["session"].iloc[rows] - pd.Timestamp("2024-01-01")).dt.days))


def test_the_last_fifth_of_the_sessions_is_held_out():
    dataset = make_dataset(np.zeros(100), DAYS)
    assert days_of(dataset, split(dataset).test) == [16, 17, 18, 19]


def test_sessions_count_not_rows():
    days = np.r_[np.zeros(500, int), np.arange(1, 10)]
    made = split(make_dataset(np.zeros(509), days))
    assert len(made.test) == 2


@pytest.mark.parametrize("horizon", [0, 1, 3])
def test_sessions_within_the_horizon_before_the_cut_are_purged(horizon):
    dataset = make_dataset(np.zeros(100), DAYS)
    made = split(dataset, horizon=horizon)
    assert days_of(dataset, made.purged) == list(range(16 - horizon, 16))
    assert days_of(dataset, made.train) == list(range(16 - horizon))


def test_a_story_of_the_test_is_taken_from_the_training():
    story = np.arange(100)
    story[[3, 7]] = story[90]
    made = split(make_dataset(np.zeros(100), DAYS, story=story))
    assert made.grouped.tolist() == [3, 7]
    assert not set(story[made.train]) & set(story[made.test])


def test_every_row_is_in_exactly_one_part():
    known = np.ones(100, bool)
    known[[0, 50, 99]] = False
    made = split(make_dataset(np.zeros(100), DAYS, story=np.arange(100) % 90), known)
    parts = [made.train, made.test, made.purged, made.grouped, made.left_out]
    assert sorted(np.concatenate(parts)) == list(range(100))
    assert made.left_out.tolist() == [0, 50, 99]


def test_rows_without_a_session_are_left_out_of_a_split_by_time():
    days = DAYS.copy()
    days[:4] = -1
    assert split(make_dataset(np.zeros(100), days)).left_out.tolist() == [0, 1, 2, 3]


def test_the_order_of_the_rows_does_not_matter_to_the_split_by_time():
    dataset = make_dataset(np.zeros(100), DAYS[::-1].copy())
    assert days_of(dataset, split(dataset).test) == [16, 17, 18, 19]


@pytest.mark.parametrize("seed", range(3))
def test_the_split_by_group_keeps_stories_whole(seed):
    story = np.arange(100) // 4
    made = split(make_dataset(np.zeros(100), story=story), split="group", seed=seed)
    assert not set(story[made.train]) & set(story[made.test])
    assert len(made.test) == 20


@pytest.mark.parametrize("seed", range(3))
def test_the_split_by_group_keeps_events_whole(seed):
    dataset = make_dataset(np.zeros(100), DAYS)
    made = split(dataset, split="group", seed=seed)
    assert set(days_of(dataset, made.train)).isdisjoint(days_of(dataset, made.test))
    assert len(made.test) == 20


def test_a_group_larger_than_the_share_is_for_training():
    story = np.r_[np.zeros(60), np.arange(1, 41)]
    for seed in range(5):
        made = split(make_dataset(np.zeros(100), story=story), split="group", seed=seed)
        assert len(made.test) == 20
        assert set(range(60)) <= set(made.train)


def test_of_groups_that_are_all_too_large_the_smallest_is_held_out():
    made = split(make_dataset(np.zeros(100), story=np.arange(100) < 40), split="group")
    assert made.test.tolist() == list(range(40))


def test_inner_validation_by_group_keeps_events_whole():
    dataset = make_dataset(np.zeros(200), np.repeat(np.arange(40), 5))
    settings = TrainSettings(split="group")
    fit, valid = inner_validation(dataset, split(dataset, split="group").train, settings)
    assert len(valid)
    assert set(days_of(dataset, fit)).isdisjoint(days_of(dataset, valid))


def test_the_random_split_holds_out_a_fifth_of_the_rows():
    made = split(make_dataset(np.zeros(100), DAYS), split="random")
    assert len(made.test) == 20
    assert days_of(make_dataset(np.zeros(100), DAYS), made.test) != [16, 17, 18, 19]


def test_inner_validation_is_later_purged_and_apart_from_the_fit():
    story = np.arange(100)
    story[2] = story[76]
    dataset = make_dataset(np.zeros(100), DAYS, story=story)
    settings = TrainSettings()
    train = split(dataset).train
    fit, valid = inner_validation(dataset, train, settings)
    assert set(fit) | set(valid) < set(train)
    assert max(days_of(dataset, fit)) + settings.horizon < min(days_of(dataset, valid))
    assert not set(story[fit]) & set(story[valid])


@pytest.mark.parametrize("kind", ["group", "company", "random"])
def test_inner_validation_lies_in_later_sessions_however_the_test_was_drawn(kind):
    dataset = make_dataset(np.zeros(400), np.tile(np.arange(40), 10))
    dataset.frame["company"] = np.repeat([f"회사 {i}" for i in range(10)], 40)
    settings = TrainSettings(split=kind, embargo=2)
    fit, valid = inner_validation(dataset, split(dataset, split=kind).train, settings)
    assert len(valid) >= 10
    assert max(days_of(dataset, fit)) + settings.horizon + settings.embargo < min(days_of(dataset, valid))


@pytest.mark.parametrize("kind", ["group", "company", "random"])
def test_without_sessions_inner_validation_is_drawn_as_the_test_was(kind):
    dataset = make_dataset(np.zeros(200), story=np.arange(200) // 2)
    dataset.frame["company"] = np.repeat([f"회사 {i}" for i in range(20)], 10)
    fit, valid = inner_validation(dataset, np.arange(200), TrainSettings(split=kind))
    assert len(valid) == 40
    for column in {"group": ["story"], "company": ["company", "story"], "random": []}[kind]:
        values = dataset.frame[column]
        assert not set(values.iloc[fit]) & set(values.iloc[valid])


def test_inner_validation_gives_way_where_too_little_is_left():
    dataset = make_dataset(np.zeros(24), np.repeat([0, 1, 2, 3], 6))
    train = split(dataset).train
    fit, valid = inner_validation(dataset, train, TrainSettings())
    assert fit.tolist() == train.tolist()
    assert len(valid) == 0


def test_the_embargo_leaves_out_the_sessions_before_the_purge():
    dataset = make_dataset(np.zeros(100), DAYS)
    made = split(dataset, embargo=3)
    assert days_of(dataset, made.embargoed) == [12, 13, 14]
    assert days_of(dataset, made.purged) == [15]
    assert days_of(dataset, made.train) == list(range(12))


def test_whole_companies_are_held_out():
    dataset = make_dataset(np.zeros(100), DAYS)
    dataset.frame["company"] = [f"회사 {i % 5}" for i in range(100)]
    made = split(dataset, split="company")
    company = dataset.frame["company"]
    assert len(set(company.iloc[made.test])) == 2
    assert not set(company.iloc[made.train]) & set(company.iloc[made.test])
    assert set(days_of(dataset, made.train)).isdisjoint(days_of(dataset, made.test))


def test_rows_without_a_company_are_left_out_of_a_split_by_company():
    dataset = make_dataset(np.zeros(100), DAYS)
    dataset.frame["company"] = [None] * 10 + [f"회사 {i % 5}" for i in range(90)]
    assert set(range(10)) <= set(split(dataset, split="company").left_out)


def test_folds_walk_forward_over_the_rows_before_the_holdout():
    dataset = make_dataset(np.zeros(100), DAYS)
    rows = split(dataset).development
    made = folds(dataset, TrainSettings(folds=3), rows)
    assert [days_of(dataset, fold.test) for fold in made] == [[7, 8, 9], [10, 11, 12], [13, 14, 15]]
    assert [days_of(dataset, fold.train)[-1] for fold in made] == [5, 8, 11]


def test_every_row_of_a_fold_is_in_exactly_one_part_and_no_other_row_is():
    dataset = make_dataset(np.zeros(100), DAYS, story=np.arange(100) % 70)
    rows = split(dataset).development
    for fold in folds(dataset, TrainSettings(folds=3, window="rolling", embargo=1), rows):
        parts = [fold.train, fold.test, fold.purged, fold.embargoed, fold.grouped, fold.left_out]
        assert sorted(np.concatenate(parts)) == rows.tolist()


def test_no_folds_are_none():
    assert folds(make_dataset(np.zeros(100), DAYS), TrainSettings(), np.arange(100)) == []


@pytest.mark.parametrize(
    ("dataset", "settings", "words"),
    [
        (make_dataset(np.zeros(100), DAYS), {"folds": 20}, "20 sessions .* 20 folds .* need at least 22"),
        (make_dataset(np.zeros(100)), {"folds": 5}, "no date"),
        (
            make_dataset(np.zeros(100), DAYS, story=np.zeros(100)),
            {"folds": 2},
            "repeat a headline of the test",
        ),
    ],
)
def test_folds_that_cannot_be_are_one_sentence(dataset, settings, words):
    with pytest.raises(UserError, match=words):
        folds(dataset, TrainSettings(**settings), np.arange(100))


def test_a_fold_without_a_class_is_named():
    dataset = make_dataset(np.zeros(100), DAYS)
    made = folds(dataset, TrainSettings(folds=3), np.arange(100))
    outcome = (DAYS >= 7).astype(float)
    with pytest.raises(UserError, match="In fold 1 of 3 no training row is of the class 승"):
        require_learnable_folds(outcome, made, ("패", "승"))
    require_learnable_folds(np.arange(100) % 2, made, ("패", "승"))


def test_the_timeline_counts_the_rows_of_each_part_by_session():
    dataset = make_dataset(np.zeros(100), DAYS)
    made = split(dataset)
    table = timeline(dataset, [made])
    assert list(table.columns) == ["fold", "part", "session", "rows"]
    assert table.groupby("part")["rows"].sum().to_dict() == {"train": 75, "purged": 5, "test": 20}
    assert (table["rows"] == 5).all()


def test_every_split_but_the_one_by_time_comes_with_a_caution():
    assert [key for key, rule in SPLITS.items() if not rule.caution] == ["time"]


@pytest.mark.parametrize(
    ("dataset", "settings", "words"),
    [
        (make_dataset(np.zeros(10), DAYS[:10]), {}, "10 rows"),
        (make_dataset(np.zeros(40), np.zeros(40, int)), {}, "1 session"),
        (make_dataset(np.zeros(40), np.repeat([0, 1], 20)), {}, "20 lie within the horizon"),
        (make_dataset(np.zeros(40), np.repeat([0, 1], 20), story=np.zeros(40)), {"horizon": 0}, "20 repeat"),
        (make_dataset(np.zeros(40)), {}, "no date"),
        (make_dataset(np.zeros(40), story=np.zeros(40)), {"split": "group"}, "nearly the same"),
        (make_dataset(np.zeros(40), np.zeros(40, int)), {"split": "group"}, "more than the horizon"),
        (make_dataset(np.zeros(40)), {"split": "company"}, r"one company \(가상전자\)"),
        (make_dataset(np.zeros(100), DAYS), {"embargo": 15}, "75 in the embargo"),
    ],
)
def test_too_little_to_split_is_said_in_a_sentence(dataset, settings, words):
    with pytest.raises(UserError, match=words):
        split(dataset, **settings)


def test_one_class_only_is_said():
    with pytest.raises(UserError, match=r"one class only \(승\)"):
        require_outcomes(np.array([1.0, 1, np.nan]), ("패", "승"))


def test_a_class_of_one_row_is_said():
    with pytest.raises(UserError, match="패 has a single row"):
        require_outcomes(np.array([1.0, 1, 0]), ("패", "승"))


def test_a_return_that_never_varies_is_said():
    with pytest.raises(UserError, match="every row"):
        require_outcomes(np.array([0.01, 0.01, np.nan]), ())


def test_a_class_that_no_training_row_has_is_said():
    with pytest.raises(UserError, match="no training row is of the class 승"):
        require_learnable(np.array([0.0, 0, 1, 1]), np.array([0, 1]), ("패", "승"))
