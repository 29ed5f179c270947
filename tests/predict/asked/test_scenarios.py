"""Prepared questions as a file: saved, loaded into another run, and nothing believed."""

import json
import shutil
from datetime import datetime

import numpy as np
import pytest

from core.errors import UserError
from core.evaluate.ledger import seal
from core.evaluate.ledger_rows import Rows
from core.predict import Question, predict_questions
from core.predict.asked import scenarios as files
from core.predict.asked.history import history, pin, remember
from core.predict.asked.scenarios import KIND, LARGEST, LONGEST, MOST, from_json, prepare, to_json

ASKED = Question("가온전자, 흑자전환", "한빛일보", "005930", datetime(2024, 1, 2, 9, 30), {"RSI": 51.8})
ONE = {"headline": "가온전자, 흑자전환"}


def packed(*questions, **other):
    return json.dumps({"kind": KIND, "questions": list(questions), **other}).encode()


@pytest.fixture
def home(small_lab, tmp_path, monkeypatch):
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    return home


def test_what_is_saved_can_be_loaded_again(home, run):
    pin(remember(run, ASKED, {"mean": np.array([0.4, 0.6])}, name="흑자"))
    content = to_json(history(run.id).items)
    assert from_json(content) == [("흑자", ASKED)]


def test_loaded_questions_are_predicted_and_pinned_in_their_order(home, run):
    pin(remember(run, Question("먼저"), {}))
    wanted = [("a", Question("새 공장", features={"RSI": 1.0, "다른 것": 2.0})), ("", Question("적자전환"))]
    assert prepare(run, wanted) == (2, 0)
    found = history(run.id)
    assert [item.question.headline for item in found.pinned] == ["먼저", "새 공장", "적자전환"]
    assert found.pinned[1].question.features == {"RSI": 1.0}
    from core.explain import encode_headlines

    vectors = encode_headlines(run, ["새 공장"])
    expected = predict_questions(run, [Question("새 공장", features={"RSI": 1.0})], vectors)
    assert found.pinned[1].values["mean"] == pytest.approx(expected["mean"][0], abs=1e-6)
    assert set(found.pinned[1].values) == set(expected)


def test_where_the_encoder_is_gone_the_questions_are_there_without_answers(home, run, monkeypatch):
    def gone(*_):
        raise UserError("The encoder is gone.")

    monkeypatch.setattr(files, "encode_headlines", gone)
    assert prepare(run, [("", ASKED)]) == (1, 0)
    assert history(run.id).pinned[0].values == {}


def test_a_sealed_headline_of_a_file_is_neither_predicted_nor_kept(home, run, data, monkeypatch):
    rows = Rows.of(data, np.arange(48, 60))
    (home / "ledger" / "looks.jsonl").unlink()
    seal(data.id, "run-0", rows, rows.take(np.arange(0)))
    asked = []
    monkeypatch.setattr(files, "_answers", lambda _run, questions: asked.extend(questions) or {})
    assert prepare(run, [("", Question(data.headlines[50])), ("", ASKED)]) == (1, 1)
    assert asked == [Question(ASKED.headline, ASKED.press, ASKED.company, ASKED.time, {"RSI": 51.8})]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"headline\nx",
        b"[]",
        b"3",
        b"[" * 100_000,
        b'{"kind": "other", "questions": []}',
        packed("text"),
        packed({}),
        packed(ONE, {"headline": " <b></b> "}),
        packed({"headline": 3}),
        packed(ONE | {"press": 3}),
        packed(ONE | {"name": ["x"]}),
        packed(ONE | {"features": {"RSI": "1"}}),
        packed(ONE | {"features": {"RSI": True}}),
        packed(ONE | {"features": {"RSI": float("nan")}}),
        packed(ONE | {"features": {"RSI": 10**400}}),
        packed(ONE | {"features": [1]}),
        packed(ONE | {"time": "tomorrow"}),
        packed(ONE | {"time": 5}),
        packed(ONE | {"time": "2024-01-02T09:30+09:00"}),
        packed(ONE | {"time": "0001-01-01T00:00"}),
    ],
)
def test_a_file_of_anything_else_gets_one_sentence(content):
    with pytest.raises(UserError, match="holds no saved questions"):
        from_json(content)


def test_an_empty_file_a_long_one_and_a_large_one_get_theirs():
    with pytest.raises(UserError, match="holds no questions"):
        from_json(packed())
    with pytest.raises(UserError, match=f"at most {MOST}"):
        from_json(packed(*[ONE] * (MOST + 1)))
    with pytest.raises(UserError, match="larger than 1 MB"):
        from_json(b" " * (LARGEST + 1))


def test_texts_of_a_file_are_cut_to_what_can_be_typed():
    ((name, asked),) = from_json(
        packed({"headline": "가" * 9_000, "name": "나" * 9_000, "press": "다" * 9_000})
    )
    assert (len(asked.headline), len(name), len(asked.press)) == (LONGEST, 100, 200)
