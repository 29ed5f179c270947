"""What a user should know before believing a run's scores."""

from __future__ import annotations

import numpy as np

from core.data.dataset import Dataset
from core.data.target.leaks import gives_away
from core.errors import Message
from core.evaluate.events import disagreeing
from core.locale import N_
from core.train.features.preparation import Preparation
from core.train.settings import TrainSettings
from core.train.splits.split import Split, caution

FEW_SESSIONS = 10


def warnings_of(
    dataset: Dataset, settings: TrainSettings, split: Split, outcome: np.ndarray, preparation: Preparation
) -> tuple[Message, ...]:
    """Return the warnings of a run, the gravest first; `outcome` is `(rows,)`."""
    warnings = []
    if inflated := caution(settings):
        warnings.append(inflated)
    for name in leaking_features(dataset, split.train, outcome, settings.task):
        warnings.append(
            Message(
                N_("The feature {name} alone predicts the target almost exactly: it may know the future."),
                {"name": name},
            )
        )
    if settings.task == "classify" and len(np.unique(outcome[split.test])) < 2:
        warnings.append(
            Message(N_("All test rows are of one class, so some scores are undefined: hold out more."))
        )
    sessions = int(dataset.frame["session"].iloc[split.test].nunique())
    if dataset.has_sessions and sessions < FEW_SESSIONS:
        warnings.append(
            Message(
                N_("The test holds {sessions} sessions only, so the intervals are rough."),
                {"sessions": sessions},
            )
        )
    torn = disagreeing(dataset, outcome, split.test) if settings.unit == "event" else 0
    if torn:
        warnings.append(
            Message(
                N_(
                    "In {events} events of the test the rows disagree about the outcome; their mean (or most frequent class) was scored."
                ),
                {"events": torn},
            )
        )
    if preparation.dropped:
        warnings.append(
            Message(
                N_("Left out because they never vary in the training rows: {names}."),
                {"names": ", ".join(preparation.dropped)},
            )
        )
    return tuple(warnings)


def leaking_features(dataset: Dataset, train: np.ndarray, outcome: np.ndarray, task: str) -> list[str]:
    """Return the continuous features that alone order the outcomes of the training rows almost exactly."""
    y, features = outcome[train], dataset.features.iloc[train]
    return [name for name in features.columns if gives_away(y, features[name].to_numpy(float), task)]
