"""What sets selected rows apart, on tables whose truth is known."""

import gc
from dataclasses import replace

import numpy as np
import pytest

from core.data.leave_out import without_rows
from core.errors import UserError
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import Predictions
from core.evaluate.settings import EvaluateSettings
from core.maps import selection
from core.maps.selection import leave_out, outcomes_apart, scores_apart, telling_words
from tests.makers.train_tables import make_dataset

NONE = np.arange(0)
VOCABULARY = [
    "실적",
    "매출",
    "배당",
    "주가",
    "공장",
    "투자",
    "수출",
    "계약",
    "소송",
    "출시",
    "노조",
    "파업",
    "환율",
    "금리",
]


def _returns(shift, seed, sessions=60, each=5):
    """Return a table with a shock of each session, and rows of which every fifth has a return higher by `shift`."""
    drawn = np.random.default_rng(seed)
    session = np.repeat(np.arange(sessions), each)
    target = 0.02 * drawn.normal(size=sessions)[session] + 0.02 * drawn.normal(size=len(session))
    rows = np.flatnonzero(drawn.random(len(session)) < 0.2)
    target[rows] += shift
    data = make_dataset(target, session)
    data.frame["company"] = [f"c{k}" for k in np.arange(len(session)) % each]
    return data, rows


@pytest.mark.slow
def test_a_selection_without_a_difference_is_seldom_told_apart_and_the_interval_holds_the_truth():
    held = 0
    for seed in range(100):
        data, rows = _returns(0.0, seed)
        (one,) = outcomes_apart(data, rows, NONE)
        held += one.difference.low <= 0 <= one.difference.high
    assert held >= 90


def test_a_planted_difference_is_found():
    found = 0
    for seed in range(20):
        data, rows = _returns(0.02, seed)
        (one,) = outcomes_apart(data, rows, NONE)
        found += one.difference.low > 0
        assert one.label is None
        assert one.difference.value == pytest.approx(one.inside - one.outside)
    assert found >= 18


def test_rows_of_one_event_are_one_event():
    data, _rows = _returns(0.0, 0)
    data.frame["company"] = "하나"
    (one,) = outcomes_apart(data, np.arange(150), NONE)
    assert one.events == (30, 30)
    half = np.arange(0, 300, 5)[:30]  # one row of each of thirty events
    assert outcomes_apart(data, half, NONE)[0].events == (30, 30)


def test_sealed_rows_do_not_count():
    data, rows = _returns(0.0, 0)
    told = replace(data, frame=data.frame.copy())
    told.frame.loc[rows[:20], "target"] = 99.0
    clean = outcomes_apart(data, rows, rows[:20])
    assert outcomes_apart(told, rows, rows[:20]) == clean
    assert outcomes_apart(data, rows, rows) == []


def test_undated_rows_of_a_dated_table_do_not_count():
    data, rows = _returns(0.0, 0)
    undated = replace(data, frame=data.frame.copy())
    undated.frame.loc[:19, "session"] = None
    inside, outside = outcomes_apart(undated, rows, NONE)[0].events
    assert (inside, outside) == (int((rows >= 20).sum()), 280 - int((rows >= 20).sum()))
    assert outcomes_apart(undated, rows, NONE) == outcomes_apart(data, rows, np.arange(20))


