"""What weighted scores are made of: ratios, means, ranks, tied values and fifths, under `(B, n)` weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FIFTHS = 5


def ratio(above: np.ndarray, below: np.ndarray, empty: float = np.nan) -> np.ndarray:
    """Return `above / below`, and `empty` where nothing is below."""
    result: np.ndarray = np.divide(above, below, out=np.full(np.shape(below), empty), where=below > 0)
    return result


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


def one_value(values: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Say under which weightings all rows that count have the same value, `(B,)` bool."""
    order, starts = by_value(values)
    result: np.ndarray = (np.add.reduceat(w[:, order], starts, axis=1) > 0).sum(axis=1) == 1
    return result


def quintiles(values: np.ndarray, w: np.ndarray, which: Sequence[int] = range(FIFTHS)) -> np.ndarray:
    """Return how much of each row's weight lies in each fifth by value, lowest first, `(len(which), B, n)`.

    The one rule for fifths: tied rows share their place, so where they stand across a border each lies on both
    sides in the same part: the average over all orders of the tied rows. `which` names the fifths wanted, 0 the lowest.
    """
    order, starts = by_value(values)
    tied = np.add.reduceat(w[:, order], starts, axis=1)
    last, total = np.cumsum(tied, axis=1), w.sum(axis=1, keepdims=True)
    repeats = np.diff(np.r_[starts, len(values)])
    made = np.empty((len(which), *w.shape))
    for part, k in zip(made, which, strict=True):
        inside = np.minimum(last, total * (k + 1) / FIFTHS) - np.maximum(last - tied, total * k / FIFTHS)
        share = ratio(np.clip(inside, 0, tied), tied, empty=0.0)
        part[:, order] = np.repeat(share, repeats, axis=1)
    result: np.ndarray = made * w
    return result


def fifths(values: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how much of each row's weight lies in the top and in the bottom fifth by value, `(B, n)` each."""
    top, bottom = quintiles(values, w, (FIFTHS - 1, 0))
    return top, bottom


def mean_by_fifth(values: np.ndarray, by: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of `values (n,)` in each fifth by `by (n,)`, lowest first, and the rows in it, `(5,)` each.

    Where `by` is the same everywhere there are no fifths: every mean is that of all rows.
    """
    parts = quintiles(by, np.ones((1, len(by))))[:, 0]
    return ratio(parts @ values, parts.sum(axis=1)), parts.sum(axis=1)


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
