"""Candidates scored on the same rows in the same resamples, so that what they share cancels in every difference.

One paired bootstrap over blocks of sessions, as the Evaluate stage's (`core.evaluate.bootstrap`), for all of them: its
draws are those of ranks, of every difference, and of how much two scores move together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import LEVEL, RESAMPLES, Interval, bounds, draws
from core.evaluate.metrics import Metric
from core.evaluate.predictions import Predictions
from core.evaluate.scoring import Scored, compared_by
from core.evaluate.settings import EvaluateSettings
from core.evaluate.verdict import Evidence
from core.jobs import Report, silent
from core.locale import N_

CHANCE = "chance"


@dataclass(frozen=True, eq=False)
class Together:
    """The main metric of several predictions of the same rows: `values (k,)`, and in each resample `drawn (B, k)`.

    `rows` are scored in the unit of the settings, in `blocks`. Resamples in which a score is undefined are left out.
    """

    keys: tuple[str, ...]
    values: np.ndarray
    drawn: np.ndarray
    blocks: Blocks
    rows: int

    @property
    def evidence(self) -> Evidence:
        """What the intervals rest on."""
        return Evidence.of(self.blocks)

    def score(self, key: str) -> Interval:
        """Return a score with its 95% interval."""
        column = self.keys.index(key)
        return self._interval(float(self.values[column]), self.drawn[:, column])

    def difference(self, one: str, other: str) -> Interval:
        """Return the score of one less that of the other, with the 95% interval of this difference alone."""
        a, b = self.keys.index(one), self.keys.index(other)
        return self._interval(float(self.values[a] - self.values[b]), self.drawn[:, a] - self.drawn[:, b])

    def above(self, one: str, other: str) -> float:
        """Return the share of resamples in which one scores above the other, a tie counting a half."""
        d = self.drawn[:, self.keys.index(one)] - self.drawn[:, self.keys.index(other)]
        return float(np.mean(np.where(d == 0, 0.5, d > 0))) if len(d) else math.nan

    @cached_property
    def comparisons(self) -> float:
        """How many independent comparisons all pairs are worth, at least 1 and at most the number of pairs.

        The largest of all standardised differences exceeds c in 5% of the resamples, centred at what was found (the
        max-T method: Westfall & Young, "Resampling-based multiple testing", 1993). So many independent normal
        differences would do the same: 5% over the two-sided p-value of c. Candidates that say nearly the same count
        little.
        """
        pairs = len(self.keys) * (len(self.keys) - 1) / 2
        if pairs <= 1 or len(self.drawn) < 2:
            return max(pairs, 1.0)
        from scipy.stats import norm

        largest = np.zeros(len(self.drawn))
        for column in range(len(self.keys) - 1):
            d = self.drawn[:, column + 1 :] - self.drawn[:, [column]]
            d = d - d.mean(axis=0)
            spread = d.std(axis=0)
            moves = spread > 1e-12
            if moves.any():
                largest = np.maximum(largest, np.abs(d[:, moves] / spread[moves]).max(axis=1))
        critical = float(np.quantile(largest, LEVEL))
        return min(max((1 - LEVEL) / (2 * float(norm.sf(critical))), 1.0), pairs)

    def _interval(self, value: float, drawn: np.ndarray) -> Interval:
        return Interval(value, *bounds(drawn, self.blocks.count, self.blocks.widening))


def together(
    tested: Predictions,
    dataset: Dataset,
    settings: EvaluateSettings,
    predictions: Mapping[str, np.ndarray],
    report: Report = silent,
    resamples: int = RESAMPLES,
) -> Together:
    """Score predictions `(n, classes)` or `(n,)` by key on the `tested` rows, beside what a guess scores (`CHANCE`).

    Raises whatever `report` raises.
    """
    table = Predictions(tested.table, tested.classes).replace(**predictions)
    scored = Scored.of(table, dataset, settings, list(predictions))
    return together_of(scored, compared_by(settings.task, scored.fold), settings.seed, report, resamples)


def together_of(
    scored: Scored, metric: Metric, seed: int = 0, report: Report = silent, resamples: int = RESAMPLES
) -> Together:
    """Score what is scored by a metric, beside what a guess scores."""
    weights = list(draws(scored.blocks, seed, resamples))
    every = np.ones((1, len(scored)))
    columns, values = [], []
    for number, p in enumerate(scored.predictions.values()):
        report(number / len(scored.predictions), N_("Scoring with intervals"))
        values.append(float(metric.compute(scored.y, p, every)[0]))
        columns.append(np.concatenate([metric.compute(scored.y, p, w) for w in weights]))
    drawn = np.stack([*columns, np.full(resamples, metric.guessing)], axis=1)
    return Together(
        (*scored.predictions, CHANCE),
        np.array([*values, metric.guessing]),
        drawn[~np.isnan(drawn).any(axis=1)],
        scored.blocks,
        len(scored),
    )
