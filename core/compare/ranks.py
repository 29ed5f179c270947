"""A rank as a distribution: where each candidate stands in every resample of the same sessions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.compare.together import Together
from core.evaluate.bootstrap import bounds


@dataclass(frozen=True)
class Ranks:
    """Where a candidate stands, 1 being best: from `low` to `high` in 95% of resamples, `mean` on average.

    `first` is the share of resamples in which it is the best, shared out where several are.
    """

    low: int
    high: int
    mean: float
    first: float


def ranks(found: Together, keys: Sequence[str]) -> dict[str, Ranks]:
    """Return where each of these candidates stands among them; higher scores are better.

    The range is that of the expanded percentile interval (`core.evaluate.bootstrap.bounds`), rounded outwards; with
    fewer than two blocks, or no resample, it is every rank.
    """
    from scipy.stats import rankdata

    drawn = found.drawn[:, [found.keys.index(key) for key in keys]]
    if not len(drawn) or not keys:
        return {key: Ranks(1, len(keys), math.nan, math.nan) for key in keys}
    places = rankdata(-drawn, axis=1)  # (B, k)
    top = drawn == drawn.max(axis=1, keepdims=True)
    first = (top / top.sum(axis=1, keepdims=True)).mean(axis=0)
    made = {}
    for column, key in enumerate(keys):
        low, high = bounds(places[:, column], found.blocks.count, found.blocks.widening)
        known = math.isfinite(low)
        made[key] = Ranks(
            math.floor(low) if known else 1,
            math.ceil(high) if known else len(keys),
            float(places[:, column].mean()),
            float(first[column]),
        )
    return made
