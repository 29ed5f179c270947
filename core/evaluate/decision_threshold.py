"""The decision threshold: what calling a row positive would have cost at each probability, and what it hits."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import Interval, mean_interval, share_interval
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.scoring import Scored
from core.evaluate.settings import EvaluateSettings
from core.evaluate.verdict import Evidence
from core.locale import N_

STEPS = 101
UNKNOWN = Interval(math.nan, math.nan, math.nan)


@dataclass(frozen=True, eq=False)
class CostCurve:
    """The mean cost of a row at each threshold of the second class's probability, `(steps,)` each.

    A row counts as positive where its probability reaches the threshold. `best` is the threshold of the
    least cost on these rows (the nearest to `fair` where several cost the same); `fair` is the one that is
    right for calibrated probabilities; `never` and `always` are the costs of calling no row and every row
    positive. `saving` is what the model saves a row at `fair`, which was not chosen on these rows, against the
    cheaper of the two, with its 95% interval; NaN without blocks. `evidence` is what the interval rests on.
    """

    thresholds: np.ndarray
    cost: np.ndarray
    best: float
    best_cost: float
    fair: float
    fair_cost: float
    never: float
    always: float
    saving: Interval = UNKNOWN
    evidence: Evidence = field(default_factory=lambda: Evidence(0))

    def sentence(self) -> Message:
        """Say what the model is worth against acting always or never, where nothing was chosen on the test."""
        params = {
            "best": f"{self.best:.0%}",
            "cost": f"{self.best_cost:.3g}",
            "idle": f"{min(self.never, self.always):.3g}",
            "fair": f"{self.fair:.0%}",
            "fair_cost": f"{self.fair_cost:.3g}",
            "saving": f"{self.saving.value:+.3g}",
            "low": f"{self.saving.low:+.3g}",
            "high": f"{self.saving.high:+.3g}",
        }
        sign = self.evidence.against(self.saving, 0.0)
        if self.best_cost >= min(self.never, self.always):
            template = N_(
                "With these costs no threshold beats doing without the model, which costs {idle} each. For "
                "calibrated probabilities the right threshold is {fair}."
            )
        elif sign > 0:
            template = N_(
                "With these costs the model saves: at {fair}, the threshold that is right for calibrated probabilities, it "
                "costs {fair_cost} each, against {idle} without a model, a saving of {saving} [{low}, {high}]. On this very "
                "test {best} would have been the cheapest ({cost}), which flatters."
            )
        elif sign < 0:
            template = N_(
                "With these costs the model costs more than doing without: {fair_cost} each at {fair}, the threshold that "
                "is right for calibrated probabilities, against {idle}, a saving of {saving} [{low}, {high}]. That {best} "
                "would have been the cheapest on this very test ({cost}) is hindsight."
            )
        elif not self.evidence.enough:
            template = N_(
                "Too short a test to say whether the model saves anything with these costs: {fair_cost} each at {fair}, the "
                "threshold that is right for calibrated probabilities, against {idle} without a model."
            )
        else:
            template = N_(
                "With these costs it cannot be said that the model saves anything: {fair_cost} each at {fair}, the "
                "threshold that is right for calibrated probabilities, against {idle} without a model, a saving of {saving} "
                "[{low}, {high}]. That {best} would have been the cheapest on this very test ({cost}) is hindsight."
            )
        return Message(template, params)


def cost_curve(
    y: np.ndarray,
    p: np.ndarray,
    false_positive: float,
    false_negative: float,
    weights: np.ndarray | None = None,
    steps: int = STEPS,
) -> CostCurve:
    """Return the expected cost over thresholds from 0 to 1, for outcomes `y (n,)` and `p (n, 2)` or `(n,)`.

    The costs are those of one false positive and one false negative, of any unit. With calibrated
    probabilities the best threshold is false_positive / (false_positive + false_negative): Elkan, "The
    foundations of cost-sensitive learning" (2001). Raises `UserError` unless both are numbers of 0 or more
    and one is above 0.
    """
    if not (
        0 <= false_positive < np.inf and 0 <= false_negative < np.inf and false_positive + false_negative > 0
    ):
        raise UserError(N_("A cost must be a number of 0 or more, and at least one of the two above 0."))
    weights = np.ones(len(y)) if weights is None else weights
    second = _second(p)
    fair = false_positive / (false_positive + false_negative)
    thresholds = np.unique(np.r_[np.linspace(0, 1, steps), fair])
    order = np.argsort(second, kind="stable")
    below = np.searchsorted(second[order], thresholds, side="left")  # rows called negative
    won, lost = (np.r_[0, np.cumsum((weights * (y == k))[order])] for k in (1, 0))
    cost = (false_positive * (lost[-1] - lost[below]) + false_negative * won[below]) / weights.sum()
    least = np.flatnonzero(np.isclose(cost, cost.min(), rtol=1e-12, atol=0))
    best = least[np.abs(thresholds[least] - fair).argmin()]
    return CostCurve(
        thresholds,
        cost,
        float(thresholds[best]),
        float(cost[best]),
        fair,
        float(cost[np.searchsorted(thresholds, fair)]),
        never=float(false_negative * won[-1] / weights.sum()),
        always=float(false_positive * lost[-1] / weights.sum()),
    )


def confusion_at(
    y: np.ndarray, p: np.ndarray, threshold: float, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return what happened (rows) against what a threshold calls (columns), `(2, 2)`, the second class last."""
    called = (_second(p) >= threshold).astype(int)
    return np.bincount(2 * y.astype(int) + called, weights, minlength=4).reshape(2, 2)


