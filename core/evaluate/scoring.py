"""Scores of predictions in the unit that the settings name, with intervals over sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.bootstrap import Scores, blocks, intervals
from core.evaluate.events import to_events
from core.evaluate.lift import Lift, text_lift
from core.evaluate.metrics import MAIN_METRIC, METRICS, Metric, metric_named
from core.jobs import Report
from core.locale import N_
from core.train.leakage_splits import mean_over
from core.train.settings import TrainSettings


@dataclass(frozen=True, eq=False)
class Scored:
    """What is scored: outcomes `(n,)`, predictions by name, each row's block and session, and its fold.

    A row is a headline, or an event with the mean prediction of its headlines. `fold (n,)` counts from 0 on;
    a score is the mean over folds, as predictions of different models are not on one scale. `unit` is what
    the blocks are: "session" or "story".
    """

    y: np.ndarray
    predictions: dict[str, np.ndarray]
    block: np.ndarray
    session: np.ndarray
    fold: np.ndarray
    unit: str

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        rows: np.ndarray,
        outcome: np.ndarray,
        predictions: Mapping[str, np.ndarray],
        settings: TrainSettings,
        fold: np.ndarray | None = None,
    ) -> Scored:
        """Return what is scored of the rows at these positions; `outcome` is that of every row of the dataset."""
        fold = np.zeros(len(rows), int) if fold is None else fold
        session = dataset.frame["session"].to_numpy()[rows]
        unit = "session" if dataset.has_sessions else "story"
        if settings.unit == "headline" or not dataset.has_sessions:
            return cls(outcome[rows], dict(predictions), blocks(dataset, rows), session, fold, unit)
        events = {name: to_events(dataset, rows, p, outcome) for name, p in predictions.items()}
        first = next(iter(events.values()))
        by_event = to_events(dataset, rows, fold.astype(float), outcome).predictions.round().astype(int)
        means = {name: event.predictions for name, event in events.items()}
        return cls(first.outcome, means, first.blocks, first.sessions, by_event, unit)

    def scores(self, settings: TrainSettings, report: Report) -> Scores:
        """Return every metric of every prediction with its 95% interval."""
        many = len(np.unique(self.fold)) > 1
        metrics = [mean_over(self.fold, metric) if many else metric for metric in METRICS[settings.task]]
        made: Scores = {}
        for number, (name, p) in enumerate(self.predictions.items()):
            report(number / len(self.predictions), N_("Scoring with intervals"))
            made[name] = intervals(self.y, p, self.block, metrics, settings.seed)
        return made

    def lift(self, settings: TrainSettings, with_text: str, without: str) -> Lift | None:
        """Return what the headlines add to the main metric; None where one of the two predictions is missing."""
        if with_text not in self.predictions or without not in self.predictions:
            return None
        metric = mean_over(self.fold, _guessing_where_constant(metric_named(MAIN_METRIC[settings.task])))
        ours, other = self.predictions[with_text], self.predictions[without]
        return text_lift(self.y, ours, other, self.block, metric, settings.seed, unit=self.unit)


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
