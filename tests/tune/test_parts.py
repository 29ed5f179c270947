from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import UserError
from core.tune.examples import Examples
from core.tune.parts import split, stratified_groups
from core.tune.settings import TuneSettings

SETTINGS = TuneSettings(test_share=0.2, valid_share=0.1)


def examples(labels, story=None, days=None, classes=("부정", "긍정"), horizon=1, prefix="제목"):
    n = len(labels)
    session = (
        pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(days, "D"))
        if days is not None
        else pd.Series(pd.NaT, range(n))
    )
    return Examples(
        ([f"{prefix} {i}" for i in range(n)],),
        np.asarray(labels),
        classes,
        np.arange(n) if story is None else np.asarray(story),
        session,
        np.arange(n),
        horizon=horizon,
    )


def test_every_example_is_in_one_part_alone():
    made = examples(np.arange(100) % 2, story=np.arange(100) // 3)
    _examples, parts = split(made, SETTINGS)
    together = np.concatenate([parts.train, parts.valid, parts.test, parts.left_out])
    assert sorted(together) == list(range(100))


def test_undated_examples_are_split_by_class_to_the_share():
    made = examples(np.r_[np.zeros(150, int), np.ones(50, int)])
    _examples, parts = split(made, SETTINGS)
    assert np.bincount(made.labels[parts.test]).tolist() == [30, 10]
    assert np.bincount(made.labels[parts.valid]).tolist() == [12, 4]


def test_no_story_stands_in_two_parts():
    rng = np.random.default_rng(0)
    made = examples(rng.integers(0, 2, 300), story=rng.integers(0, 90, 300))
    _examples, parts = split(made, SETTINGS)
    stories = [set(made.story[rows]) for rows in (parts.train, parts.valid, parts.test)]
    assert len(set.union(*stories)) == sum(map(len, stories))
    assert len(parts.test) == pytest.approx(60, abs=6)


def test_another_seed_draws_another_test_and_the_same_seed_the_same():
    made = examples(np.arange(200) % 2)
    first, again, other = (split(made, replace(SETTINGS, seed=seed))[1] for seed in (1, 1, 2))
    assert first.test.tolist() == again.test.tolist() != other.test.tolist()


def test_scores_are_stratified_by_fifths():
    made = examples(np.linspace(0, 1, 200), classes=())
    _examples, parts = split(made, SETTINGS)
    assert np.histogram(made.labels[parts.test], 5)[0].tolist() == pytest.approx([8] * 5, abs=1)


@pytest.mark.parametrize("horizon", [1, 3])
def test_dated_examples_are_split_by_session_with_a_purge_before_each_test(horizon):
    days = np.repeat(np.arange(50), 4)
    made = examples(np.arange(200) % 2, days=days, horizon=horizon)
    _examples, parts = split(made, SETTINGS)
    assert set(days[parts.test]) == set(range(40, 50))
    assert days[parts.train].max() + horizon < days[parts.valid].min()
    assert days[parts.valid].max() + horizon < days[parts.test].min()
    assert set(days[parts.left_out]) >= set(range(40 - horizon, 40))


def test_a_story_of_the_test_teaches_nothing():
    days = np.repeat(np.arange(50), 4)
    story = np.arange(200)
    story[10] = story[199]
    _examples, parts = split(examples(np.arange(200) % 2, story, days), SETTINGS)
    assert 199 in parts.test
    assert 10 in parts.left_out


def test_an_example_without_a_session_is_left_out_where_others_have_one():
    made = examples(np.arange(200) % 2, days=np.repeat(np.arange(50), 4))
    session = made.session.copy()
    session.iloc[5] = pd.NaT
    _examples, parts = split(replace(made, session=session), SETTINGS)
    assert 5 in parts.left_out


def test_terciles_are_cut_by_the_training_returns_alone():
    days = np.repeat(np.arange(50), 4)
    returns = np.where(days < 40, np.tile([-1.0, 0.0, 1.0, 0.5], 50), 100.0) + np.linspace(0, 0.01, 200)
    late = np.where(days < 40, returns, returns * np.tile([1, -1], 100))
    found, parts = split(examples(late, days=days, classes=("하락", "보합", "상승")), SETTINGS)
    assert np.bincount(found.labels[parts.train]).tolist() == pytest.approx([len(parts.train) / 3] * 3, abs=2)
    assert set(found.labels[parts.test]) == {0, 2}  # all beyond what training knew
    other = examples(np.where(days < 40, late, late * 9), days=days, classes=("하락", "보합", "상승"))
    assert split(other, SETTINGS)[0].labels[parts.train].tolist() == found.labels[parts.train].tolist()


def test_returns_that_are_mostly_equal_have_no_terciles():
    returns = np.r_[np.zeros(150), np.linspace(-1, 1, 50)]
    with pytest.raises(UserError, match="equal"):
        split(examples(returns, classes=("하락", "보합", "상승")), SETTINGS)


def test_a_given_validation_is_the_validation_and_its_stories_teach_nothing():
    made = examples(np.arange(100) % 2)
    given = examples([1, 0, 1, 0], prefix="검증용 다른 기사", classes=("긍정", "부정"))
    texts = [made.columns[0][k] for k in split(made, SETTINGS)[1].train[:1]] + list(given.columns[0][1:])
    joined, parts = split(made, SETTINGS, replace(given, columns=(texts,)))
    names = [joined.texts[i] for i in parts.valid]
    assert set(names) <= set(texts)
    assert not set(names) & {joined.texts[i] for i in parts.train}
    assert [joined.classes[joined.labels[i]] for i in range(100, 104)] == ["부정", "긍정", "부정", "긍정"]


def test_a_given_validation_within_the_horizon_of_the_test_is_left_out():
    days = np.repeat(np.arange(50), 4)
    made = examples(np.arange(200) % 2, days=days)
    given = examples([0, 1, 0, 1], days=np.array([20, 21, 39, 45]), prefix="검증용 다른 기사")
    joined, parts = split(made, SETTINGS, given)
    assert parts.valid.tolist() == [200, 201]
    assert not set(days[parts.train[parts.train < 200]]) & {19, 20, 21, 22}
    assert len(joined) == 204


def test_a_validation_with_another_class_is_refused():
    given = examples([0, 1] * 5, classes=("부정", "딴것"))
    with pytest.raises(UserError, match="딴것"):
        split(examples(np.arange(100) % 2), SETTINGS, given)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (examples(np.arange(9) % 2), "are needed"),
        (examples(np.arange(60) % 2, story=np.zeros(60, int)), "are needed"),
        (
            examples(np.r_[np.zeros(160, int), np.ones(40, int)], days=np.repeat(np.arange(50), 4)),
            "no training example",
        ),
        (
            examples(np.r_[np.arange(160) % 2, np.ones(40, int)], days=np.repeat(np.arange(50), 4)),
            "one class alone",
        ),
        (examples(np.arange(60) % 2, days=np.zeros(60, int)), "at least 2"),
    ],
)
def test_what_cannot_be_split_is_refused_in_words(made, words):
    with pytest.raises(UserError, match=words):
        split(made, SETTINGS)


def test_whole_groups_are_drawn_up_to_the_share_of_each_stratum():
    strata, groups = np.repeat([0, 1], 50), np.r_[np.arange(50) // 5, np.arange(50) // 5 + 10]
    held = stratified_groups(strata, groups, 0.2, 0)
    assert np.bincount(strata[held]).tolist() == [10, 10]
    assert all(held[groups == group].all() or not held[groups == group].any() for group in range(20))
