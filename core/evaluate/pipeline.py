"""From a table of out-of-sample predictions and its dataset to scores, lift and cautions, in named steps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.arms import ARMS
from core.evaluate.bootstrap import Scores
from core.evaluate.cautions import cautions
from core.evaluate.effective_size import Effective, effective_size
from core.evaluate.lift import Lift
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.scoring import Scored
from core.evaluate.settings import EvaluateSettings
from core.evaluate.verdict import Evidence
from core.jobs import Report, part, silent


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What predictions are worth: scores with intervals by model, of the holdout and of the walk-forward.

    `walk_scores` are means over folds, empty without a walk-forward; `scores` are empty while the holdout is
    sealed. `evidence` is what the intervals of the scores that are shown rest on. `lift` is what the headlines add
    over all tests together, None where that cannot be compared.
    """

    scores: Scores
    walk_scores: Scores
    evidence: Evidence
    lift: Lift | None
    effective: Effective
    cautions: tuple[Message, ...]


def evaluate(
    predictions: Predictions,
    dataset: Dataset,
    settings: EvaluateSettings,
    report: Report = silent,
    arms: tuple[str, str] = (MEAN, "table_only"),
    uncalibrated: Predictions | None = None,
) -> Evaluation:
    """Score every model of a table of predictions of this dataset's rows.

    `arms` are the models with and without headlines that the lift compares, chosen before the test.
    It compares `uncalibrated` predictions where they are given: calibration is no part of what headlines add.
    Raises whatever `report` raises.
    """
    holdout, walk = predictions.holdout, predictions.walk
    outcome = dataset.outcome(settings.task)
    scored = [Scored.of(table, dataset, settings) if len(table) else None for table in (holdout, walk)]
    shown = next(part for part in scored if part is not None)
    return Evaluation(
        scores=_scores(scored[0], settings, part(report, 0, 0.5)),
        walk_scores=_scores(scored[1], settings, part(report, 0.5, 1)),
        evidence=Evidence.of(shown.blocks),
        lift=_lift(uncalibrated or predictions, dataset, settings, arms),
        effective=effective_size(dataset, outcome, np.flatnonzero(~np.isnan(outcome)), settings.horizon),
        cautions=tuple(cautions(predictions, dataset, settings)),
    )


def scores_of(scores: Scores, names: Collection[str]) -> Scores:
    """Return the scores of these models, in their order."""
    return {name: scores[name] for name in names if name in scores}


def _scores(scored: Scored | None, settings: EvaluateSettings, report: Report) -> Scores:
    return {} if scored is None else scored.scores(settings, report)


def _lift(
    predictions: Predictions, dataset: Dataset, settings: EvaluateSettings, arms: tuple[str, str]
) -> Lift | None:
    if not set(arms) <= set(predictions.models):
        return None
    names = dict.fromkeys([*arms, *(name for name in ARMS.values() if name in predictions.models)])
    scored = Scored.of(predictions, dataset, settings, list(names))
    made = scored.lift(settings, *arms)
    if made is None:
        return None
    apart = scored.apart()
    return replace(made, apart=apart.lift(settings, *arms) if apart else None)
