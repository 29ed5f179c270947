"""The leakage staircase: one model, scored on the same rows under stricter and stricter rules.

What a random split inflates is named in López de Prado, "Advances in Financial Machine Learning" (2018),
chapter 7; each step forbids one way in which training may know of the test, and its drop is what that way
was worth. All steps learn from as many rows, or the drop would be that of a smaller training. Scores are means
over the folds and over repeats, since predictions of different models are not on one scale: pooled over folds,
pure noise scores below guessing (Forman & Scholz, "Apples-to-apples in cross-validation studies", 2010).

Which rows were learned from is chance as well as which were tested. Each repeat learns from another half of the
sessions; the mean over repeats that learn from a share f has at most f / (1 - f) times their variance (Hoeffding, "A
class of statistics with asymptotically normal distribution", 1948; the delete-d jackknife, which this is, of Shao &
Wu, 1989). Its interval and that of the bootstrap over the tested sessions are put together by their half-widths (Zou
& Donner, "Construction of confidence limits about effect measures", 2008), and the drops hold together at 95%
(Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.blocks import Blocks, block_length
from core.evaluate.bootstrap import LEVEL, Interval, bounds, draws
from core.evaluate.events import event_numbers
from core.evaluate.metrics import Metric, main_metric
from core.evaluate.predictions import Predictions
from core.evaluate.scoring import Scored, mean_over
from core.evaluate.settings import EvaluateSettings
from core.locale import N_

RANDOM, ORDERED, GROUPS, PURGE = "random", "ordered", "ordered+groups", "ordered+groups+purge"
STEPS = {
    RANDOM: N_("Rows at random"),
    ORDERED: N_("Earlier days only"),
    GROUPS: N_("… and no headline seen before"),
    PURGE: N_("… and only outcomes known by then"),
}
SHORT = {
    RANDOM: N_("random"),
    ORDERED: N_("in order"),
    GROUPS: N_("+ new headlines"),
    PURGE: N_("+ known outcomes"),
}
KEPT = 1 / 2  # of the sessions that a repeat learns from
NO_DROP = Interval(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Step:
    """The score of one step on the main metric, a mean over folds and repeats, and how much lower than the last.

    `low` to `high` is the 95% interval of `value` over sessions; `drop_low` to `drop_high` is that of `drop`,
    over the sessions tested and those learned from, the drops of all steps holding together; NaN where
    undefined, as is the drop of the first step. `rows` are the rows (or events) scored, the same at each step;
    `train_rows` the mean number of training rows of a fit, the same too; `taken` how many training rows, over
    all folds, the step forbids that the one before allows. `metric` is the score's key; `repeats` is 0 in a
    staircase of an earlier version, whose steps learned from different numbers of rows.
    """

    step: str
    value: float
    low: float
    high: float
    drop: float
    drop_low: float
    drop_high: float
    rows: int
    train_rows: int
    metric: str = "auc"
    taken: int = 0
    horizon: int = 0
    embargo: int = 0
    repeats: int = 0

    @property
    def interval(self) -> Interval:
        """The score with its interval."""
        return Interval(self.value, self.low, self.high)

    def as_dict(self) -> dict[str, str | float | None]:
        """Return plain values for JSON, which has no NaN."""
        fields = asdict(self)
        return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in fields.items()}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Step:
        """Make the step that `as_dict` took apart."""
        filled: dict[str, Any] = {k: math.nan if v is None else v for k, v in fields.items()}
        return cls(**filled)


def leakage(
    repeats: Sequence[Sequence[Predictions]],
    dataset: Dataset,
    settings: EvaluateSettings,
    train_rows: int,
    allowed: Mapping[str, int],
    embargo: int = 0,
) -> list[Step]:
    """Score each step of the staircase and what it is lower than the one before.

    Each repeat is one or more tables of predictions, which have the steps where others have models; the
    repeats test the same rows of dated sessions. `allowed` are the rows that each step may learn from, over
    all folds.
    """
    tables = [
        (repeat, Scored.of(table, dataset, settings)) for repeat, each in enumerate(repeats) for table in each
    ]
    scored = [table for _, table in tables]
    metric = main_metric(settings.task)
    group = _numbers([np.column_stack([np.full(len(t), k), t.fold]) for k, t in enumerate(scored)])
    y = np.concatenate([t.y for t in scored])
    blocks = _blocks(scored, y, dataset, settings)
    steps = list(scored[0].predictions)
    predictions = {step: np.concatenate([t.predictions[step] for t in scored]) for step in steps}
    mean = mean_over(group, metric)
    once = np.ones((1, len(y)))
    values = {step: float(mean.compute(y, p, once)[0]) for step, p in predictions.items()}
    resampled = [[mean.compute(y, p, w) for p in predictions.values()] for w in draws(blocks, settings.seed)]
    drawn = dict(zip(steps, np.concatenate(resampled, axis=1), strict=True))
    folds = len(np.unique(scored[0].fold))
    shares = {step: min(train_rows * folds / rows, KEPT) for step, rows in allowed.items()}
    spread = {step: _spread(_by_repeat(tables, step, metric), shares[step]) for step in steps}
    compared = [(a, b) for a, b in pairwise(steps) if allowed[a] > allowed[b]]
    result = []
    rows = _rows(repeats[0], dataset, settings)
    for number, step in enumerate(steps):
        drop = NO_DROP
        if number:
            last = steps[number - 1]
            noise = _training_noise(spread[last] - spread[step], len(compared))
            test = _bounds(drawn[last] - drawn[step], blocks)
            drop = _drop(values[last] - values[step], *test, noise, len(compared))
        result.append(
            Step(
                step,
                *(values[step], *_bounds(drawn[step], blocks)),
                *(drop.value, drop.low, drop.high),
                rows=rows,
                train_rows=train_rows,
                metric=metric.name,
                taken=allowed[steps[number - 1]] - allowed[step] if number else 0,
                horizon=settings.horizon,
                embargo=embargo,
                repeats=len(repeats),
            )
        )
    return result


def _blocks(scored: Sequence[Scored], y: np.ndarray, dataset: Dataset, settings: EvaluateSettings) -> Blocks:
    """Return the blocks of the tables' rows one after another, whose outcomes are `y (n,)`."""
    ids = _numbers([table.session.astype(np.int64)[:, None] for table in scored])
    horizon, classes = max(settings.horizon, 1), len(dataset.classes) if settings.task == "classify" else 0
    return Blocks(ids, block_length(y, ids, horizon, classes), horizon)


