"""A run: what was asked, how well it did, and what was fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd

from core.errors import Message
from core.train.bootstrap import Interval
from core.train.ensemble import predict_all
from core.train.features import Preparation
from core.train.models import Model
from core.train.settings import TrainSettings

Scores = dict[str, dict[str, Interval]]  # model -> metric -> score


@dataclass(frozen=True)
class SplitSummary:
    """How many rows went where; `cut` is the first session of the test (ISO date) where time splits."""

    rows: int
    distinct_headlines: int
    train_rows: int
    test_rows: int
    purged_rows: int
    grouped_rows: int
    left_out_rows: int
    sessions: int
    train_sessions: int
    test_sessions: int
    events: int
    cut: str | None = None


class Parts(Protocol):
    """The large parts of a run, in memory or read from its folder when first asked for."""

    @property
    def preparation(self) -> Preparation:
        """What was fitted before the models."""

    @property
    def models(self) -> dict[str, Model]:
        """The fitted models by name."""

    @property
    def predictions(self) -> pd.DataFrame:
        """The predictions of the test rows; see `Run.predictions`."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """The large parts of a run, in memory."""

    preparation: Preparation
    models: dict[str, Model]
    predictions: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Run:
    """One experiment.

    `scores` are those of `rf, xgb, lgbm, mean` and `baselines` those of `majority` or `average` and of
    `table_only`, per metric; `classes` is empty for returns; `seconds` are per stage; `sizes` is the number
    of trees or rounds of each model.
    """

    id: str
    created: str
    dataset_id: str
    dataset_name: str
    settings: TrainSettings
    classes: tuple[str, ...]
    split: SplitSummary
    scores: Scores
    baselines: Scores
    seconds: dict[str, float]
    sizes: dict[str, int]
    warnings: tuple[Message, ...]
    parts: Parts = field(repr=False)

    @property
    def task(self) -> str:
        """What is predicted: "classify" or "regress"."""
        return self.settings.task

    @property
    def preparation(self) -> Preparation:
        """What was fitted before the models."""
        return self.parts.preparation

    @property
    def models(self) -> dict[str, Model]:
        """The fitted models by name."""
        return self.parts.models

    @property
    def predictions(self) -> pd.DataFrame:
        """The test rows with what was predicted and what happened.

        Columns: `position` in the dataset's frame, `row` in the file, `session`, `actual` (class number or
        return), and per model and baseline `<model>` (return) or `<model>:<class>` (probability).
        """
        return self.parts.predictions

    def test_predictions(self, model: str) -> np.ndarray:
        """Return one model's predictions of the test rows, `(n, classes)` or `(n,)`."""
        if not self.classes:
            return self.predictions[model].to_numpy()
        return self.predictions[[f"{model}:{label}" for label in self.classes]].to_numpy()

    def predict(
        self, vectors: np.ndarray | None, features: pd.DataFrame, press: pd.Series | None
    ) -> dict[str, np.ndarray]:
        """Predict new rows: `rf, xgb, lgbm, mean`, each `(n, classes)` probabilities or `(n,)` returns."""
        return predict_all(self.models, self.preparation.matrix(vectors, features, press))

    def as_dict(self) -> dict[str, Any]:
        """Return all but the large parts as plain values for JSON."""
        return {
            "id": self.id,
            "created": self.created,
            "dataset_id": self.dataset_id,
            "dataset_name": self.dataset_name,
            "settings": self.settings.as_dict(),
            "classes": list(self.classes),
            "split": asdict(self.split),
            "scores": _plain(self.scores),
            "baselines": _plain(self.baselines),
            "seconds": self.seconds,
            "sizes": self.sizes,
            "warnings": [{"template": w.template, "params": dict(w.params)} for w in self.warnings],
        }

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any], parts: Parts) -> Run:
        """Make the run that `as_dict` took apart."""
        typed = {
            "settings": TrainSettings(**fields["settings"]),
            "classes": tuple(fields["classes"]),
            "split": SplitSummary(**fields["split"]),
            "scores": _intervals(fields["scores"]),
            "baselines": _intervals(fields["baselines"]),
            "warnings": tuple(Message(**warning) for warning in fields["warnings"]),
        }
        return cls(**(dict(fields) | typed), parts=parts)


def run_table(run: Run) -> dict[str, Any]:
    """Return a run as `headline-lab run --json` prints it."""
    return {
        "run_id": run.id,
        "task": run.task,
        "split": run.settings.split,
        "rows": run.split.rows,
        "distinct_headlines": run.split.distinct_headlines,
        "train_rows": run.split.train_rows,
        "test_rows": run.split.test_rows,
        "sessions": run.split.sessions,
        "events": run.split.events,
        "encoder": run.settings.encoder,
        "pooling": run.settings.pooling,
        "models": _plain(run.scores),
        "baselines": _plain(run.baselines),
        "seconds": run.seconds,
    }


def _plain(scores: Scores) -> dict[str, Any]:
    return {model: {name: score.as_dict() for name, score in row.items()} for model, row in scores.items()}


def _intervals(scores: Mapping[str, Any]) -> Scores:
    return {
        model: {name: Interval.from_dict(score) for name, score in row.items()}
        for model, row in scores.items()
    }
