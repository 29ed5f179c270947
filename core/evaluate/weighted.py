"""What weighted scores are made of: ratios, means, ranks, tied values and fifths, under `(B, n)` weights."""

from __future__ import annotations

import numpy as np

FIFTH = 0.2


def ratio(above: np.ndarray, below: np.ndarray, empty: float = np.nan) -> np.ndarray:
    """Return `above / below`, and `empty` where nothing is below."""
    return np.divide(above, below, out=np.full(np.shape(below), empty), where=below > 0)


def mean(values: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the weighted mean of `values (n,)`, `(B,)`."""
    return ratio(w @ values, w.sum(axis=1))


def by_value(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ascending order and where in it each run of equal values starts."""
    order = np.argsort(values, kind="stable")
    return order, np.flatnonzero(np.r_[True, np.diff(values[order]) > 0])


def class_weights_by_value(
    positive: np.ndarray, score: np.ndarray, w: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight of positives and negatives at each distinct score, ascending, `(B, distinct)`."""
    order, starts = by_value(score)
    weights, hit = w[:, order], positive[order]
    return np.add.reduceat(weights * hit, starts, axis=1), np.add.reduceat(weights * ~hit, starts, axis=1)


def mid_ranks(values: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return each row's middle rank (less one half) under each weighting, `(B, n)`."""
    order, starts = by_value(values)
    tied = np.add.reduceat(w[:, order], starts, axis=1)
    middle = np.cumsum(tied, axis=1) - tied / 2
    ranks = np.empty(w.shape)
    ranks[:, order] = np.repeat(middle, np.diff(np.r_[starts, len(values)]), axis=1)
    return ranks


def fifths(values: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how much of each row's weight lies in the top and in the bottom fifth by value, `(B, n)` each.

    Tied rows share their place: where they stand across a border, each lies on both sides in the same part.
    """
    order, starts = by_value(values)
    tied = np.add.reduceat(w[:, order], starts, axis=1)
    last, total = np.cumsum(tied, axis=1), w.sum(axis=1, keepdims=True)
    parts = []
    for inside in (last - (1 - FIFTH) * total, FIFTH * total - (last - tied)):
        share = ratio(np.clip(inside, 0, tied), tied, empty=0.0)
        part = np.empty(w.shape)
        part[:, order] = np.repeat(share, np.diff(np.r_[starts, len(values)]), axis=1)
        parts.append(part * w)
    return parts[0], parts[1]


def equal_bins(values: np.ndarray, summed: np.ndarray, w: np.ndarray, bins: int) -> np.ndarray:
    """Return the weighted sum of `summed (n,)` in each of `bins` bins of equal weight by value, `(B, bins)`.

    Rows of one value stay together, in the bin in which their middle lies.
    """
    order, starts = by_value(values)
    tied = np.add.reduceat(w[:, order], starts, axis=1)
    middle, total = np.cumsum(tied, axis=1) - tied / 2, w.sum(axis=1, keepdims=True)
    sums = np.cumsum(np.add.reduceat((w * summed)[:, order], starts, axis=1), axis=1)
    ends = np.stack([(bins * middle < k * total).sum(axis=1) for k in range(bins + 1)], axis=1)
    return np.diff(np.take_along_axis(np.pad(sums, ((0, 0), (1, 0))), ends, axis=1), axis=1)


def confusion(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the weight of hits, of actual and of predicted rows of each class, `(B, classes)` each."""
    actual = np.eye(p.shape[1])[y.astype(int)]
    predicted = np.eye(p.shape[1])[p.argmax(axis=1)]
    return w @ (actual * predicted), w @ actual, w @ predicted
