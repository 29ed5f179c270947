"""A run: what was asked, how well it did, and what was fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from core.errors import Message
from core.evaluate.bootstrap import Scores
from core.evaluate.calibration import Calibrator, calibrated
from core.evaluate.effective_size import Effective
from core.evaluate.lift import Lift
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.verdict import Evidence
from core.train.features.inputs import Inputs
from core.train.features.preparation import Preparation
from core.train.models.combinations import Combiners
from core.train.models.ensemble import predict_all
from core.train.models.fusion import Fusion, with_fusion
from core.train.models.model import Model
from core.train.models.tuning import Tuned
from core.train.seen import SeenTests, reason_of
from core.train.settings import TrainSettings
from core.train.splits.registry import SPLITS, SplitRule
from core.train.splits.summary import FoldSummary, SplitSummary
from core.train.withheld import withheld, withheld_of_saved


@dataclass(frozen=True)
class Walk:
    """The walk forward over the sessions before the holdout: scores as means over its folds."""

    scores: Scores
    baselines: Scores
    folds: tuple[FoldSummary, ...]

    @property
    def sessions(self) -> int:
        """How many sessions are tested, over all folds."""
        return sum(fold.test_sessions for fold in self.folds)


class Parts(Protocol):
    """The large parts of a run, in memory or read from its folder when first asked for."""

    @property
    def preparation(self) -> Preparation:
        """What was fitted before the models."""

    @property
    def models(self) -> dict[str, Model]:
        """The fitted models by name."""

    @property
    def predictions(self) -> Predictions:
        """The out-of-sample predictions of every row that was tested."""

    @property
    def combiners(self) -> Combiners:
        """What combines the models' predictions beside their mean."""

    @property
    def calibrators(self) -> dict[str, Calibrator]:
        """What calibrates the probabilities of a model, by name; empty without calibration."""

    @property
    def fusion(self) -> Fusion | None:
        """The models of the table and of the headline, fused; None where there is none."""


@dataclass(frozen=True, eq=False)
class FittedParts:
    """The large parts of a run, in memory."""

    preparation: Preparation
    models: dict[str, Model]
    predictions: Predictions
    combiners: Combiners = field(default_factory=Combiners)
    calibrators: dict[str, Calibrator] = field(default_factory=dict)
    fusion: Fusion | None = None


@dataclass(frozen=True, eq=False)
class Run:
    """One experiment.

    `scores` are those of each model and combination on the holdout, `baselines` those of `majority` or
    `average`, `table_only` and more, per metric; where the holdout is sealed both are of the
    `walk`. `classes` is empty for returns; `seconds` are per stage; `sizes` is the number of trees or rounds
    of each model. `evidence` is what the intervals of the scores rest on (None in a run of before); `lift` what
    the headlines add, over the walk and the holdout together; `effective` what the table is worth; `tuned` what a search found; `holdout` the signature that the ledger knows it by;
    `prepared` whether it came with the app (see `core.train.prepared`); `seen` what its encoder, tuned here, had seen
    of its tests; `versions` the packages that made it, empty in a run of before.
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
    evidence: Evidence | None = None
    effective: Effective | None = None
    tuned: tuple[Tuned, ...] = ()
    holdout: str = ""
    prepared: bool = False
    seen: SeenTests | None = None
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def task(self) -> str:
        """What is predicted: "classify" or "regress"."""
        return self.settings.task

    @property
    def rule(self) -> SplitRule:
        """How it was split, in the words of a table that has dates, or has none."""
        return SPLITS[self.settings.split].on(bool(self.split.sessions))

    @property
    def looks(self) -> int:
        """How often the rows of its scores had been tested, this time included."""
        return self.evidence.looks if self.evidence else 1

    def after(self, looks: int, of_lift: int) -> Run:
        """Return the run where the rows of its scores, and those of its lift, have been tested so many times.

        This time is included.
        """
        return replace(
            self,
            evidence=self.evidence and replace(self.evidence, looks=looks),
            lift=self.lift and self.lift.after(of_lift),
        )

    @property
    def withheld(self) -> str:
        """Why no verdict is given on the run, empty where neither its split nor its encoder knew the test beforehand."""
        saved = withheld_of_saved(self.settings.horizon, self.evidence is not None)
        return withheld(self.settings.split, self.split) or reason_of(self.seen) or saved

    @property
    def believable(self) -> bool:
        """Whether a verdict may rest on the scores: none is withheld, and there are blocks enough."""
        return not self.withheld and self.basis.enough

    @property
    def basis(self) -> Evidence:
        """What the intervals of the scores rest on; of a run of before the number of its sessions, or else rows."""
        return self.evidence or Evidence(self.split.test_sessions or self.split.test_rows)

    @property
    def against_chance(self) -> int:
        """1 where the ensemble beats chance in the test, -1 where chance beats it, 0 where that is not known."""
        metric = main_metric(self.task)
        score = self.scores.get(MEAN, {}).get(metric.name)
        if score is None or not self.believable:
            return 0
        return self.basis.against(score, metric.guessing)

    @property
    def scored_by_walk(self) -> bool:
        """Whether the scores are those of the walk-forward, as the holdout is sealed."""
        return self.walk is not None and self.settings.sealed

    @property
    def lift_of_holdout(self) -> bool:
        """Whether the lift is of the holdout alone, though there was a walk-forward before it."""
        if self.lift is None or self.walk is None or self.settings.sealed:
            return False
        return self.lift.sessions == self.split.test_sessions

    @property
    def preparation(self) -> Preparation:
        """What was fitted before the models."""
        return self.parts.preparation

    @property
    def models(self) -> dict[str, Model]:
        """The fitted models by name."""
        return self.parts.models

    @property
    def predictions(self) -> Predictions:
        """The out-of-sample predictions of every row that was tested, in the walk-forward and in the holdout."""
        return self.parts.predictions

    def predict(self, inputs: Inputs) -> dict[str, np.ndarray]:
        """Predict new rows by each model and combination: `(n, classes)` probabilities or `(n,)` returns.

        Probabilities are as the models give them, which is what can be explained; see `calibrated`.
        """
        return self.predict_matrix(self.preparation.matrix(inputs))

    def predict_matrix(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Predict rows as `predict` does, from the matrix `(n, columns)` that the run's preparation makes of them."""
        return with_fusion(self.predict_by_models(X), self.parts.fusion, X)

    def predict_by_models(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Predict rows as `predict_matrix` does, without the fusion: it has models of its own, which take as long."""
        return predict_all(self.models, X, self.parts.combiners)

    def calibrated(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return predictions with the probabilities calibrated, where the run has a calibration."""
        return calibrated(predictions, self.parts.calibrators)
