"""What happened after headlines that have something in common (a topic, a word), and what that adds to predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.bootstrap import Interval
from core.evaluate.event_outcomes import EventOutcomes
from core.explain.contributions import explained_class
from core.train.run import Run


@dataclass(frozen=True, eq=False)
class Effect:
    """What the headlines of one topic do.

    In the explained ones (`rows`, at these positions of the dataset, `events` of them) the ensemble's prediction is
    moved by `contribution` on average; `outcome` is the share of the explained class, or the mean return, of all tested
    events that have such a headline, less that of the others. Both intervals are clustered by session and corrected for
    the number of topics.
    """

    number: int
    keywords: tuple[str, ...]
    rows: np.ndarray
    events: int
    contribution: Interval
    outcome: Interval

    @property
    def confirmed(self) -> bool:
        """Whether what happened differs, and in the direction of the contribution."""
        return confirmed(self.contribution.value, self.outcome)


def confirmed(contribution: float, outcome: Interval) -> bool:
    """Return whether an interval of what happened leaves out 0 on the side of a contribution."""
    return bool(outcome.low > 0 if contribution > 0 else outcome.high < 0)


def outcomes_of_run(run: Run, dataset: Dataset, rows: np.ndarray, explained: int = -1) -> EventOutcomes:
    """Return what happened after tested rows, at these positions; `explained` is the number of the class."""
    outcome = run.predictions.test.at(dataset, rows).outcome
    number = explained_class(run, explained) if run.classes else None
    return EventOutcomes.of(dataset, rows, outcome, run.settings.horizon, number)
