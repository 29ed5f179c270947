"""Prepared questions as a file: a run's history as JSON, and such a file taken into the history of another run."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from core.data.parse.cells import plain_text
from core.errors import UserError
from core.explain import encode_headlines
from core.locale import N_
from core.predict.asked.history import LONGEST_NAME, AskedBefore, history, remember
from core.predict.question import Question, predict_questions
from core.predict.sealed import is_open
from core.train.run import Run

KIND = "headline-lab questions"
MOST = 200  # questions of a file
LARGEST = 1_000_000  # bytes of a file
LONGEST = 5_000  # characters of a headline
_LONGEST_FIELD = 200  # characters of an outlet or a company
_YEARS = range(1990, 2101)


def to_json(items: Sequence[AskedBefore]) -> bytes:
    """Return questions and what was answered as a file that `from_json` reads."""
    questions = [
        {"name": item.name, **item.question.record(), "asked": item.asked.isoformat(), "answers": item.values}
        for item in items
    ]
    content = {"kind": KIND, "questions": questions}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False).encode("utf-8", "replace")


def from_json(content: bytes) -> list[tuple[str, Question]]:
    """Return the names and the questions of a file; what it says of answers is not read.

    Raises `UserError` where it is not such a file, or holds too much.
    """
    if len(content) > LARGEST:
        raise UserError(N_("The file is larger than {most} MB; choose a smaller one."), most=LARGEST // 10**6)
    try:
        record = json.loads(content)
        if record["kind"] != KIND:
            raise ValueError(record["kind"])
        found = [_question(one) for one in record["questions"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise UserError(
            N_("This file holds no saved questions. Choose a JSON file that was saved on this page.")
        ) from error
    if len(found) > MOST:
        raise UserError(
            N_("The file holds {n:,} questions; at most {most} can be loaded."), n=len(found), most=MOST
        )
    if not found:
        raise UserError(N_("The file holds no questions."))
    return found


def prepare(run: Run, wanted: Sequence[tuple[str, Question]]) -> tuple[int, int]:
    """Pin questions in their order, predicted where the run's encoder is here; return how many, and how many are sealed.

    Features that the run does not have are left out. Raises `UserError` where nothing can be written.
    """
    known = set(run.preparation.features)
    fitted = [
        (name, replace(asked, features={k: v for k, v in asked.features.items() if k in known}))
        for name, asked in wanted
        if is_open(asked.headline, asked.time)
    ]
    answers = _answers(run, [asked for _name, asked in fitted])
    last = max((item.place for item in history(run.id).items), default=0)
    for at, (name, asked) in enumerate(fitted):
        said = {model: np.atleast_1d(values[at]) for model, values in answers.items()}
        remember(run, asked, said, name, place=last + 1 + at)
    return len(fitted), len(wanted) - len(fitted)


def _answers(run: Run, questions: Sequence[Question]) -> dict[str, np.ndarray]:
    """Return what the models say, nothing where the encoder is not on this machine."""
    if not questions:
        return {}
    try:
        return predict_questions(run, questions, encode_headlines(run, [one.headline for one in questions]))
    except UserError:
        return {}


def _question(record: dict[str, object]) -> tuple[str, Question]:
    """Read one question of a file; raises `ValueError`, `KeyError` or `TypeError` for anything that is none."""
    headline, name = record["headline"], record.get("name", "")
    if not isinstance(headline, str) or not isinstance(name, str) or not plain_text(headline):
        raise ValueError("no headline or name")
    features = {k: _number(v) for k, v in dict(record.get("features") or {}).items()}  # type: ignore[call-overload]
    return " ".join(name.split())[:LONGEST_NAME], Question(
        headline[:LONGEST],
        _field(record.get("press")),
        _field(record.get("company")),
        _time(record.get("time")),
        features,
    )


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError("a feature that is no number")
    return float(value)


def _field(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("an outlet or a company that is no text")
    return value[:_LONGEST_FIELD]


def _time(value: object) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("a time that is no text")
    time = datetime.fromisoformat(value)
    if time.tzinfo is not None or time.year not in _YEARS:
        raise ValueError("a time with a zone, or of another age")
    return time
