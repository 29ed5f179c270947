"""The noise ceiling of the headlines that returned, and what the models scored on the tested ones among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import Interval, intervals
from core.evaluate.ceiling import FEWEST_SESSIONS, FEWEST_STORIES, Ceiling, noise_ceiling, returning
from core.evaluate.metrics import METRICS, main_metric
from core.evaluate.predictions import Predictions
from core.evaluate.scoring import mean_over
from core.evaluate.settings import EvaluateSettings


@dataclass(frozen=True)
class Headroom:
    """The noise ceiling, and the scores of the models on the tested rows of headlines that returned.

    `tested` is the number of these rows, one for each story and event, and `sessions` that of their sessions. There
    are no `scores` where they are too few.
    """

    ceiling: Ceiling
    metric: str
    scores: dict[str, Interval]
    tested: int
    sessions: int


def headroom(
    dataset: Dataset,
    outcome: np.ndarray,
    rows: np.ndarray,
    settings: EvaluateSettings,
    predictions: Predictions,
    models: Sequence[str],
) -> Headroom:
    """Return the noise ceiling of the rows at these positions, and the main scores to be held against it.

    `outcome (rows of the dataset,)` is known at `rows`: a sealed holdout's are not among them. `predictions` are of
    tested rows, and `models` the names of those to compare.
    """
    classes = len(dataset.classes) if settings.task == "classify" else 0
    story, event = dataset.frame["story"].to_numpy(), dataset.event
    blocks = Blocks.of(dataset, rows, outcome[rows], settings.horizon)
    made = noise_ceiling(outcome[rows], story[rows], event[rows], blocks, classes, settings.seed)
    main = main_metric(settings.task).name
    metric = main if main in made.best else "accuracy"
    returned = np.zeros(len(dataset), bool)
    returned[rows] = returning(story[rows], event[rows])
    tested = _once_an_event(predictions, returned, story, event, dataset)
    at = tested.positions(dataset)
    days = Blocks.of(dataset, at, tested.outcome, settings.horizon)
    few = len(np.unique(story[at])) < FEWEST_STORIES or days.sessions < FEWEST_SESSIONS or not days.enough
    scores: dict[str, Interval] = {}
    if made.best and not few:
        scored = mean_over(tested.fold, METRICS[metric])
        for name in models:
            found = intervals(tested.outcome, tested[name], days, [scored], settings.seed)
            scores[name] = found[metric]
    return Headroom(made, metric, scores, len(tested), days.sessions)


def _once_an_event(
    predictions: Predictions, returned: np.ndarray, story: np.ndarray, event: np.ndarray, dataset: Dataset
) -> Predictions:
    """Return the predictions of rows whose headline `returned`, the first one of each story in an event."""
    at = predictions.positions(dataset)
    told = pd.DataFrame({"story": story[at], "event": event[at]})
    kept = returned[at]
    kept[kept] = ~told[kept].duplicated().to_numpy()
    return predictions.where(kept)
