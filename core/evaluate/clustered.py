"""Means of some rows, alone and against the others, with intervals for many at once.

The variance is clustered by blocks of sessions (Cameron & Miller, "A practitioner's guide to cluster-robust
inference", 2015), the quantile Student's with one degree of freedom less than the blocks that hold such rows, and the
level is shared out over all intervals that are asked for (Bonferroni), so that in 95 of 100 tables none of them misses.
"""

from __future__ import annotations

import math

import numpy as np

from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import LEVEL, Interval


def clustered_mean(
    values: np.ndarray, inside: np.ndarray, blocks: Blocks, weights: np.ndarray, asked: int = 1
) -> Interval:
    """Return the weighted mean of `values (n,)` over the rows `inside (n,)` bool, one of `asked` intervals.

    `blocks` and `weights (n,)` are those of all rows. The bounds are NaN where the rows lie in a single block.
    """
    share = _share(inside, weights)
    mean = float(share @ values)
    return _interval(mean, share * (values - mean), inside, blocks, asked)


def clustered_difference(
    values: np.ndarray, inside: np.ndarray, blocks: Blocks, weights: np.ndarray, asked: int = 1
) -> Interval:
    """Return the mean of `values (n,)` inside less that of the other rows, as `clustered_mean` does."""
    within, without = _share(inside, weights), _share(~inside, weights)
    one, other = float(within @ values), float(without @ values)
    moved = within * (values - one) - without * (values - other)
    return _interval(one - other, moved, inside, blocks, asked)


def _share(inside: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return what each row counts in the mean, 1 together; NaN where there is no row."""
    counted = weights * inside
    total = counted.sum()
    result: np.ndarray = counted / total if total else np.full(len(weights), math.nan)
    return result


def _interval(value: float, moved: np.ndarray, inside: np.ndarray, blocks: Blocks, asked: int) -> Interval:
    """Return the interval of a value that each row has moved by `moved (n,)`."""
    from scipy.stats import t

    block = blocks.ids // blocks.length
    held = len(np.unique(block[inside]))
    if held < 2 or not np.isfinite(value):
        return Interval(value, math.nan, math.nan)
    variance = (np.bincount(block, moved) ** 2).sum() * held / (held - 1)
    quantile = t.ppf(1 - (1 - LEVEL) / (2 * max(asked, 1)), held - 1)
    reach = float(quantile * math.sqrt(variance)) * blocks.widening
    return Interval(value, value - reach, value + reach)