@dataclass(frozen=True)
class Calls:
    """What a threshold calls the second class (an alarm), against what happened, over all rows.

    `precision` is the share of alarms that came true, `recall` the share of what came true that was called.
    """

    hits: int
    false_alarms: int
    misses: int
    quiet: int
    precision: Interval
    recall: Interval

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.hits + self.false_alarms + self.misses + self.quiet


def threshold_costs(
    predictions: Predictions,
    dataset: Dataset,
    settings: EvaluateSettings,
    false_alarm: float = 1.0,
    miss: float = 1.0,
    model: str = MEAN,
    looks: int = 1,
    target: int = -1,
) -> CostCurve | Message:
    """Return the test's mean cost at each threshold of the probability of a class, by default the last.

    `looks` is how often these rows have been tested. Of three or more classes the one numbered `target` stands
    against the rest. Raises `UserError` for a cost that is none.
    """
    if not predictions.classes:
        return _RETURNS
    test, came, p = _one_class(predictions, dataset, settings, model, target)
    curve = cost_curve(came, p, false_alarm, miss)
    saved = saving(came, p, test.blocks, curve, false_alarm, miss, settings.seed)
    return replace(curve, saving=saved, evidence=replace(Evidence.of(test.blocks), looks=looks))


def saving(
    y: np.ndarray,
    p: np.ndarray,
    blocks: Blocks,
    curve: CostCurve,
    false_positive: float,
    false_negative: float,
    seed: int,
) -> Interval:
    """Return what a row costs less at the threshold `curve.fair` than without a model, with its 95% interval.

    Without a model all rows are called alike: as was the cheaper on these rows, which favours doing without.
    """
    called, idle = _second(p) >= curve.fair, curve.always < curve.never
    with_model, without = (
        false_positive * (calls & (y == 0)) + false_negative * (~calls & (y == 1))
        for calls in (called, np.full(len(y), idle))
    )
    return mean_interval(without - with_model, blocks, seed)


def calls_at(
    predictions: Predictions,
    dataset: Dataset,
    settings: EvaluateSettings,
    threshold: float,
    model: str = MEAN,
    target: int = -1,
) -> Calls | Message:
    """Return what is called at a threshold of the probability of a class (as in `threshold_costs`)."""
    if not predictions.classes:
        return _RETURNS
    test, came, p = _one_class(predictions, dataset, settings, model, target)
    (quiet, false), (missed, hits) = confusion_at(came, p, threshold).astype(int).tolist()
    called = p >= threshold
    both = called & came
    precision, recall = (_share(both[rows], test.blocks.take(rows), settings.seed) for rows in (called, came))
    return Calls(hits, false, missed, quiet, precision, recall)


_RETURNS = Message(N_("A threshold is for probabilities; this run predicts returns."))


def _one_class(
    predictions: Predictions, dataset: Dataset, settings: EvaluateSettings, model: str, target: int
) -> tuple[Scored, np.ndarray, np.ndarray]:
    """Return the test, whether each row ended in the class `(n,)` bool, and the probability of that `(n,)`."""
    test = Scored.of(predictions.test, dataset, settings, [model])
    target = range(len(predictions.classes))[target]
    return test, test.y == target, test.predictions[model][:, target]


def _share(held: np.ndarray, blocks: Blocks, seed: int) -> Interval:
    return share_interval(held, blocks, seed) if len(held) else UNKNOWN


def _second(p: np.ndarray) -> np.ndarray:
    return p[:, 1] if p.ndim == 2 else p
