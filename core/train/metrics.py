"""Scores under row weights, so that a whole bootstrap is one call.

Every function takes outcomes `y (n,)`, predictions `p` - probabilities `(n, classes)` or returns `(n,)` -
and weights `w (B, n)`, and returns `(B,)`: the score of each weighting, NaN where it is undefined. A weight
of 2 counts as the row standing there twice; with weights of 1 each equals its counterpart in scikit-learn
or scipy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.locale import N_

Score = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Metric:
    """A score with its key, its name for the user and its direction."""

    name: str
    title: str
    compute: Score
    higher_is_better: bool


def rank_auc(positive: np.ndarray, score: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Area under the ROC curve of `score (n,)` for `positive (n,)` bool; ties count half.

    The Mann-Whitney form: Hanley & McNeil, "The meaning and use of the area under a ROC curve" (1982).
    """
    pos, neg = _class_weights_by_value(positive, score, w)
    below = np.cumsum(neg, axis=1) - neg
    return _ratio((pos * (below + neg / 2)).sum(axis=1), pos.sum(axis=1) * neg.sum(axis=1))


def average_precision(positive: np.ndarray, score: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Sum over thresholds of precision times the step in recall (scikit-learn's definition)."""
    pos, neg = (part[:, ::-1] for part in _class_weights_by_value(positive, score, w))
    hits = np.cumsum(pos, axis=1)
    precision = _ratio(hits, hits + np.cumsum(neg, axis=1), empty=0.0)
    return _ratio((pos * precision).sum(axis=1), pos.sum(axis=1))


def auc(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """ROC AUC of the last class for two classes; else the mean of each class against the rest."""
    return _one_against_rest(rank_auc, y, p, w)


def pr_auc(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Average precision of the last class for two classes; else the mean of each class against the rest."""
    return _one_against_rest(average_precision, y, p, w)


def accuracy(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Share of rows whose most probable class is the true one."""
    return _mean((p.argmax(axis=1) == y).astype(float), w)


def balanced_accuracy(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean recall over the classes that occur; undefined with fewer than two."""
    hits, actual, _ = _confusion(y, p, w)
    recall = _ratio(hits, actual, empty=0.0)
    present = (actual > 0).sum(axis=1)
    return np.where(present >= 2, recall.sum(axis=1) / np.maximum(present, 1), np.nan)


def f1(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean over the classes that occur or are predicted of F1 = 2 TP / (2 TP + FP + FN)."""
    hits, actual, predicted = _confusion(y, p, w)
    scores = _ratio(2 * hits, actual + predicted, empty=0.0)
    return _ratio(scores.sum(axis=1), (actual + predicted > 0).sum(axis=1).astype(float))


def log_loss(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean of minus the log of the true class's probability (kept above the least step of a float64)."""
    least = np.finfo(np.float64).eps
    true = p.astype(np.float64)[np.arange(len(y)), y.astype(int)]
    return _mean(-np.log(np.clip(true, least, 1 - least)), w)


def brier(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean squared distance of probabilities to what happened (Brier 1950); halved for two classes."""
    distance = ((p - np.eye(p.shape[1])[y.astype(int)]) ** 2).sum(axis=1)
    return _mean(distance / 2 if p.shape[1] == 2 else distance, w)


def mae(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean absolute error."""
    return _mean(np.abs(y - p), w)


def rmse(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Root of the mean squared error."""
    return np.sqrt(_mean((y - p) ** 2, w))


def r2(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """1 - residual sum of squares / total sum of squares; undefined where the outcome does not vary."""
    d = y - y[0]  # exactly 0 where the outcome does not vary
    d = d - d.mean()
    total = w @ d**2 - w.sum(axis=1) * _mean(d, w) ** 2
    varies = total > 1e-12 * w.sum(axis=1) * (d**2).max()
    return 1 - _ratio(w @ (y - p) ** 2, np.where(varies, total, 0))


def rank_ic(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation, ties at their middle rank: the (rank) information coefficient.

    Grinold & Kahn, "Active Portfolio Management" (2000), chapter 6.
    """
    a, b = _mid_ranks(y, w), _mid_ranks(p, w)
    a -= _ratio((w * a).sum(axis=1), w.sum(axis=1))[:, None]
    b -= _ratio((w * b).sum(axis=1), w.sum(axis=1))[:, None]
    spread = (w * a * a).sum(axis=1) * (w * b * b).sum(axis=1)
    scale = w.sum(axis=1) ** 6  # of a product of two sums of squared ranks
    return _ratio((w * a * b).sum(axis=1), np.sqrt(np.where(spread > 1e-20 * scale, spread, 0)))


METRICS: dict[str, tuple[Metric, ...]] = {
    "classify": (
        Metric("auc", N_("ROC AUC"), auc, True),
        Metric("pr_auc", N_("Average precision"), pr_auc, True),
        Metric("accuracy", N_("Accuracy"), accuracy, True),
        Metric("balanced_accuracy", N_("Balanced accuracy"), balanced_accuracy, True),
        Metric("f1", N_("F1 (macro)"), f1, True),
        Metric("log_loss", N_("Log loss"), log_loss, False),
        Metric("brier", N_("Brier score"), brier, False),
    ),
    "regress": (
        Metric("mae", N_("Mean absolute error"), mae, False),
        Metric("rmse", N_("Root mean squared error"), rmse, False),
        Metric("r2", N_("R²"), r2, True),
        Metric("rank_ic", N_("Rank information coefficient"), rank_ic, True),
    ),
}
MAIN_METRIC = {"classify": "auc", "regress": "rank_ic"}


def _ratio(above: np.ndarray, below: np.ndarray, empty: float = np.nan) -> np.ndarray:
    return np.divide(above, below, out=np.full(np.shape(below), empty), where=below > 0)


def _mean(values: np.ndarray, w: np.ndarray) -> np.ndarray:
    return _ratio(w @ values, w.sum(axis=1))


def _one_against_rest(score: Score, y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    classes = [1] if p.shape[1] == 2 else range(p.shape[1])
    return np.mean([score(y == k, p[:, k], w) for k in classes], axis=0)


def _by_value(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ascending order and where in it each run of equal values starts."""
    order = np.argsort(values, kind="stable")
    return order, np.flatnonzero(np.r_[True, np.diff(values[order]) > 0])


def _class_weights_by_value(
    positive: np.ndarray, score: np.ndarray, w: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight of positives and negatives at each distinct score, ascending, `(B, distinct)`."""
    order, starts = _by_value(score)
    weights, hit = w[:, order], positive[order]
    return np.add.reduceat(weights * hit, starts, axis=1), np.add.reduceat(weights * ~hit, starts, axis=1)


def _mid_ranks(values: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return each row's middle rank (less one half) under each weighting, `(B, n)`."""
    order, starts = _by_value(values)
    tied = np.add.reduceat(w[:, order], starts, axis=1)
    middle = np.cumsum(tied, axis=1) - tied / 2
    ranks = np.empty(w.shape)
    ranks[:, order] = np.repeat(middle, np.diff(np.r_[starts, len(values)]), axis=1)
    return ranks


def _confusion(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the weight of hits, of actual and of predicted rows of each class, `(B, classes)` each."""
    actual = np.eye(p.shape[1])[y.astype(int)]
    predicted = np.eye(p.shape[1])[p.argmax(axis=1)]
    return w @ (actual * predicted), w @ actual, w @ predicted
