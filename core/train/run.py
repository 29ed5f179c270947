"""A run: what was asked, how well it did, and what was fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd

from core.errors import Message
from core.evaluate.bootstrap import Interval, Scores
from core.evaluate.calibration import Calibrator, calibrated
from core.evaluate.effective_size import Effective
from core.evaluate.lift import Lift
from core.train.features.preparation import Inputs, Preparation
from core.train.models.ensemble import Combiners, predict_all
from core.train.models.model import Model
from core.train.models.tuning import Tuned
from core.train.settings import TrainSettings


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
    embargoed_rows: int = 0


@dataclass(frozen=True)
class Fold:
    """One step of a walk forward: its first and last test session (ISO dates) and how many rows and sessions."""

    first: str
    last: str
    train_rows: int
    test_rows: int
    train_sessions: int
    test_sessions: int


@dataclass(frozen=True)
class Walk:
    """The walk forward over the sessions before the holdout: scores as means over its folds."""

    scores: Scores
    baselines: Scores
    folds: tuple[Fold, ...]


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

    @property
    def combiners(self) -> Combiners:
        """What combines the models' predictions beside their mean."""

    @property
    def calibrators(self) -> dict[str, Calibrator]:
        """What calibrates the probabilities of a model, by name; empty without calibration."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """The large parts of a run, in memory."""

    preparation: Preparation
    models: dict[str, Model]
    predictions: pd.DataFrame
    combiners: Combiners = field(default_factory=Combiners)
    calibrators: dict[str, Calibrator] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Run:
    """One experiment.

    `scores` are those of `rf, xgb, lgbm, mean` and of other combinations on the holdout, `baselines` those of
    `majority` or `average`, `table_only` and more, per metric; where the holdout is sealed both are of the
    `walk`. `classes` is empty for returns; `seconds` are per stage; `sizes` is the number of trees or rounds
    of each model. `lift` is what the headlines add, over the walk and the holdout together; `effective` what
    the table is worth; `tuned` what a search found; `holdout` the signature that the ledger knows it by.
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
    walk: Walk | None = None
    lift: Lift | None = None
    effective: Effective | None = None
    tuned: tuple[Tuned, ...] = ()
    holdout: str = ""

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

        Columns: `position` in the dataset's frame, `fold` (0 the holdout, else the walk's from 1 on), `row` in
        the file, `session`, `actual` (class number or return), and per model and baseline `<model>` (return)
        or `<model>:<class>` (probability). Those of the holdout, or of the walk where it is sealed.
        """
        table = self.parts.predictions
        if self.settings.sealed or "fold" not in table:
            return table
        return table[table["fold"] == 0].reset_index(drop=True)

    @property
    def all_predictions(self) -> pd.DataFrame:
        """The predictions of every row that was tested, in the walk and in the holdout."""
        return self.parts.predictions

    def test_predictions(self, model: str, table: pd.DataFrame | None = None) -> np.ndarray:
        """Return one model's predictions of the test rows (or of a table of them), `(n, classes)` or `(n,)`."""
        table = self.predictions if table is None else table
        if not self.classes:
            return table[model].to_numpy()
        return table[[f"{model}:{label}" for label in self.classes]].to_numpy()

    def predict(self, inputs: Inputs) -> dict[str, np.ndarray]:
        """Predict new rows: `rf, xgb, lgbm, mean` and more, `(n, classes)` probabilities or `(n,)` returns.

        Probabilities are as the models give them, which is what can be explained; see `calibrated`.
        """
        return self.predict_matrix(self.preparation.matrix(inputs))

    def predict_matrix(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Predict rows as `predict` does, from the matrix `(n, columns)` that the run's preparation makes of them."""
        return predict_all(self.models, X, self.parts.combiners)

    def calibrated(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return predictions with the probabilities calibrated, where the run has a calibration."""
        return calibrated(predictions, self.parts.calibrators)

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
            "warnings": [_plain_message(warning) for warning in self.warnings],
            "walk": None if self.walk is None else _plain_walk(self.walk),
            "lift": None if self.lift is None else self.lift.as_dict(),
            "effective": None if self.effective is None else asdict(self.effective),
            "tuned": [found.as_dict() for found in self.tuned],
            "holdout": self.holdout,
        }

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any], parts: Parts) -> Run:
        """Make the run that `as_dict` took apart; one saved before rows could be weighed has every row weigh 1."""
        typed = {
            "settings": TrainSettings(**({"weighting": "rows"} | fields["settings"])),
            "classes": tuple(fields["classes"]),
            "split": SplitSummary(**fields["split"]),
            "scores": _intervals(fields["scores"]),
            "baselines": _intervals(fields["baselines"]),
            "warnings": tuple(_message(warning) for warning in fields["warnings"]),
            "tuned": tuple(Tuned.from_dict(found) for found in fields.get("tuned", ())),
        }
        for name, made in (("walk", _walk), ("lift", Lift.from_dict), ("effective", _effective)):
            typed[name] = made(fields[name]) if fields.get(name) else None
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
        "walk_forward": None if run.walk is None else _plain_walk(run.walk),
        "sealed": run.settings.sealed,
        "effective_n": None if run.effective is None else run.effective.effective_n,
        "seconds": run.seconds,
    }


def _plain_walk(walk: Walk) -> dict[str, Any]:
    return {
        "models": _plain(walk.scores),
        "baselines": _plain(walk.baselines),
        "folds": [asdict(fold) for fold in walk.folds],
    }


def _walk(fields: Mapping[str, Any]) -> Walk:
    folds = tuple(Fold(**fold) for fold in fields["folds"])
    return Walk(_intervals(fields["models"]), _intervals(fields["baselines"]), folds)


def _effective(fields: Mapping[str, Any]) -> Effective:
    return Effective(**fields)


def _plain_message(message: Message) -> dict[str, Any]:
    """Return a message as plain values; a message among its parameters becomes one as well."""
    params = {k: _plain_message(v) if isinstance(v, Message) else v for k, v in message.params.items()}
    return {"template": message.template, "params": params}


def _message(fields: Mapping[str, Any]) -> Message:
    params = {k: _message(v) if isinstance(v, Mapping) else v for k, v in fields["params"].items()}
    return Message(fields["template"], params)


def _plain(scores: Scores) -> dict[str, Any]:
    return {model: {name: score.as_dict() for name, score in row.items()} for model, row in scores.items()}


def _intervals(scores: Mapping[str, Any]) -> Scores:
    return {
        model: {name: Interval.from_dict(score) for name, score in row.items()}
        for model, row in scores.items()
    }
