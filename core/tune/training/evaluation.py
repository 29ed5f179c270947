"""Loss and score of an encoder on some of the examples, while it is being trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.evaluate.metrics import accuracy, f1
from core.tune.judge.metrics import cosine_gap, unit
from core.tune.settings import TRIPLET, TuneSettings
from core.tune.training.batches import balanced_batches
from core.tune.training.objective import Objective

if TYPE_CHECKING:
    from core.tune.training.model import Trainable
    from core.tune.training.tokens import Tokens


class Values(NamedTuple):
    """The mean loss, the score as `core.tune.history.Point` has it, and the macro F1 (NaN without classes)."""

    loss: float
    score: float
    f1: float


def evaluate(
    model: Trainable,
    objective: Objective,
    settings: TuneSettings,
    tokens: tuple[Tokens, ...],
    labels: np.ndarray,
    rows: np.ndarray,
) -> Values:
    """Return loss and score on some rows; NaN where there are none."""
    if not len(rows):
        return Values(np.nan, np.nan, np.nan)
    pooled = [model.read(column, rows, lambda one: one) for column in tokens]
    known = labels[rows]
    loss = _loss(model, objective, settings, pooled, known)
    if settings.loss in ("cross_entropy", "softmax"):
        logits, once = _logits(model, pooled), np.ones((1, len(rows)))
        return Values(loss, float(accuracy(known, logits, once)[0]), float(f1(known, logits, once)[0]))
    if settings.method == TRIPLET:
        return Values(loss, float(cosine_gap(known, unit(pooled[0]), np.ones((1, len(rows))))[0]), np.nan)
    if settings.loss == "multiple_negatives":
        return Values(loss, _found(*pooled), np.nan)
    from scipy.stats import spearmanr

    cosines = (unit(pooled[0]) * unit(pooled[1])).sum(1)
    varied = np.ptp(known) > 0 and np.ptp(cosines) > 0
    return Values(loss, float(spearmanr(cosines, known).statistic) if varied else np.nan, np.nan)


def _loss(
    model: Trainable,
    objective: Objective,
    settings: TuneSettings,
    pooled: list[np.ndarray],
    labels: np.ndarray,
) -> float:
    """Return the loss over batches of the size trained with, the same ones at each call."""
    import torch

    size = settings.batch_size
    if settings.method == TRIPLET:
        batches = balanced_batches(labels, size, settings.seed, 0)
    else:
        order = np.random.default_rng(settings.seed).permutation(len(labels))
        batches = [order[start : start + size] for start in range(0, len(labels), size)]
    total = weight = 0.0
    model.train(False)
    with torch.no_grad():
        for batch in batches:
            columns = [torch.from_numpy(one[batch]).to(model.device) for one in pooled]
            part = objective.size(labels[batch])
            total += part * float(objective.loss(columns, torch.from_numpy(labels[batch]).to(model.device)))
            weight += part
    return total / weight if weight else np.nan


def _logits(model: Trainable, pooled: list[np.ndarray]) -> np.ndarray:
    import torch

    assert model.head is not None
    model.train(False)
    with torch.no_grad():
        logits: np.ndarray = (
            model.head([torch.from_numpy(one).to(model.device) for one in pooled]).cpu().numpy()
        )
    return logits


def _found(first: np.ndarray, second: np.ndarray) -> float:
    """Return how often a text's own partner is the nearest of all partners."""
    nearest = (unit(first) @ unit(second).T).argmax(1)
    return float((nearest == np.arange(len(first))).mean())