def test_of_three_classes_each_is_compared_and_the_shares_add_up():
    labels = np.array(["부정", "중립", "긍정"])[np.random.default_rng(0).integers(0, 3, 300)]
    data = make_dataset(labels.tolist(), np.arange(300) // 5, kind="label")
    data.frame["company"] = [f"c{k % 5}" for k in range(300)]
    found = outcomes_apart(data, np.arange(0, 300, 3), NONE)
    assert [one.label for one in found] == list(data.classes)
    assert sum(one.inside for one in found) == pytest.approx(1)


def test_without_sessions_companies_or_a_target_there_is_an_answer():
    data = make_dataset(np.random.default_rng(0).normal(size=50))
    assert outcomes_apart(data, np.arange(20), NONE)[0].events == (20, 30)
    assert outcomes_apart(replace(data, target_kind=""), np.arange(20), NONE) == []


def test_too_few_clusters_have_a_difference_without_an_interval():
    data, _rows = _returns(0.0, 0)
    (one,) = outcomes_apart(data, np.arange(8), NONE)
    assert np.isfinite(one.difference.value)
    assert np.isnan(one.difference.low)


def _predicted(data, good):
    """Return predictions of the last half that are right where `good`, and else noise."""
    positions = np.arange(len(data) // 2, len(data))
    y = data.outcome("classify")[positions]
    p = np.where(good[positions], 0.46 + 0.08 * y, 0.5) + 0.1 * np.random.default_rng(0).normal(size=len(y))
    table = np.column_stack([1 - p, p]).clip(0.01, 0.99)
    return Predictions.of(data, positions, np.zeros(len(positions), int), y, {"mean": table}, data.classes)


def test_the_score_of_the_selection_is_that_of_its_tested_rows():
    data, _rows = _returns(0.0, 1)
    good = np.arange(300) % 2 == 0
    made, settings = _predicted(data, good), EvaluateSettings("classify")
    inside, outside = scores_apart(made, data, settings, np.flatnonzero(good))
    test = np.flatnonzero(good[150:])
    y, p = made.outcome[test], made["mean"][test]
    assert inside.score.value == pytest.approx(main_metric("classify").compute(y, p, np.ones((1, len(y))))[0])
    assert inside.score.value > outside.score.value
    assert inside.p_value < 0.05
    assert scores_apart(made, data, settings, np.arange(150)) is None


def _worded(seed, planted=0):
    drawn = np.random.default_rng(seed)
    texts = [" ".join(drawn.choice(VOCABULARY, 4, replace=False)) for _ in range(400)]
    for row in range(planted):
        texts[row] += " 자사주"
    data = make_dataset(np.zeros(400), np.arange(400))
    data.frame["headline"] = texts
    return data


@pytest.fixture
def plain_words(monkeypatch):
    """Words are what stands between blanks; statsmodels collects garbage at each correction, which takes longer."""
    monkeypatch.setattr(gc, "collect", lambda *_generation: 0)
    monkeypatch.setattr(selection, "nouns", lambda texts, report: [text.split() for text in texts])


def _zipf(stories, seed=0, vocabulary=8_000):
    """Return a table of six words a story, the k-th word as frequent as 1 / k."""
    drawn, share = np.random.default_rng(seed), 1 / np.arange(1, vocabulary + 1)
    words = drawn.choice(vocabulary, (stories, 6), p=share / share.sum()).astype(str)
    data = make_dataset(np.zeros(stories), np.arange(stories))
    data.frame["headline"] = [" ".join(row) for row in words]
    return data


@pytest.mark.slow
def test_at_most_one_in_twenty_random_selections_lists_a_word_where_most_words_are_rare(plain_words):
    data, named = _zipf(2_500), 0
    for seed in range(200):
        rows = np.random.default_rng(seed).choice(len(data), (30, 100)[seed % 2], replace=False)
        named += not telling_words(data, rows).table.empty
    assert named <= 16  # of 200: 5% is 10, and more than 16 have a probability of 2%


def test_of_a_large_selection_some_stories_are_read_too(plain_words, monkeypatch):
    data = _zipf(300)
    data.frame.loc[:149, "headline"] += " 자사주"
    read = []
    monkeypatch.setattr(selection, "without_tags", lambda text: read.append(text) or text)
    assert not telling_words(data, np.arange(150)).drawn
    assert len(read) == 300
    monkeypatch.setattr(selection, "MOST_STORIES", 100)
    read.clear()
    found = telling_words(data, np.arange(150))
    assert len(read) == 200
    assert found.drawn
    assert found.table.iloc[0].tolist() == ["자사주", 100, 1.0, 0.0]


def test_a_word_of_the_selection_is_listed_with_its_shares():
    found = telling_words(_worded(0, planted=30), np.arange(40)).table
    assert found["word"].tolist() == ["자사주"]
    assert found.iloc[0][["count", "inside", "outside"]].tolist() == [30, 0.75, 0.0]


@pytest.mark.slow
def test_a_story_counts_once_and_headlines_without_nouns_have_no_words():
    data = _worded(0, planted=2)
    data.frame["story"] = [0, 0, *range(2, 400)]
    assert telling_words(data, np.arange(2)).table.empty
    data.frame["headline"] = "!!"
    assert telling_words(data, np.arange(200)).table.empty


def test_a_table_without_rows_keeps_the_numbers_the_stories_and_the_plan_of_the_others():
    data, _rows = _returns(0.0, 0)
    data.frame["row"] = np.random.default_rng(0).permutation(300) + 7
    made = without_rows(data, np.array([0, 299]), "여기")
    assert made.frame["row"].tolist() == data.frame["row"].tolist()[1:-1]
    assert made.frame["story"].tolist() == data.frame["story"].tolist()[1:-1]
    assert made.problems[-1].rows == (data.frame["row"][0], data.frame["row"][299])
    assert (made.name, made.roles, made.plan) == ("여기", data.roles, data.plan)
    assert made.id != data.id
    assert made.id == without_rows(data, np.array([299, 0]), "dort").id
    assert len(data) == 300


def test_no_table_is_left_without_any_row(home):
    data, _rows = _returns(0.0, 0)
    with pytest.raises(UserError, match="No row would be left"):
        leave_out(data, np.arange(300), "leer")