def _rows(tables: Sequence[Predictions], dataset: Dataset, settings: EvaluateSettings) -> int:
    """Return how many rows, or events, the tables score together."""
    rows = np.concatenate([table.positions(dataset) for table in tables])
    return len(np.unique(event_numbers(dataset, rows))) if settings.unit == "event" else len(rows)


def _bounds(scores: np.ndarray, blocks: Blocks) -> tuple[float, float]:
    """Return the bounds of resampled scores, NaN where there are too few blocks for a verdict."""
    return bounds(scores, blocks.count, blocks.widening) if blocks.enough else (math.nan, math.nan)


def _numbers(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Number the distinct lines `(n, columns)` of all parts together, `(n,)` from 0."""
    return np.unique(np.concatenate(parts), axis=0, return_inverse=True)[1].reshape(-1)


def _by_repeat(tables: Sequence[tuple[int, Scored]], step: str, metric: Metric) -> np.ndarray:
    """Return the score of a step in each repeat, `(repeats,)`."""
    scores: dict[int, list[float]] = {}
    for repeat, table in tables:
        once = np.ones((1, len(table)))
        made = mean_over(table.fold, metric).compute(table.y, table.predictions[step], once)
        scores.setdefault(repeat, []).append(float(made[0]))
    return np.array([np.mean(each) for each in scores.values()])


def _spread(scores: np.ndarray, share: float) -> np.ndarray:
    """Return how far `scores (repeats,)` that learn from a share of the rows lie from their mean.

    They are scaled so that their variance is that of the mean over the sessions learned from and over so many
    repeats.
    """
    scale = math.sqrt(share / (1 - share) + 1 / len(scores))
    result: np.ndarray = (scores - scores.mean()) * scale
    return result


def _training_noise(spread: np.ndarray, compared: int) -> float:
    """Return the half-width of the interval of a mean with this spread `(repeats,)`."""
    from scipy.stats import t

    quantile = t.isf((1 - LEVEL) / 2 / max(1, compared), len(spread) - 1)
    return float(quantile * spread.std(ddof=1))


def _drop(value: float, low: float, high: float, noise: float, compared: int) -> Interval:
    """Return the drop with an interval that holds for all compared steps, over tested and learned sessions."""
    from scipy.stats import norm

    wider = norm.isf((1 - LEVEL) / 2 / max(1, compared)) / norm.isf((1 - LEVEL) / 2)
    below, above = (math.hypot(wider * side, noise) for side in (value - low, high - value))
    return Interval(value, value - below, value + above)
