from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import UserError
from core.tune.pairs import PairColumns
from core.tune.settings import TuneSettings
from core.tune.sources import examples_of, guess_pair_columns, pair_examples
from tests.makers.train_tables import make_dataset

PAIRS = TuneSettings(method="pairs")
SOFTMAX = TuneSettings(method="pairs", loss="softmax")


@pytest.fixture(autouse=True)
def _home(home):
    """No sealed holdout of this machine."""


def labelled(labels, texts=None, sessions=None):
    made = make_dataset(labels, sessions, kind="label")
    return made if texts is None else replace(made, frame=made.frame.assign(headline=texts))


def codes(notes):
    return {note.code: note.params["n"] for note in notes}


def test_the_classes_of_a_label_column_are_in_order_and_numbered():
    found = examples_of(labelled(["긍정", "부정", "중립"] * 10), TuneSettings())
    assert found.classes == ("부정", "중립", "긍정")
    assert found.labels.tolist()[:3] == [2, 0, 1]
    assert found.labels.dtype == np.int64
    assert not found.from_outcome


def test_a_return_makes_win_and_lose_which_say_what_happened():
    returns = np.tile([-0.01, 0.02], 15)
    found = examples_of(make_dataset(returns), TuneSettings())
    assert found.classes == ("패", "승")
    assert found.labels.tolist()[:2] == [0, 1]
    assert found.from_outcome


def test_terciles_keep_the_returns_until_the_split_is_known():
    returns = np.linspace(-0.1, 0.1, 30)
    found = examples_of(make_dataset(returns), TuneSettings(labels="terciles"))
    assert found.labels.tolist() == returns.tolist()
    assert len(found.classes) == 3


def test_rows_without_an_outcome_are_left_out():
    labels = ["긍정", "부정"] * 12
    labels[5] = None
    found = examples_of(labelled(labels), TuneSettings())
    assert 5 not in found.rows
    assert len(found) == 23


def test_a_repeated_text_counts_once_and_its_first_label_stands():
    texts = [f"제목 {i}" for i in range(24)]
    texts[23] = texts[0]
    labels = ["긍정", "부정"] * 12
    found = examples_of(labelled(labels, texts), TuneSettings())
    assert len(found) == 23
    assert found.classes[found.labels[0]] == "긍정"
    assert codes(found.notes) == {"repeats": 1, "contradictions": 1}


def test_of_a_repeated_text_the_earliest_session_counts_whatever_the_order_of_the_file():
    texts = ["같은 제목", *[f"제목 {i}" for i in range(23)], "같은 제목"]
    sessions = np.array([9, *range(1, 24), 0])
    found = examples_of(labelled(["부정"] * 12 + ["긍정"] * 13, texts, sessions), TuneSettings())
    assert found.rows[0] == 24
    assert 0 not in found.rows


@pytest.mark.parametrize(
    ("dataset", "settings", "words"),
    [
        (labelled(["긍정"] * 30), TuneSettings(), "one class only"),
        (labelled(["긍정"] * 30), TuneSettings(method="triplet"), "one class only"),
        (labelled(["긍정", "부정"] * 5), TuneSettings(), "at least 20"),
        (labelled(["긍정", "부정"] * 15, ["같은 제목"] * 30), TuneSettings(), "at least 20"),
        (labelled([str(i % 60) for i in range(120)]), TuneSettings(), "60 different values"),
        (labelled(["긍정", "부정"] * 15), TuneSettings(labels="terciles"), "no terciles"),
        (labelled(["긍정", "부정"] * 15), PAIRS, "sentence pairs"),
        (replace(make_dataset([0.1] * 30), target_kind=""), TuneSettings(), "no target"),
        (make_dataset([0.01] * 30), TuneSettings(labels="terciles"), "nothing to predict"),
    ],
)
def test_what_cannot_be_tuned_on_is_refused_in_words(dataset, settings, words):
    with pytest.raises(UserError, match=words):
        examples_of(dataset, settings)


