"""Confidence intervals by resampling whole blocks: rows of one session share their outcome.

The percentile interval of Efron & Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13, over
clusters as in Cameron, Gelbach & Miller, "Bootstrap-based improvements for inference with clustered errors"
(2008), and expanded for few blocks as in Hesterberg, "What teachers should know about the bootstrap" (2015):
without that, 95% intervals of a mean over six sessions hold the truth in 86 of 100 cases, with it in 93.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.metrics import Metric
from core.evaluate.weighted import ratio
from core.locale import N_

RESAMPLES = 1000
LEVEL = 0.95
BLOCKS = {"session": N_("sessions"), "story": N_("stories")}  # what is resampled
CELLS = 4_000_000  # weights held at once


@dataclass(frozen=True)
class Interval:
    """A score and the bounds of its 95% interval; NaN where undefined."""

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


Scores = dict[str, dict[str, Interval]]  # model -> metric -> score


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
    weights: np.ndarray | None = None,
) -> dict[str, Interval]:
    """Score predictions with 95% intervals.

    `y (n,)` outcomes, `p (n, classes)` or `(n,)` predictions, `block_ids (n,)` from 0 on, `weights (n,)` of
    the rows (1 each if None). The same seed draws the same resamples, so the scores of two models are paired.
    Resamples in which a metric is undefined are left out of it; with a single block no interval is defined.
    """
    once = _once(len(y), weights)
    values = [float(metric.compute(y, p, once)[0]) for metric in metrics]
    drawn = [
        np.stack([metric.compute(y, p, w) for metric in metrics])
        for w in draws(block_ids, seed, resamples, weights)
    ]
    scores, count = np.concatenate(drawn, axis=1), count_blocks(block_ids)
    return {
        metric.name: Interval(value, *bounds(row, count))
        for metric, value, row in zip(metrics, values, scores, strict=True)
    }


def paired(
    y: np.ndarray,
    p: np.ndarray,
    other: np.ndarray,
    block_ids: np.ndarray,
    metric: Metric,
    seed: int,
    resamples: int = RESAMPLES,
    weights: np.ndarray | None = None,
) -> Interval:
    """Return the score of `p` minus that of `other` on the same rows, with its 95% interval.

    Both are scored in the same resamples, those that `intervals` draws, so what they share cancels.
    """

    def difference(w: np.ndarray) -> np.ndarray:
        return metric.compute(y, p, w) - metric.compute(y, other, w)

    drawn = [difference(w) for w in draws(block_ids, seed, resamples, weights)]
    value = float(difference(_once(len(y), weights))[0])
    return Interval(value, *bounds(np.concatenate(drawn), count_blocks(block_ids)))


def mean_interval(
    values: np.ndarray, block_ids: np.ndarray, seed: int, resamples: int = RESAMPLES
) -> Interval:
    """Return the mean of `values (n,)` with its 95% interval over blocks."""
    drawn = [ratio(w @ values, w.sum(axis=1)) for w in draws(block_ids, seed, resamples)]
    return Interval(float(np.mean(values)), *bounds(np.concatenate(drawn), count_blocks(block_ids)))


def share_interval(held: np.ndarray, block_ids: np.ndarray, seed: int) -> Interval:
    """Return the share of `held (n,)` bool with its 95% interval over blocks, `(n,)` numbers of any kind.

    Where all rows agree, resamples do too and would claim certainty; the interval is then that of as many
    independent trials as there are blocks (Clopper & Pearson, "The use of confidence or fiducial limits
    illustrated in the case of the binomial", 1934).
    """
    made = mean_interval(held.astype(float), np.unique(block_ids, return_inverse=True)[1], seed)
    return agreeing(made, count_blocks(block_ids))


def agreeing(share: Interval, blocks: int) -> Interval:
    """Return a share's interval, that of Clopper & Pearson over its blocks where all rows agree."""
    if share.value not in (0, 1) or blocks < 2:
        return share
    reach = ((1 - LEVEL) / 2) ** (1 / blocks)
    return Interval(share.value, reach, 1.0) if share.value else Interval(share.value, 0.0, 1 - reach)


def draws(
    block_ids: np.ndarray, seed: int, resamples: int = RESAMPLES, weights: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """Yield how often each row is drawn in each resample, times its weight, `(some resamples, n)` float64."""
    rng = np.random.default_rng(seed)
    count = int(block_ids.max()) + 1
    step = max(1, CELLS // max(len(block_ids), count))
    for start in range(0, resamples, step):
        times = rng.multinomial(count, np.full(count, 1 / count), size=min(step, resamples - start))
        drawn = times[:, block_ids].astype(float)
        yield drawn if weights is None else drawn * weights


def count_blocks(block_ids: np.ndarray) -> int:
    """Return the number of blocks that have rows."""
    return len(np.unique(block_ids))


def bounds(scores: np.ndarray, blocks: int) -> tuple[float, float]:
    """Return the bounds of the expanded percentile interval of resampled `scores (B,)`, NaN left out.

    With k blocks the tails are cut at the normal probability of t * sqrt(k / (k - 1)) instead of 1.96, t being
    Student's quantile with k - 1 degrees of freedom. NaN for fewer than two blocks.
    """
    from scipy.stats import norm, t

    scores = scores[~np.isnan(scores)]
    if not len(scores) or blocks < 2:
        return math.nan, math.nan
    quantile = t.ppf((1 + LEVEL) / 2, blocks - 1) * math.sqrt(blocks / (blocks - 1))
    low, high = np.quantile(scores, [norm.sf(quantile), norm.cdf(quantile)])
    return float(low), float(high)


def _once(rows: int, weights: np.ndarray | None) -> np.ndarray:
    return np.ones((1, rows)) if weights is None else weights[None].astype(float)
