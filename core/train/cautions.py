"""What a reader should know of a training before believing its scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.data.dataset import Dataset
from core.data.target.leaks import gives_away
from core.errors import Message
from core.locale import N_
from core.train.features.preparation import Preparation
from core.train.splits.plan import SplitPlan
from core.train.splits.registry import SPLITS, UNDATED


def training_cautions(
    plan: SplitPlan, preparation: Preparation, of_test: Sequence[Message]
) -> tuple[Message, ...]:
    """Return all cautions of a run, the gravest first; `of_test` are those of the evaluation."""
    found = []
    dated = plan.dataset.has_sessions
    rule = SPLITS[plan.settings.split].on(dated)
    if rule.caution:
        found.append(Message(rule.caution, code="undated" if rule.caution == UNDATED else "split"))
    for name in leaking_features(plan.dataset, plan.holdout.train, plan.outcome, plan.settings.task):
        found.append(
            Message(
                N_("The feature {name} alone predicts the target almost exactly: it may know the future."),
                {"name": name},
                "leaking_feature",
            )
        )
    found += of_test
    if preparation.dropped:
        found.append(
            Message(
                N_("Left out because they never vary in the training rows: {names}."),
                {"names": ", ".join(preparation.dropped)},
                "constant_columns",
            )
        )
    return tuple(found)


def leaking_features(dataset: Dataset, train: np.ndarray, outcome: np.ndarray, task: str) -> list[str]:
    """Return the continuous features that alone order the outcomes of the training rows almost exactly."""
    y, features = outcome[train], dataset.features.iloc[train]
    return [name for name in features.columns if gives_away(y, features[name].to_numpy(float), task)]
