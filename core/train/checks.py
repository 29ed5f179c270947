"""What a user should know before believing a run's scores."""

from __future__ import annotations

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.locale import N_
from core.train.features import Preparation
from core.train.metrics import rank_auc, rank_ic
from core.train.settings import TrainSettings
from core.train.split import Split

LEAK_AUC, LEAK_RANK = 0.97, 0.98
FEW_SESSIONS = 10


def warnings_of(
    dataset: Dataset, settings: TrainSettings, split: Split, outcome: np.ndarray, preparation: Preparation
) -> tuple[Message, ...]:
    """Return the warnings of a run, the gravest first; `outcome` is `(rows,)`."""
    warnings = []
    if settings.split == "random":
        warnings.append(
            Message(
                N_(
                    "The rows were split at random: headlines of one session share an outcome and stand on "
                    "both sides, so these scores are too good. Split by time for an honest one."
                )
            )
        )
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
    if preparation.dropped:
        warnings.append(
            Message(
                N_("Left out because they never vary in the training rows: {names}."),
                {"names": ", ".join(preparation.dropped)},
            )
        )
    return tuple(warnings)


def leaking_features(dataset: Dataset, train: np.ndarray, outcome: np.ndarray, task: str) -> list[str]:
    """Return the continuous features that alone order the outcomes of the training rows almost exactly.

    That is an AUC of one class against the rest above 0.97 (or below 0.03), or a Spearman correlation with
    the return beyond 0.98.
    """
    y, features = outcome[train], dataset.features.iloc[train]
    return [name for name in features.columns if _gives_away(y, features[name].to_numpy(float), task)]


def _gives_away(y: np.ndarray, x: np.ndarray, task: str) -> bool:
    known = np.isfinite(x)
    if known.sum() < 3:
        return False
    y, x, w = y[known], x[known], np.ones((1, known.sum()))
    if task == "regress":
        return bool(abs(rank_ic(y, x, w)[0]) > LEAK_RANK)
    areas = [rank_auc(y == code, x, w)[0] for code in np.unique(y)]
    return any(abs(area - 0.5) > LEAK_AUC - 0.5 for area in areas)
