"""Downstream: what the three tree models make of the old and of the new vectors, on the same splits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.bootstrap import Interval, Scores, paired, plain_scores, scores_of_plain
from core.evaluate.lift import Lift
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN
from core.evaluate.scoring import Scored
from core.jobs import Report, part, silent
from core.train.pipeline import train
from core.train.run import Run
from core.train.settings import TrainSettings
from core.train.splits.partition import Split
from core.train.splits.plan import SplitPlan
from core.tune.examples import Examples, Parts


@dataclass(frozen=True)
class Downstream:
    """The text lift with the old and with the new vectors, and the scores of the models with each.

    `difference` is the mean of the three models' `metric` with the new vectors minus that with the old, on the same
    rows of the test, with its 95% interval. A lift is None where the table has nothing to compare the headlines with.
    """

    task: str
    metric: str
    before: Lift | None
    after: Lift | None
    difference: Interval
    scores_before: Scores
    scores_after: Scores

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "task": self.task,
            "metric": self.metric,
            "before": self.before and self.before.as_dict(),
            "after": self.after and self.after.as_dict(),
            "difference": self.difference.as_dict(),
            "scores_before": plain_scores(self.scores_before),
            "scores_after": plain_scores(self.scores_after),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Downstream:
        """Make what `as_dict` took apart."""
        return cls(
            plain["task"],
            plain["metric"],
            plain["before"] and Lift.from_dict(plain["before"]),
            plain["after"] and Lift.from_dict(plain["after"]),
            Interval.from_dict(plain["difference"]),
            scores_of_plain(plain["scores_before"]),
            scores_of_plain(plain["scores_after"]),
        )


def downstream(
    dataset: Dataset,
    examples: Examples,
    parts: Parts,
    old: np.ndarray,
    new: np.ndarray,
    settings: TrainSettings | None = None,
    report: Report = silent,
) -> Downstream:
    """Train the models on old and new vectors and return what the headlines add with each.

    `old` and `new` are `(rows of the dataset, dim)` float32, one per row. The holdout is the tuning's test, and the
    training its training and validation rows: the tuned encoder has seen these, so that only the holdout is scored.
    Raises `UserError` where the table cannot be trained on, and whatever `report` raises.
    """
    plan = plan_of(dataset, examples, parts, settings or default_settings(dataset, examples))
    chosen = plan.settings
    before = train(dataset, old, chosen, part(report, 0, 0.5), plan=plan)
    after = train(dataset, new, chosen, part(report, 0.5, 1), plan=plan)
    return Downstream(
        task=chosen.task,
        metric=main_metric(chosen.task).name,
        before=before.lift,
        after=after.lift,
        difference=_difference(dataset, before, after),
        scores_before=before.scores,
        scores_after=after.scores,
    )


def default_settings(dataset: Dataset, examples: Examples) -> TrainSettings:
    """Return the settings of a training that splits as the tuning did."""
    split = "time" if examples.has_sessions else "group"
    return TrainSettings(split=split, horizon=max(examples.horizon, dataset.horizon))


def plan_of(dataset: Dataset, examples: Examples, parts: Parts, settings: TrainSettings) -> SplitPlan:
    """Return the tuning's parts as a split of the dataset, without rows whose outcome is unknown."""
    outcome = dataset.outcome(settings.task)
    known = ~np.isnan(outcome)

    def rows(*positions: np.ndarray) -> np.ndarray:
        found = examples.rows[np.concatenate(positions)]
        return np.sort(found[known[found]])

    learned, test = rows(parts.train, parts.valid), rows(parts.test)
    rest = np.setdiff1d(np.arange(len(dataset)), np.concatenate([learned, test]))
    session = dataset.frame["session"].iloc[test]
    cut = session.min() if examples.has_sessions else None
    return SplitPlan(dataset, settings, outcome, Split(learned, test, left_out=rest, cut=cut))


def _difference(dataset: Dataset, before: Run, after: Run) -> Interval:
    settings = before.settings.evaluation
    one, other = (Scored.of(run.predictions.test, dataset, settings, [MEAN]) for run in (after, before))
    metric = main_metric(settings.task)
    return paired(one.y, one.predictions[MEAN], other.predictions[MEAN], one.blocks, metric, settings.seed)
