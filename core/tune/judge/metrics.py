"""What an encoder is judged by beside accuracy and F1: cosines, under row weights as in `core.evaluate.metrics`.

Unit vectors `p (n, dim)`, or cosines `p (n,)` of the pairs; `w (B, n)` weights. Each returns `(B,)`.
"""

from __future__ import annotations

import numpy as np

from core.evaluate.metrics import METRICS, Metric
from core.evaluate.return_scores import rank_ic
from core.evaluate.weighted import mean, ratio
from core.locale import N_


def cosine_gap(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean cosine of two texts of one class minus that of two texts of different classes `y (n,)`.

    All pairs of two rows count the same, a row with itself does not; undefined where either kind is missing.
    """
    inside, pairs_inside = np.zeros(len(w)), np.zeros(len(w))
    for name in np.unique(y):
        rows = y == name
        summed, pairs = _summed(p[rows], w[:, rows])
        inside, pairs_inside = inside + summed, pairs_inside + pairs
    every, pairs_every = _summed(p, w)
    result: np.ndarray = ratio(inside, pairs_inside) - ratio(every - inside, pairs_every - pairs_inside)
    return result


def mean_cosine(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean cosine of all pairs of two texts: near 1 they are all alike; `y` is not looked at."""
    return ratio(*_summed(p, w))


def pair_gap(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean of the cosines `p (n,)` of the pairs that belong together (`y (n,)` bool) minus that of the others."""
    together = y.astype(bool)
    result: np.ndarray = mean(p[together], w[:, together]) - mean(p[~together], w[:, ~together])
    return result


def pearson(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Pearson's correlation of scores and cosines, 0 where one of the two never varies.

    Pearson 1895, doi:10.1098/rspl.1895.0041.
    """
    a, b = (values - mean(values, w)[:, None] for values in (y.astype(float), p.astype(float)))
    spread = (w * a * a).sum(axis=1) * (w * b * b).sum(axis=1)
    return ratio((w * a * b).sum(axis=1), np.sqrt(np.where(spread > 1e-20, spread, 0)), empty=0.0)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Return vectors `(..., dim)` scaled to length 1, float32; one of length 0 stays."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1), np.float32)


def _summed(p: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted sum of the cosines of all pairs of two rows and the number of these pairs, `(B,)` each."""
    total = w @ p.astype(np.float64)  # (B, dim)
    lengths = np.einsum("nd,nd->n", p, p, dtype=np.float64)
    squared = w**2
    return (total**2).sum(axis=1) - squared @ lengths, w.sum(axis=1) ** 2 - squared.sum(axis=1)


_TUNE = "tune"
GAP = Metric("cosine_gap", N_("Cosine gap (within minus between classes)"), cosine_gap, True, _TUNE)
PAIR_GAP = Metric("cosine_gap", N_("Cosine gap (matching minus other pairs)"), pair_gap, True, _TUNE)
MEAN_COSINE = Metric("mean_cosine", N_("Mean cosine of all texts"), mean_cosine, False, _TUNE)
PEARSON = Metric("pearson", N_("Pearson's correlation"), pearson, True, _TUNE)
SPEARMAN = Metric("spearman", N_("Spearman's correlation"), rank_ic, True, _TUNE)
CLASS_METRICS = tuple(METRICS[name] for name in ("accuracy", "f1", "log_loss"))
JUDGED: dict[str, Metric] = {
    metric.name: metric for metric in (*CLASS_METRICS, PEARSON, SPEARMAN, GAP, MEAN_COSINE)
}
