"""Confidence intervals by resampling whole blocks: rows of one session share their outcome.

The percentile interval of Efron & Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13, over
clusters as in Cameron, Gelbach & Miller, "Bootstrap-based improvements for inference with clustered errors"
(2008) and circular blocks of them (`core.evaluate.blocks`), and expanded for few blocks as in Hesterberg, "What
teachers should know about the bootstrap" (2015): without that, 95% intervals of a mean over six sessions hold the
truth in 86 of 100 cases, with it in 93.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.evaluate.blocks import Blocks
from core.evaluate.metrics import METRICS, Metric
from core.evaluate.weighted import ratio

RESAMPLES = 1000
LEVEL = 0.95
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


def plain_scores(scores: Scores) -> dict[str, Any]:
    """Return scores as JSON holds them."""
    return {model: {name: score.as_dict() for name, score in row.items()} for model, row in scores.items()}


def scores_of_plain(plain: Mapping[str, Any]) -> Scores:
    """Return the scores that `plain_scores` took apart.

    An earlier version saved bounds of metrics that have no interval; they are left out.
    """
    return {
        model: {name: _without_wrong_bounds(name, Interval.from_dict(score)) for name, score in row.items()}
        for model, row in plain.items()
    }


def intervals(
    y: np.ndarray,
    p: np.ndarray,
    blocks: Blocks,
    metrics: Sequence[Metric],
    seed: int,
    resamples: int = RESAMPLES,
    weights: np.ndarray | None = None,
) -> dict[str, Interval]:
    """Score predictions with 95% intervals.

    `y (n,)` outcomes, `p (n, classes)` or `(n,)` predictions, `blocks` theirs, `weights (n,)` of the
    rows (1 each if None). The same seed draws the same resamples, so the scores of two models are paired.
    Resamples in which a metric is undefined are left out of it; with a single block no interval is defined, nor for
    a metric that has none.
    """
    once = _once(len(y), weights)
    values = [float(metric.compute(y, p, once)[0]) for metric in metrics]
    drawn = [
        np.stack([metric.compute(y, p, w) for metric in metrics])
        for w in draws(blocks, seed, resamples, weights)
    ]
    scores = np.concatenate(drawn, axis=1)
    return {
        metric.name: Interval(value, *bounds(row, blocks.count, blocks.widening))
        if metric.has_interval
        else Interval(value, math.nan, math.nan)
        for metric, value, row in zip(metrics, values, scores, strict=True)
    }


def paired(
    y: np.ndarray,
    p: np.ndarray,
    other: np.ndarray,
    blocks: Blocks,
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

    drawn = [difference(w) for w in draws(blocks, seed, resamples, weights)]
    value = float(difference(_once(len(y), weights))[0])
    return Interval(value, *bounds(np.concatenate(drawn), blocks.count, blocks.widening))


def mean_interval(values: np.ndarray, blocks: Blocks, seed: int, resamples: int = RESAMPLES) -> Interval:
    """Return the mean of `values (n,)` with its 95% interval over blocks."""
    drawn = [ratio(w @ values, w.sum(axis=1)) for w in draws(blocks, seed, resamples)]
    return Interval(float(np.mean(values)), *bounds(np.concatenate(drawn), blocks.count, blocks.widening))


def share_interval(held: np.ndarray, blocks: Blocks, seed: int) -> Interval:
    """Return the share of `held (n,)` bool with its 95% interval over blocks.

    Where all rows agree, resamples do too and would claim certainty; the interval is then that of as many
    independent trials as there are blocks (Clopper & Pearson, "The use of confidence or fiducial limits
    illustrated in the case of the binomial", 1934).
    """
    return agreeing(mean_interval(held.astype(float), blocks, seed), blocks.count)


def agreeing(share: Interval, blocks: int) -> Interval:
    """Return a share's interval, that of Clopper & Pearson over its blocks where all rows agree."""
    if share.value not in (0, 1) or blocks < 2:
        return share
    reach = ((1 - LEVEL) / 2) ** (1 / blocks)
    return Interval(share.value, reach, 1.0) if share.value else Interval(share.value, 0.0, 1 - reach)


def draws(
    blocks: Blocks, seed: int, resamples: int = RESAMPLES, weights: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """Yield how often each row is drawn in each resample, times its weight, `(some resamples, n)` float64."""
    rng = np.random.default_rng(seed)
    count = int(blocks.ids.max()) + 1
    step = max(1, CELLS // max(len(blocks), count))
    for start in range(0, resamples, step):
        times = _times(rng, count, min(blocks.length, count), min(step, resamples - start))
        drawn = times[:, blocks.ids].astype(float)
        yield drawn if weights is None else drawn * weights


def bounds(scores: np.ndarray, blocks: int, widening: float = 1.0) -> tuple[float, float]:
    """Return the bounds of the expanded percentile interval of resampled `scores (B,)`, NaN left out.

    With k blocks the tails are cut at the normal probability of t * sqrt(k / (k - 1)) instead of 1.96, t being
    Student's quantile with k - 1 degrees of freedom, times the `widening` of the blocks. NaN for fewer than two
    blocks.
    """
    from scipy.stats import norm, t

    scores = scores[~np.isnan(scores)]
    if not len(scores) or blocks < 2:
        return math.nan, math.nan
    quantile = t.ppf((1 + LEVEL) / 2, blocks - 1) * math.sqrt(blocks / (blocks - 1)) * widening
    low, high = np.quantile(scores, [norm.sf(quantile), norm.cdf(quantile)])
    return float(low), float(high)


def _times(rng: np.random.Generator, sessions: int, length: int, resamples: int) -> np.ndarray:
    """Return how often each session is drawn, `(resamples, sessions)`, in circular blocks of this length."""
    if length == 1:
        return rng.multinomial(sessions, np.full(sessions, 1 / sessions), size=resamples)
    count = math.ceil(sessions / length)
    first = rng.integers(0, sessions, size=(resamples, count))
    last = first + length
    last[:, -1] -= count * length - sessions  # as many sessions as there are
    steps = np.zeros((resamples, 2 * sessions + 1), int)
    row = np.arange(resamples)[:, None]
    np.add.at(steps, (row, first), 1)
    np.add.at(steps, (row, last), -1)
    twice = steps.cumsum(axis=1)
    times: np.ndarray = twice[:, :sessions] + twice[:, sessions:-1]
    return times


def _without_wrong_bounds(name: str, score: Interval) -> Interval:
    known = METRICS.get(name)
    return score if known is None or known.has_interval else Interval(score.value, math.nan, math.nan)


def _once(rows: int, weights: np.ndarray | None) -> np.ndarray:
    return np.ones((1, rows)) if weights is None else weights[None].astype(float)
