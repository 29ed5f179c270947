"""Before and after on the test: scores with intervals, what changed, and whether that can be luck."""

from __future__ import annotations

import math

import numpy as np

from core.evaluate.blocks import Blocks, block_length
from core.evaluate.bootstrap import Interval, bounds, draws, intervals, paired
from core.evaluate.metrics import METRICS
from core.jobs import Report, part, silent
from core.locale import N_
from core.tune.examples import Examples, Parts
from core.tune.judge.baselines import baselines, linear
from core.tune.judge.geometry import geometry, unit_vectors
from core.tune.judge.judged import Judged

CLASS_METRICS = ("accuracy", "f1", "log_loss")
PEARSON, SPEARMAN = "pearson", "spearman"


def judge_classes(
    examples: Examples,
    parts: Parts,
    old: np.ndarray,
    new: np.ndarray,
    probabilities: np.ndarray | None,
    seed: int,
    report: Report = silent,
) -> Judged:
    """Compare two encoders on the classes of the test examples.

    `old` and `new` are vectors `(n, dim)` of all examples; `probabilities` `(test, classes)` are those of the tuned
    encoder's head, None where it has none: then a linear model is fitted on the tuned vectors, as on the old ones.
    """
    y, blocks = examples.labels[parts.test], blocks_of(examples, parts.test)
    report(0.0, N_("Scoring the encoder as it was"))
    first = linear(examples, parts, old, seed)
    second = linear(examples, parts, new, seed) if probabilities is None else probabilities.astype(float)
    metrics = [METRICS[name] for name in CLASS_METRICS]
    others = baselines(examples, parts, old, seed, part(report, 0.1, 1.0))
    return Judged(
        "accuracy",
        intervals(y, first, blocks, metrics, seed),
        intervals(y, second, blocks, metrics, seed),
        {metric.name: paired(y, second, first, blocks, metric, seed) for metric in metrics},
        mcnemar(first.argmax(1) == y, second.argmax(1) == y),
        blocks.count,
        {name: intervals(y, p, blocks, metrics, seed) for name, p in others.items()},
        *(geometry(one[parts.test], y, len(examples.classes), seed) for one in (old, new)),
    )


def judge_scores(
    examples: Examples, parts: Parts, old: tuple[np.ndarray, ...], new: tuple[np.ndarray, ...], seed: int
) -> Judged:
    """Compare two encoders on the scores of the test pairs, by the correlation of cosine and score.

    `old` and `new` have the vectors `(n, dim)` of the first and of the second texts.
    """
    y, blocks = examples.labels[parts.test], blocks_of(examples, parts.test)
    first, second = (pair_cosines(*(one[parts.test] for one in both)) for both in (old, new))
    before, after, difference = {}, {}, {}
    for name in (PEARSON, SPEARMAN):
        (before[name], after[name], difference[name]) = _correlations(y, first, second, blocks, seed, name)
    return Judged(SPEARMAN, before, after, difference, math.nan, blocks.count)


def pair_cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the cosine of each row of one with the same row of the other, `(n,)`."""
    return np.asarray((unit_vectors(one) * unit_vectors(other)).sum(1))


def blocks_of(examples: Examples, rows: np.ndarray) -> Blocks:
    """Return what is resampled: sessions in order of time, or near-duplicate stories."""
    session = examples.session.iloc[rows]
    if not examples.has_sessions or session.isna().any():
        return Blocks(np.unique(examples.story[rows], return_inverse=True)[1], unit="story")
    ids = np.unique(session.to_numpy(), return_inverse=True)[1]
    y = examples.labels[rows].astype(float)
    length = block_length(y, ids, examples.horizon, len(examples.classes))
    return Blocks(ids, length, examples.horizon)


def mcnemar(before: np.ndarray, after: np.ndarray) -> float:
    """Return the p-value of McNemar's exact test for what was right `(n,)` before and after; 1 where nothing changed.

    McNemar, "Note on the sampling error of the difference between correlated proportions" (1947): of the rows that
    changed, half get better where tuning does nothing.
    """
    from scipy.stats import binomtest

    better, worse = int((after & ~before).sum()), int((before & ~after).sum())
    return float(binomtest(better, better + worse).pvalue) if better + worse else 1.0


def _correlations(
    y: np.ndarray, first: np.ndarray, second: np.ndarray, blocks: Blocks, seed: int, name: str
) -> tuple[Interval, Interval, Interval]:
    """Return the correlation before, after, and their difference; ranks are those of the whole test."""
    from scipy.stats import rankdata

    if name == SPEARMAN:
        y, first, second = (rankdata(values) for values in (y, first, second))
    drawn = np.concatenate(
        [np.stack([_weighted(y, p, w) for p in (first, second)]) for w in draws(blocks, seed)], axis=1
    )
    one, two = (float(_weighted(y, p, np.ones((1, len(y))))[0]) for p in (first, second))
    rows = ((one, drawn[0]), (two, drawn[1]), (two - one, drawn[1] - drawn[0]))
    before, after, change = (Interval(v, *bounds(row, blocks.count, blocks.widening)) for v, row in rows)
    return before, after, change


def _weighted(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return Pearson's correlation under each weighting `(B, n)`, `(B,)`; NaN where one of them does not vary."""
    total = w.sum(1)
    means = [(w @ values) / total for values in (y, p)]
    covariance = (w @ (y * p)) / total - means[0] * means[1]
    spreads = [(w @ values**2) / total - mean**2 for values, mean in zip((y, p), means, strict=True)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(covariance / np.sqrt(spreads[0] * spreads[1]))
