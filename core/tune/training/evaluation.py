"""Loss and score of an encoder on some of the examples, while it is being trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

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
        chosen = _chosen(model, pooled)
        return Values(loss, float((chosen == known).mean()), macro_f1(known, chosen, len(model.classes)))
    if settings.method == TRIPLET:
        return Values(loss, cosine_gap(pooled[0], known), np.nan)
    if settings.loss == "multiple_negatives":
        return Values(loss, _found(*pooled), np.nan)
    from scipy.stats import spearmanr

    cosines = (_unit(pooled[0]) * _unit(pooled[1])).sum(1)
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


def _chosen(model: Trainable, pooled: list[np.ndarray]) -> np.ndarray:
    import torch

    assert model.head is not None
    model.train(False)
    with torch.no_grad():
        logits = model.head([torch.from_numpy(one).to(model.device) for one in pooled])
        chosen: np.ndarray = logits.argmax(-1).cpu().numpy()
    return chosen


def macro_f1(y: np.ndarray, chosen: np.ndarray, classes: int) -> float:
    """Return the mean over classes of 2·hits / (chosen + there); classes neither chosen nor there are left out."""
    hits = np.bincount(y[y == chosen], minlength=classes)
    sums = np.bincount(y, minlength=classes) + np.bincount(chosen, minlength=classes)
    return float((2 * hits[sums > 0] / sums[sums > 0]).mean())


def cosine_gap(vectors: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean cosine within classes minus that between, over all pairs of `vectors` `(n, dim)`.

    The sum over all pairs of a set is |Σv|² − n, half of it over unordered ones. NaN where a class has no pair or
    there is one class.
    """
    unit = _unit(vectors.astype(np.float64))
    sums = np.array([unit[labels == c].sum(0) for c in np.unique(labels)])
    counts = np.array([(labels == c).sum() for c in np.unique(labels)])
    within, pairs = float((sums**2).sum() - len(unit)), float((counts * (counts - 1)).sum())
    whole, all_pairs = float((unit.sum(0) ** 2).sum() - len(unit)), float(len(unit) * (len(unit) - 1))
    if not pairs or all_pairs == pairs:
        return float("nan")
    return within / pairs - (whole - within) / (all_pairs - pairs)


def _found(first: np.ndarray, second: np.ndarray) -> float:
    """Return how often a text's own partner is the nearest of all partners."""
    nearest = (_unit(first) @ _unit(second).T).argmax(1)
    return float((nearest == np.arange(len(first))).mean())


def _unit(vectors: np.ndarray) -> np.ndarray:
    unit: np.ndarray = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return unit
