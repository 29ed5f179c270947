"""Confidence intervals by resampling whole blocks: rows of one session share their outcome.

The percentile interval of Efron & Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13, over
clusters as in Cameron, Gelbach & Miller, "Bootstrap-based improvements for inference with clustered errors"
(2008).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.train.metrics import Metric

RESAMPLES = 1000
LEVEL = 0.95
CELLS = 4_000_000  # weights held at once


@dataclass(frozen=True)
class Interval:
    """A score and the bounds of its 95 % interval; NaN where undefined."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float | None]:
        """Return plain values for JSON, which has no NaN."""
        fields = {"value": self.value, "low": self.low, "high": self.high}
        return {name: None if math.isnan(number) else number for name, number in fields.items()}

    @classmethod
    def from_dict(cls, fields: dict[str, float | None]) -> Interval:
        """Make the interval that `as_dict` took apart."""
        return cls(**{name: math.nan if number is None else number for name, number in fields.items()})


def blocks(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Return the number of each row's block, `(rows,)`: its session, or its story where it has none."""
    session, story = dataset.frame["session"].iloc[rows], dataset.frame["story"].iloc[rows]
    keys = [
        f"day {d}" if known else f"story {s}"
        for d, s, known in zip(session, story, session.notna(), strict=True)
    ]
    return np.unique(keys, return_inverse=True)[1]


def intervals(
    y: np.ndarray,
    p: np.ndarray,
    block_ids: np.ndarray,
    metrics: Sequence[Metric],
    seed: int,
    resamples: int = RESAMPLES,
) -> dict[str, Interval]:
    """Score predictions with 95 % intervals.

    `y (n,)` outcomes, `p (n, classes)` or `(n,)` predictions, `block_ids (n,)` from 0 on. The same seed draws
    the same resamples, so the scores of two models are paired. Resamples in which a metric is undefined are
    left out of it; with a single block no interval is defined.
    """
    drawn: dict[str, list[np.ndarray]] = {metric.name: [] for metric in metrics}
    for w in _weights(block_ids, seed, resamples):
        for metric in metrics:
            drawn[metric.name].append(metric.compute(y, p, w))
    one = np.ones((1, len(y)))
    return {
        metric.name: Interval(
            float(metric.compute(y, p, one)[0]), *_bounds(np.concatenate(drawn[metric.name]), block_ids)
        )
        for metric in metrics
    }


def _weights(block_ids: np.ndarray, seed: int, resamples: int) -> Iterator[np.ndarray]:
    """Yield how often each row is drawn in each resample, `(some resamples, n)` float64."""
    rng = np.random.default_rng(seed)
    count = int(block_ids.max()) + 1
    step = max(1, CELLS // max(len(block_ids), count))
    for start in range(0, resamples, step):
        times = rng.multinomial(count, np.full(count, 1 / count), size=min(step, resamples - start))
        yield times[:, block_ids].astype(float)


def _bounds(scores: np.ndarray, block_ids: np.ndarray) -> tuple[float, float]:
    scores = scores[~np.isnan(scores)]
    if not len(scores) or block_ids.max() == 0:
        return math.nan, math.nan
    low, high = np.quantile(scores, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
