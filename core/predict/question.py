"""What is asked of a run: one headline, with what is known beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from core.data.parse.cells import plain_text
from core.data.plan import Exchange
from core.data.sessions import sessions_around
from core.embed.pipeline import canonical
from core.errors import UserError
from core.train.features.inputs import Inputs
from core.train.run import Run


@dataclass(frozen=True)
class Question:
    """A headline, its outlet, company and time (of the exchange's clock), and the continuous features by name.

    None and a feature that is absent or NaN mean that it is not known. `time` is when the headline came: what
    happened later is no precedent for it.
    """

    headline: str
    press: str | None = None
    company: str | None = None
    time: datetime | None = None
    features: Mapping[str, float] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """Return the question as what JSON can hold; a feature that is not known is absent."""
        return {
            "headline": self.headline,
            "press": self.press,
            "company": self.company,
            "time": self.time.isoformat(timespec="minutes") if self.time else None,
            "features": {name: float(value) for name, value in self.features.items() if math.isfinite(value)},
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Question:
        """Return the question that `record` wrote; raises `ValueError`, `KeyError` or `TypeError` for anything else."""
        time = record["time"]
        features = {str(name): float(value) for name, value in dict(record["features"]).items()}
        press, company = (
            None if record[name] is None else str(record[name]) for name in ("press", "company")
        )
        return cls(str(record["headline"]), press, company, time and datetime.fromisoformat(time), features)


def session_at(time: datetime, exchange: Exchange) -> pd.Timestamp:
    """Return the session that a headline of this time belongs to; its day where the calendar does not reach so far."""
    times = np.array([time], "datetime64[s]")
    try:
        found = sessions_around(times, exchange).of(times, np.array([True]), exchange.untimed)
    except UserError:
        found = times.astype("datetime64[D]").astype("datetime64[s]")
    return pd.Timestamp(found[0])


def inputs_of(run: Run, questions: Sequence[Question], vectors: np.ndarray) -> Inputs:
    """Return what the run's models are given for `n` questions and the vectors of their headlines `(n, dim)`."""
    times = pd.Series([question.time for question in questions], dtype="datetime64[s]")
    return Inputs(
        vectors,
        pd.DataFrame([dict(question.features) for question in questions], dtype=float),
        pd.Series([question.press for question in questions], dtype="str")
        if run.settings.use_press
        else None,
        pd.Series([canonical(plain_text(question.headline)) for question in questions], dtype="str"),
        times if times.notna().any() else None,
    )


def predict_questions(run: Run, questions: Sequence[Question], vectors: np.ndarray) -> dict[str, np.ndarray]:
    """Return what each model and combination (but the fusion) says to `n` questions, as pages show it.

    `vectors (n, dim)` are those of the headlines. The results are the calibrated probabilities `(n, classes)` or the
    returns `(n,)`. Holdouts are not asked for: see `require_open`.
    """
    X = run.preparation.matrix(inputs_of(run, questions, vectors))
    return run.calibrated(run.predict_by_models(X))
