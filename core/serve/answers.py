"""Questions to predictions with interval, reasons and warnings, as the predict page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from core.data.dataset import Dataset
from core.data.library import load_dataset
from core.data.sessions import zone_of
from core.errors import Message, UserError
from core.evaluate.predictions import MEAN
from core.explain import Contributions, encode_headlines, explain_matrix, explained_class, readable
from core.locale import N_, translate_message
from core.predict import Intervals, Known, Question, cautions_of_each, inputs_of
from core.predict.sealed import require_open
from core.train.run import Run

_BEFORE_CALIBRATION = Message(
    N_("The run's probabilities are calibrated; the contributions explain them before calibration."),
    code="before_calibration",
)


class EncoderGone(UserError):
    """The run's encoder is not on this machine any more, or cannot be loaded."""


class Sealed(UserError):
    """The headline is one of a sealed holdout."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a run says about one question.

    `predictions` are those of each model and combination (but the fusion), calibrated: the probabilities by class or
    the return. `interval` `(2,)` is the ensemble's at `level`, None where there is none; `groups` what each adds to
    the ensemble's probability of the class `label` (or the return, None), before calibration, the largest first.
    """

    predictions: dict[str, dict[str, float | None] | float | None]
    label: str | None
    interval: np.ndarray | None
    level: float
    groups: tuple[tuple[str, float], ...]
    warnings: tuple[Message, ...]

    def as_dict(self, language: str) -> dict[str, Any]:
        """Return the answer as JSON holds it, its sentences in a language."""
        interval = None
        if self.interval is not None:
            low, high = map(float, self.interval)
            interval = {"low": low, "high": high, "level": self.level}
        return {
            "predictions": self.predictions,
            "class": self.label,
            "interval": interval,
            "groups": [{"group": group, "contribution": value} for group, value in self.groups],
            "warnings": [
                {"code": warning.code, "message": translate_message(warning, language)}
                for warning in self.warnings
            ],
        }


@dataclass(frozen=True, eq=False)
class Answerer:
    """A run with all that its answers need, laid out once. Safe to use from several threads at once.

    `intervals` is None where there are none; `zone` is the exchange's, None where the run's table has no sessions.
    """

    run: Run
    known: Known
    intervals: Intervals | None
    zone: ZoneInfo | None

    @classmethod
    def of(cls, run: Run) -> Answerer:
        """Lay out what a run knows, load its models and encoder, and answer once, so that no question waits for it.

        A table that was deleted costs the intervals and some warnings. Raises `UserError` where the encoder is gone.
        """
        data = _table(run)
        known = Known.of(run, data)
        dated = data is None or data.has_sessions
        made = cls(
            run,
            known,
            None if data is None else Intervals.of(run, data),
            ZoneInfo(zone_of(known.exchange)) if dated else None,
        )
        made._answers([Question("삼성전자 실적", time=made.clock(None))])
        return made

    def clock(self, time: datetime | None) -> datetime | None:
        """Return a time by the exchange's clock, which one without a zone is of; now where there is none.

        None where the run's table has no sessions and no time is given.
        """
        if time is None:
            return None if self.zone is None else datetime.now(self.zone).replace(tzinfo=None, microsecond=0)
        if time.tzinfo is None:
            return time
        return time.astimezone(self.zone or ZoneInfo("UTC")).replace(tzinfo=None)

    def answer(self, questions: Sequence[Question]) -> list[Answer | UserError]:
        """Answer questions at once, each as if it was asked alone; one that has no answer leaves the others theirs.

        That is a headline which is empty, or of a sealed holdout.
        """
        refused = [_refused(question) for question in questions]
        asked = [question for question, error in zip(questions, refused, strict=True) if error is None]
        answers = iter(self._answers(asked) if asked else [])
        return [error or next(answers) for error in refused]

    def _answers(self, questions: Sequence[Question]) -> list[Answer]:
        vectors = self._vectors(questions)
        X = self.run.preparation.matrix(inputs_of(self.run, questions, vectors))
        predicted = self.run.predict_by_models(X)
        calibrated = self.run.calibrated(predicted)
        reasons = explain_matrix(self.run, X, predicted)
        ends = self._ends(calibrated[MEAN])
        warned = cautions_of_each(self.known, questions, vectors)
        fixed = (_BEFORE_CALIBRATION,) if self.run.parts.calibrators else ()
        return [
            Answer(
                {name: self._written(values[row]) for name, values in calibrated.items()},
                reasons.label,
                ends[row] if np.isfinite(ends[row]).all() else None,
                self.intervals.level if self.intervals else np.nan,
                _groups(reasons, row),
                (*warned[row], *fixed),
            )
            for row in range(len(questions))
        ]

    def _vectors(self, questions: Sequence[Question]) -> np.ndarray:
        try:
            return encode_headlines(self.run, [question.headline for question in questions])
        except UserError as error:
            raise EncoderGone(error.message.template, **error.message.params) from error

    def _ends(self, ensemble: np.ndarray) -> np.ndarray:
        """Return the ends `(n, 2)` of the intervals of the ensemble's predictions `(n, classes)` or `(n,)`."""
        if self.intervals is None:
            return np.full((len(ensemble), 2), np.nan)
        return self.intervals.at(ensemble[:, explained_class(self.run, -1)] if self.run.classes else ensemble)

    def _written(self, value: np.ndarray) -> dict[str, float | None] | float | None:
        if not self.run.classes:
            return _number(float(value))
        return {label: _number(p) for label, p in zip(self.run.classes, value.tolist(), strict=True)}


def _number(value: float) -> float | None:
    """Return a number as JSON holds it: null where it is undefined."""
    return value if np.isfinite(value) else None


def _table(run: Run) -> Dataset | None:
    try:
        return load_dataset(run.dataset_id)
    except UserError:
        return None


def _refused(question: Question) -> UserError | None:
    """Return why a question has no answer; None where it has one."""
    try:
        readable(question.headline)
    except UserError as error:
        return error
    try:
        require_open(question.headline, question.time)
    except UserError as error:
        return Sealed(error.message.template, **error.message.params)
    return None


def _groups(reasons: Contributions, row: int) -> tuple[tuple[str, float], ...]:
    pairs = zip(reasons.groups, map(float, reasons.values[MEAN][row]), strict=True)
    return tuple(sorted(pairs, key=lambda pair: -abs(pair[1])))
