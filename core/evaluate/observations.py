"""What of the predictions themselves a reader should know: a simpler model that does as well, one-sided predictions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.bootstrap import Interval, paired
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.scoring import Scored, mean_over
from core.evaluate.settings import EvaluateSettings


def best_simple(
    predictions: Predictions, dataset: Dataset, settings: EvaluateSettings, simple: Sequence[str]
) -> tuple[str, Interval] | None:
    """Return which of the `simple` models scores highest in the test where it beats the ensemble, and by how much.

    The difference is that of the main metric on the same rows, with its 95% interval (paired over blocks). None
    where the ensemble scores higher, or where there is no simple model.
    """
    test = predictions.test
    known = [name for name in simple if name in test.models]
    scored = Scored.of(test, dataset, settings, [MEAN, *known])
    metric = mean_over(scored.fold, main_metric(settings.task))
    once = np.ones((1, len(scored)))
    values = {name: float(metric.compute(scored.y, p, once)[0]) for name, p in scored.predictions.items()}
    better = {name: values[name] for name in known if values[name] > values[MEAN]}
    if not better:
        return None
    best = max(better, key=lambda name: better[name])
    ours, other = scored.predictions[best], scored.predictions[MEAN]
    made = paired(scored.y, ours, other, scored.blocks, metric, settings.seed)
    enough = scored.blocks.enough
    return best, made if enough else Interval(made.value, math.nan, math.nan)


def one_way(predictions: Predictions, dataset: Dataset, settings: EvaluateSettings) -> int | None:
    """Return the number of the class that the ensemble gives to all it is tested on; None where it gives several.

    Of returns it is the sign that all predictions have, -1 or 1.
    """
    made = Scored.of(predictions.test, dataset, settings, [MEAN]).predictions[MEAN]
    chosen = np.unique(made.argmax(axis=1) if made.ndim == 2 else np.sign(made))
    if len(chosen) != 1 or (made.ndim == 1 and chosen[0] == 0):
        return None
    return int(chosen[0])
