"""The training context: what stays the same from split to split, and the models that a split's rows train."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.calibration import Calibrator
from core.evaluate.events import event_weights
from core.jobs import Report, part
from core.locale import N_
from core.train.features.extras import read_ahead
from core.train.features.inputs import Inputs
from core.train.features.outlets import PRESS
from core.train.features.preparation import Preparation
from core.train.features.vector import HEADLINE
from core.train.models.baselines import Task, predict_baselines
from core.train.models.combinations import learns_outcomes
from core.train.models.ensemble import Ensemble
from core.train.models.fusion import Fusion, with_fusion
from core.train.models.sample import Fold, Parameters, Sample
from core.train.settings import HEADLINE as HEADLINE_ALONE
from core.train.settings import TrainSettings
from core.train.splits.outcome import require_learnable_folds
from core.train.splits.split import folds, inner_validation

INNER_FOLDS = 3  # for stacking, calibration and tuning


@dataclass(frozen=True, eq=False)
class TrainedModels:
    """What was fitted on the rows at the positions `train`.

    `calibrators` are by model, empty without calibration; `notes` say what could not be done. `fusion` is None where
    the table or the headline has no column, or the rows are too few for inner folds.
    """

    train: np.ndarray
    preparation: Preparation
    sample: Sample
    ensemble: Ensemble
    calibrators: dict[str, Calibrator] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()
    fusion: Fusion | None = None

    def predict(self, inputs: Inputs) -> dict[str, np.ndarray]:
        """Return the predictions of each model and of what combines them, uncalibrated `(n, classes)` or `(n,)`."""
        X = self.preparation.matrix(inputs)
        return with_fusion(self.ensemble.predict(X), self.fusion, X)


@dataclass(frozen=True, eq=False)
class TrainingContext:
    """A dataset with its inputs and outcomes `(rows,)`, NaN where unknown, and the settings of a training.

    `parameters` are the hyperparameters of the models of all columns, `table_parameters` of those of the table alone.
    """

    searches: ClassVar[bool] = True  # whether hyperparameters can be searched for
    dataset: Dataset
    inputs: Inputs
    outcome: np.ndarray
    classes: tuple[str, ...]
    settings: TrainSettings
    parameters: Parameters = field(default_factory=dict)
    table_parameters: Parameters = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        vectors: np.ndarray | None,
        outcome: np.ndarray,
        settings: TrainSettings,
        report: Report,
    ) -> TrainingContext:
        """Return the context of a training; the texts are read once, ahead of all folds."""
        inputs = Inputs.of(dataset, vectors if settings.reads_headline else None, settings.use_press)
        if settings.features == HEADLINE_ALONE:
            inputs = inputs._replace(features=inputs.features.iloc[:, :0])
        read_ahead(inputs, settings, report)
        classes = dataset.classes if settings.task == "classify" else ()
        return cls(dataset, inputs, outcome, classes, settings)

    def prepare(self, train: np.ndarray, inner: bool = False) -> tuple[Preparation, Sample]:
        """Return what the training rows prepare and the sample they are; `inner` folds for stacking if wanted.

        Raises `UserError` where there is nothing to learn from.
        """
        inputs = self.inputs.take(train)
        preparation = Preparation.fit(inputs, self.settings)
        require_columns(preparation)
        return preparation, replace(self.sample(train, inner), X=preparation.matrix(inputs))

    def sample(self, train: np.ndarray, inner: bool = True) -> Sample:
        """Return the sample that the training rows are, with no column in its matrix yet."""
        fit, valid = inner_validation(self.dataset, train, self.settings)
        weighted = self.settings.weighting == "events" and self.dataset.has_sessions
        return Sample(
            np.zeros((len(train), 0), np.float32),
            self.outcome[train],
            np.searchsorted(train, fit),
            np.searchsorted(train, valid),
            len(self.classes),
            self.settings.seed,
            weight=event_weights(self.dataset, train) if weighted else None,
            class_weight=self.settings.class_weight if self.classes else "none",
            folds=self.inner_folds(train) if inner else (),
            parameters=self.parameters,
            models=self.settings.models,
        )

    def learn(self, train: np.ndarray, report: Report, inner: bool = False) -> TrainedModels:
        """Fit the models and their fusion on these rows; with `inner` folds also their stack and their calibration."""
        calibrate = bool(self.classes) and self.settings.calibrate != "none"
        preparation, sample = self.prepare(train, inner=True)
        stacked = sample if inner or calibrate else replace(sample, folds=())
        ensemble = Ensemble.fit(stacked, part(report, 0, 0.7))
        fusion = Fusion.fit(sample, preparation.of_headline, self.table_parameters, part(report, 0.7, 1))
        learned = TrainedModels(train, preparation, stacked, ensemble, fusion=fusion)
        return self.calibrated(learned) if calibrate else learned

    def calibrated(self, learned: TrainedModels) -> TrainedModels:
        """Return the models with what calibrates them, or with a note that says why they have none."""
        try:
            return replace(learned, calibrators=self._calibrators(learned.sample, learned.ensemble))
        except UserError as error:
            note = replace(error.message, code="not_calibrated")
            return replace(learned, notes=(*learned.notes, note))

    def baselines(
        self, learned: TrainedModels, test: np.ndarray, report: Report, quick: bool = False
    ) -> dict[str, np.ndarray]:
        """Return what the models have to beat: predictions of the test rows `(n, classes)` or `(n,)` by name.

        With `quick` those that take as long as the models are left out.
        """
        preparation, texts = learned.preparation, self.dataset.headlines
        X_test = preparation.matrix(self.inputs.take(test))
        task = Task(
            learned.sample,
            X_test,
            headline=preparation.of_headline,
            vector=preparation.of_group(HEADLINE),
            outlet=preparation.of_group(PRESS),
            texts=[texts[i] for i in learned.train],
            texts_test=[texts[i] for i in test],
            table=None if learned.fusion is None else learned.fusion.predict_table(X_test),
            table_parameters=self.table_parameters,
        )
        return predict_baselines(task, report, quick)

    def inner_folds(self, train: np.ndarray) -> tuple[Fold, ...]:
        """Return positions in `train` to fit and to predict, earlier first; none where there is too little."""
        settings = replace(self.settings, folds=INNER_FOLDS, window="expanding")
        try:
            splits = folds(self.dataset, settings, train)
            require_learnable_folds(self.outcome, splits, self.classes)
        except UserError:
            return ()
        return tuple(
            (np.searchsorted(train, split.train), np.searchsorted(train, split.test)) for split in splits
        )

    def _calibrators(self, sample: Sample, ensemble: Ensemble) -> dict[str, Calibrator]:
        if ensemble.inner is None:
            raise UserError(
                N_(
                    "The probabilities cannot be calibrated: the training is too short for later inner sessions."
                )
            )
        rows, predictions = ensemble.inner
        weight = None if sample.weight is None else sample.weight[rows]
        return {
            name: Calibrator.fit(sample.y[rows], p, self.settings.calibrate, weight)
            for name, p in ensemble.combiners.combine(predictions).items()
            if not learns_outcomes(name)  # of these very rows
        }


def require_columns(preparation: Preparation) -> None:
    """Raise `UserError` where there is nothing to learn from."""
    if not preparation.groups:
        raise UserError(
            N_("There is nothing to learn from: no vectors, no varying feature and no outlet. Embed first.")
        )
