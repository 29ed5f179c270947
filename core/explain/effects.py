"""What happened after headlines that have something in common (a topic, a word), and what that adds to predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import Interval
from core.evaluate.clustered import clustered_difference
from core.evaluate.events import event_numbers
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


@dataclass(frozen=True, eq=False)
class Tested:
    """The tested events of a run: what happened after each, and the cluster of sessions that it belongs to.

    `outcome (events,)` is whether the explained class happened (a `share`), or the return; `event_of` the event of each
    row, by its position in the dataset; `widening` as `Blocks` has it.
    """

    outcome: np.ndarray
    cluster: np.ndarray
    event_of: pd.Series
    widening: float
    share: bool

    @classmethod
    def of(cls, run: Run, dataset: Dataset, rows: np.ndarray, explained: int = -1) -> Tested:
        """Return the events of tested rows, at these positions; `explained` is the number of the class."""
        test = run.predictions.test.at(dataset, rows)
        known = ~np.isnan(test.outcome)
        rows, outcome = rows[known], test.outcome[known]
        happened = (outcome == explained_class(run, explained)).astype(float) if run.classes else outcome
        event = event_numbers(dataset, rows)
        blocks = Blocks.of(dataset, rows, outcome, run.settings.horizon)
        first = np.unique(event, return_index=True)[1]
        return cls(
            np.bincount(event, happened) / np.bincount(event),
            (blocks.ids // blocks.length)[first],
            pd.Series(event, index=rows),
            blocks.widening,
            bool(run.classes),
        )

    def after(self, rows: np.ndarray, asked: int) -> tuple[Interval, int]:
        """Return how the outcomes of events with one of these rows differ from the others, and how many events those are.

        It is one of `asked` intervals.
        """
        having = np.zeros(len(self.outcome), bool)
        having[self.event_of[self.event_of.index.isin(rows)].to_numpy()] = True
        found = clustered_difference(self.outcome, having, self.cluster, asked, self.widening)
        if self.share:  # no two shares are more than 1 apart
            found = Interval(found.value, max(found.low, -1.0), min(found.high, 1.0))
        return found, int(having.sum())
