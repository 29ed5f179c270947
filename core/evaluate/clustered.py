"""Means of some rows, and their difference from the others, with intervals for many groups at once.

Intervals are Student's t with the standard error of a jackknife over clusters (MacKinnon, Nielsen & Webb, "Fast and
reliable jackknife and bootstrap methods for cluster-robust inference", 2023) and one degree of freedom less than the
effective number of clusters, (sum of sizes)² / sum of sizes². The level is shared out over the intervals that are asked
for (Bonferroni), so that all of them hold together in 95% of tables.
"""

from __future__ import annotations

import math

import numpy as np

from core.evaluate.bootstrap import LEVEL, Interval

FEWEST = 5  # clusters of a mean, or on each side of a difference


def clustered_mean(
    values: np.ndarray,
    cluster: np.ndarray,
    asked: int = 1,
    widening: float = 1.0,
    spread: float = 0.0,
) -> Interval:
    """Return the mean of `values (n,)` with one of `asked` intervals, by clusters `(n,)`.

    The bounds are NaN for fewer than five clusters, or where nearly all values are of one. The error is never taken below that of independent values with this standard deviation (`spread`), as a few values
    may all be the same; it is widened by a factor for overlap between clusters (`Blocks.widening`).
    """
    if not len(values):
        return Interval(math.nan, math.nan, math.nan)
    ids = np.unique(cluster, return_inverse=True)[1]
    sizes, sums = np.bincount(ids), np.bincount(ids, values)
    mean = float(values.mean())
    if len(sizes) < FEWEST:
        return Interval(mean, math.nan, math.nan)
    without = (sums.sum() - sums) / (len(values) - sizes)
    error = max(_jackknife(without, mean), spread / math.sqrt(len(values))) * widening
    return _interval(mean, error, _effective(sizes), asked)


def clustered_difference(
    values: np.ndarray, inside: np.ndarray, cluster: np.ndarray, asked: int = 1, widening: float = 1.0
) -> Interval:
    """Return the mean of `values (n,)` where `inside (n,)` bool less the mean elsewhere, as `clustered_mean` does.

    The error is never taken below that of two independent samples with the variance of all: a group whose few values
    are all the same has no spread of its own. It is widened by a factor for overlap between clusters
    (`Blocks.widening`). The bounds are NaN where a side has fewer than five clusters.
    """
    ids = np.unique(cluster, return_inverse=True)[1]
    most = ids.max(initial=-1) + 1
    (n1, s1), (n0, s0) = (
        (np.bincount(ids[side], minlength=most), np.bincount(ids[side], values[side], most))
        for side in (inside, ~inside)
    )
    if not n1.sum() or not n0.sum():
        return Interval(math.nan, math.nan, math.nan)
    difference = float(s1.sum() / n1.sum() - s0.sum() / n0.sum())
    if min((n1 > 0).sum(), (n0 > 0).sum()) < FEWEST:
        return Interval(difference, math.nan, math.nan)
    without = (s1.sum() - s1) / (n1.sum() - n1) - (s0.sum() - s0) / (n0.sum() - n0)
    independent = float(values.std(ddof=1)) * math.sqrt(1 / n1.sum() + 1 / n0.sum())
    error = max(_jackknife(without, difference), independent) * widening
    return _interval(difference, error, min(_effective(n1), _effective(n0)), asked)


def _jackknife(without: np.ndarray, whole: float) -> float:
    """Return the standard error from the estimates without each cluster `(clusters,)`."""
    clusters = len(without)
    return math.sqrt((clusters - 1) / clusters * float(((without - whole) ** 2).sum()))


def _effective(sizes: np.ndarray) -> float:
    return float(sizes.sum() ** 2 / (sizes**2).sum())


def _interval(value: float, error: float, clusters: float, asked: int) -> Interval:
    from scipy.stats import t

    if clusters < 2:
        return Interval(value, math.nan, math.nan)
    reach = float(t.ppf(1 - (1 - LEVEL) / (2 * max(asked, 1)), clusters - 1)) * error
    return Interval(value, value - reach, value + reach)
