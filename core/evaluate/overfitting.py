"""Does the model that scored best stay good? The probability of backtest overfitting.

Combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado & Zhu, "The probability of backtest
overfitting", Journal of Computational Finance, 2017): the tested sessions are cut into groups in the order of time,
every half of the groups chooses the best model, and the other half ranks it among all. The probability is the share
of the halves in which the chosen one ends in the lower half of the ranks. Nothing is fitted again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.metrics import METRICS, main_metric, shown
from core.evaluate.predictions import Predictions
from core.evaluate.scoring import Scored, mean_over
from core.evaluate.settings import EvaluateSettings
from core.locale import N_

GROUPS = (10, 8, 6)  # 252, 70 or 20 halves
A_GROUP = 4  # sessions at the least, and twice as long as outcomes hang together
FEWEST_MODELS = 4
HOLDS, LOTS = 0.05, 0.5


@dataclass(frozen=True)
class Overfitting:
    """How often the choice of the best model does not last.

    `probability` is the share of `halves` in which the best of `models` in one half is below the middle in the
    other; `chosen` its mean score where it was chosen and `later` in the other halves, `typical` that of the
    median model there. `groups` are the groups of the `sessions`.
    """

    metric: str
    probability: float
    chosen: float
    later: float
    typical: float
    models: tuple[str, ...]
    groups: int
    halves: int
    sessions: int

    def sentence(self) -> Message:
        """Say whether it is worth anything to choose a model by its score on these sessions."""
        metric = METRICS[self.metric]
        params = {
            "share": self.probability,
            "halves": self.halves,
            "models": len(self.models),
            "metric": Message(metric.title),
            "chosen": shown(metric, self.chosen),
            "later": shown(metric, self.later),
            "typical": shown(metric, self.typical),
        }
        if self.probability >= LOTS:
            return Message(
                N_(
                    "Do not choose a model by its score here: in {share:.0%} of {halves:,} ways to halve the sessions, "
                    "the best of {models} models in one half is below the middle in the other, as if it were "
                    "drawn by lot ({metric} {chosen} where it was chosen, {later} in the other half; the middle "
                    "model there {typical})."
                ),
                params,
            )
        if self.probability > HOLDS:
            return Message(
                N_(
                    "Which model is best is partly luck: in {share:.0%} of {halves:,} ways to halve the sessions, the "
                    "best of {models} models in one half is below the middle in the other ({metric} {chosen} where "
                    "it was chosen, {later} in the other half; the middle model there {typical})."
                ),
                params,
            )
        return Message(
            N_(
                "The best model of one half of the sessions stays good in the other: in {share:.0%} of {halves:,} ways "
                "to halve them it falls below the middle of {models} models ({metric} {chosen} where it was chosen, "
                "{later} in the other half; the middle model there {typical})."
            ),
            params,
        )


def overfitting(
    predictions: Predictions, dataset: Dataset, settings: EvaluateSettings
) -> Overfitting | Message:
    """Return how often the best of the models and baselines does not last over the walk-forward, or why not.

    The holdout takes no part: it may be sealed.
    """
    walk = predictions.walk
    if not len(walk) or not dataset.has_sessions:
        return Message(
            N_(
                "Whether the best model stays the best cannot be said without walk-forward folds: train with folds."
            )
        )
    scored = Scored.of(walk, dataset, settings)
    metric = mean_over(scored.fold, main_metric(settings.task))
    once = np.ones((1, len(scored)))
    made = {
        name: p
        for name, p in scored.predictions.items()
        if math.isfinite(float(metric.compute(scored.y, p, once)[0]))
    }
    if len(made) < FEWEST_MODELS:
        return Message(
            N_(
                "Whether the best model stays the best cannot be said: {models} predicted every walk-forward row, and "
                "at least {needed} are needed."
            ),
            {"models": len(made), "needed": FEWEST_MODELS},
        )
    sessions, number = np.unique(scored.session, return_inverse=True)
    needed = max(A_GROUP, 2 * scored.blocks.length)
    count = next((count for count in GROUPS if len(sessions) >= count * needed), 0)
    if not count:
        return Message(
            N_(
                "Whether the best model stays the best cannot be said: the walk-forward tests {sessions:,} sessions, "
                "and at least {needed:,} are needed, since outcomes hang together for {length} in a row."
            ),
            {
                "sessions": len(sessions),
                "needed": needed * GROUPS[-1],
                "length": scored.blocks.length,
            },
        )
    group = number * count // len(sessions)
    halves = np.array([np.isin(np.arange(count), half) for half in combinations(range(count), count // 2)])
    better = 1 if METRICS[metric.name].higher_is_better else -1
    inside = halves[:, group].astype(float)  # (halves, n)
    first, second = (
        np.stack([better * metric.compute(scored.y, p, w) for p in made.values()], axis=1)
        for w in (inside, 1 - inside)
    )
    probability, chosen, later, typical = lasting(first, second)
    if math.isnan(probability):
        return Message(
            N_(
                "Whether the best model stays the best cannot be said: however the sessions are halved, a model's score is "
                "undefined in one half."
            )
        )
    return Overfitting(
        metric.name,
        probability,
        better * chosen,
        better * later,
        better * typical,
        tuple(made),
        count,
        len(halves),
        len(sessions),
    )


def lasting(first: np.ndarray, second: np.ndarray) -> tuple[float, float, float, float]:
    """Return how often the best of one half is not above the middle in the other, and mean scores.

    `first` and `second (halves, models)` are scores, higher is better, in the two halves; halves with an undefined
    score are left out. The scores are those of the chosen model in the first and in the second half, and of the
    median model in the second. Ranks of ties are their mean, and the middle itself counts as not above.
    """
    from scipy.stats import rankdata

    defined = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
    first, second = first[defined], second[defined]
    if not len(first):
        return math.nan, math.nan, math.nan, math.nan
    rows, best = np.arange(len(first)), first.argmax(axis=1)
    rank = rankdata(second, axis=1)[rows, best] / (second.shape[1] + 1)
    return (
        float((rank <= 0.5).mean()),
        float(first[rows, best].mean()),
        float(second[rows, best].mean()),
        float(np.median(second, axis=1).mean()),
    )
