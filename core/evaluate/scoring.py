"""Predictions in the unit that is scored, and their scores with intervals over sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.arms import ARMS, arm_of
from core.evaluate.blocks import FEWEST_BLOCKS, Blocks
from core.evaluate.bootstrap import Interval, Scores, intervals
from core.evaluate.events import to_events
from core.evaluate.lift import Lift, text_lift
from core.evaluate.metrics import Metric, main_metric, metrics_of
from core.evaluate.predictions import Predictions
from core.evaluate.settings import EvaluateSettings
from core.jobs import Report
from core.locale import N_


@dataclass(frozen=True, eq=False)
class Scored:
    """What is scored: outcomes `(n,)`, predictions by name, each row's session and fold, and their blocks.

    A row is a headline, or an event with the mean prediction of its headlines. A score is the mean over folds,
    as predictions of different models are not on one scale (Forman & Scholz, "Apples-to-apples in
    cross-validation studies", 2010).
    """

    y: np.ndarray
    predictions: dict[str, np.ndarray]
    blocks: Blocks
    session: np.ndarray
    fold: np.ndarray

    @classmethod
    def of(
        cls,
        predictions: Predictions,
        dataset: Dataset,
        settings: EvaluateSettings,
        models: Sequence[str] | None = None,
    ) -> Scored:
        """Return what is scored of these (or all) models and baselines, in the unit of the settings."""
        rows, fold, y = predictions.positions(dataset), predictions.fold, predictions.outcome
        made = {name: predictions[name] for name in (predictions.models if models is None else models)}
        if scored_unit(dataset, settings) == "headline":
            session = dataset.frame["session"].to_numpy()[rows]
            return cls(y, made, Blocks.of(dataset, rows, y, settings.horizon), session, fold)
        by_event = to_events(dataset, rows, fold.astype(float), y)
        events = {name: to_events(dataset, rows, p, y) for name, p in made.items()}
        first = next(iter(events.values()), by_event)
        means = {name: event.predictions for name, event in events.items()}
        number = by_event.predictions.round().astype(int)
        blocks = Blocks.of(dataset, first.first, first.outcome, settings.horizon)
        return cls(first.outcome, means, blocks, first.sessions, number)

    def __len__(self) -> int:
        return len(self.y)

    def scores(self, settings: EvaluateSettings, report: Report) -> Scores:
        """Return every metric of every prediction with its 95% interval."""
        many = len(np.unique(self.fold)) > 1
        metrics = [mean_over(self.fold, m) if many else m for m in metrics_of(settings.task)]
        made: Scores = {}
        for number, (name, p) in enumerate(self.predictions.items()):
            report(number / len(self.predictions), N_("Scoring with intervals"))
            made[name] = intervals(self.y, p, self.blocks, metrics, settings.seed)
        return made

    def lift(self, settings: EvaluateSettings, with_text: str, without: str) -> Lift | None:
        """Return what the headlines add to the main metric; None where one of the two predictions is missing."""
        if with_text not in self.predictions or without not in self.predictions:
            return None
        metric = compared_by(settings.task, self.fold)
        ours, other = self.predictions[with_text], self.predictions[without]
        made = text_lift(self.y, ours, other, self.blocks, metric, settings.seed)
        every = np.ones((1, len(self.y)))
        known = {arm: self.predictions[name] for arm, name in ARMS.items() if name in self.predictions}
        arms = tuple((arm, float(metric.compute(self.y, p, every)[0])) for arm, p in known.items())
        return replace(made, arm=arm_of(with_text), arms=arms)

    def apart(self) -> Scored | None:
        """Return every h-th session, h being the horizon, so that no outcomes overlap.

        None where none overlap, or fewer than six sessions a fold are left.
        """
        if self.blocks.horizon == 1:
            return None
        chosen = self.blocks.ids % self.blocks.horizon == 0
        ids = np.unique(self.blocks.ids[chosen], return_inverse=True)[1]
        made = {name: p[chosen] for name, p in self.predictions.items()}
        found = Scored(self.y[chosen], made, Blocks(ids), self.session[chosen], self.fold[chosen])
        return found if found.blocks.count >= FEWEST_BLOCKS * len(np.unique(found.fold)) else None


def scored_unit(dataset: Dataset, settings: EvaluateSettings) -> str:
    """Return what is scored, "event" or "headline": a table without sessions has no events."""
    return settings.unit if dataset.has_sessions else "headline"


def mean_over(fold: np.ndarray, metric: Metric) -> Metric:
    """Return the metric as the mean of its scores in each fold `(n,)` in which it is defined."""

    def compute(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
        inside = [fold == number for number in np.unique(fold)]
        scores = np.stack([metric.compute(y[rows], p[rows], w[:, rows]) for rows in inside])  # (folds, B)
        defined = (~np.isnan(scores)).sum(axis=0)
        result: np.ndarray = np.divide(
            np.nansum(scores, axis=0), defined, out=np.full(len(w), np.nan), where=defined > 0
        )
        return result

    return replace(metric, compute=compute)


def compared_by(task: str, fold: np.ndarray) -> Metric:
    """Return what predictions are compared by: the main metric as a mean over folds `(n,)`, defined for any prediction."""
    return mean_over(fold, _guessing_where_constant(main_metric(task)))


def one_scale(p: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Turn predictions of several folds' models into ranks within their fold, which order metrics can pool."""
    from scipy.stats import rankdata

    folds = [fold == number for number in np.unique(fold)]
    if len(folds) < 2:
        return p
    ranks = np.empty(p.shape)
    for rows in folds:
        ranks[rows] = rankdata(p[rows], axis=0) / rows.sum()
    return ranks


def main_score(
    predictions: Predictions,
    dataset: Dataset,
    settings: EvaluateSettings,
    name: str,
    holdout_alone: bool = False,
) -> Interval:
    """Return the main metric of one model on every row that was tested, a mean over the tests, as the lift is."""
    scored = Scored.of(predictions.holdout if holdout_alone else predictions, dataset, settings, [name])
    metric = compared_by(settings.task, scored.fold)
    found = intervals(scored.y, scored.predictions[name], scored.blocks, [metric], settings.seed)
    return found[metric.name]


def dated_returns(predictions: Predictions) -> Predictions | Message:
    """Return the rows whose session is known; for classes, and where there is none, say why not."""
    if predictions.classes:
        return Message(N_("This needs predicted returns; this run predicts classes."))
    dated = predictions.where(predictions.table["session"].notna())
    return dated if len(dated) else Message(N_("The table has no dates, so there are no results by session."))


def _guessing_where_constant(metric: Metric) -> Metric:
    """Return a correlation that is 0 where the prediction does not vary but the outcome does.

    Undefined, it would drop out of the mean over folds on one side of a comparison and not on the other.
    """
    if metric.name != "rank_ic":
        return metric

    def compute(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
        score = metric.compute(y, p, w)
        return np.where(np.isnan(score) & ~np.isnan(metric.compute(y, y, w)), 0.0, score)

    return replace(metric, compute=compute)