def test_rows_of_a_sealed_holdout_teach_nothing(monkeypatch):
    monkeypatch.setattr("core.tune.sources.sealed_positions", lambda dataset: np.array([3, 4]))
    found = examples_of(labelled(["긍정", "부정"] * 15), TuneSettings())
    assert not {3, 4} & set(found.rows)
    assert codes(found.notes) == {"sealed": 2}


def pairs(labels, **columns):
    n = len(labels)
    texts = {
        "sentence1": [f"첫 문장 {i}" for i in range(n)],
        "sentence2": [f"둘째 문장 {i}" for i in range(n)],
    }
    return pd.DataFrame(texts | {"score": pd.Series(labels, dtype="str")} | columns)


@pytest.mark.parametrize(("highest", "scale"), [(1.0, 1), (4.8, 5), (5, 5), (90, 100)])
def test_scores_are_shares_of_their_scale(highest, scale):
    scores = np.linspace(0, highest, 30)
    found = pair_examples(pairs(scores), None, PAIRS)
    assert found.labels == pytest.approx(scores / scale)
    assert found.classes == ()
    assert len(found.columns) == 2


def test_entailment_labels_are_classes_with_the_positive_one_last():
    found = pair_examples(pairs(["entailment", "contradiction", "neutral"] * 10), None, SOFTMAX)
    assert found.classes == ("contradiction", "neutral", "entailment")
    assert found.labels.tolist()[:3] == [2, 0, 1]


def test_a_pair_that_lacks_a_sentence_or_a_score_is_left_out_and_counted():
    frame = pairs(np.linspace(0, 5, 30))
    frame.loc[0, "score"], frame.loc[1, "sentence1"] = "", ""
    frame.loc[2] = frame.loc[3]
    found = pair_examples(frame, None, PAIRS)
    assert len(found) == 27
    assert codes(found.notes) == {"missing": 2, "repeats": 1}


def test_pairs_that_share_a_sentence_are_one_story():
    frame = pairs(np.linspace(0, 5, 30))
    frame.loc[7, "sentence1"] = frame.loc[20, "sentence1"]
    frame.loc[9, "sentence1"] = frame.loc[20, "sentence2"]
    found = pair_examples(frame, None, PAIRS)
    assert found.story[7] == found.story[20] == found.story[9]


def test_the_columns_of_pairs_are_guessed_by_name_and_else_by_length():
    named = pairs([1, 2, 3] * 10, genre=["긴 글로 된 장르 이름입니다"] * 30)
    assert guess_pair_columns(named) == PairColumns("sentence1", "sentence2", "score")
    frame = pd.DataFrame(
        {"n": ["1", "2"], "a": ["아주 긴 문장"] * 2, "s": ["5", "5"], "b": ["조금 긴 글"] * 2}
    )
    assert guess_pair_columns(frame) == PairColumns("a", "b", "s")


@pytest.mark.parametrize(
    ("frame", "columns", "settings", "words"),
    [
        (pairs([3] * 30), None, PAIRS, "Every pair has the score 3"),
        (pairs(["neutral"] * 30), None, SOFTMAX, "All pairs have the label"),
        (pairs(["neutral", "entailment"] * 15), None, PAIRS, "holds no numbers"),
        (pairs(range(9)), None, PAIRS, "at least 20"),
        (pairs(range(30)), None, TuneSettings(), "method pairs"),
        (pairs(range(30)), PairColumns("sentence1", "sentence1", "score"), PAIRS, "three different columns"),
        (pairs(range(30)), PairColumns("sentence1", "other", "score"), PAIRS, "three different columns"),
        (pairs(range(30))[["sentence1", "score"]], None, PAIRS, "needs two columns"),
        (pairs(range(60)), None, SOFTMAX, "60 different values"),
    ],
)
def test_pairs_that_cannot_be_tuned_on_are_refused_in_words(frame, columns, settings, words):
    with pytest.raises(UserError, match=words):
        pair_examples(frame, columns, settings)
