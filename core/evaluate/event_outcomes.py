"""What happened after events that have something in common (a topic, a word, a place on a map)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import Interval
from core.evaluate.clustered import clustered_difference, clustered_mean
from core.evaluate.events import event_numbers


def told_rows(dataset: Dataset, hidden: np.ndarray) -> np.ndarray:
    """Return the positions of the rows whose outcome is known and may be told: not `hidden`, dated in a dated table."""
    known = dataset.frame["target"].notna().to_numpy(copy=True)
    if dataset.has_sessions:
        known &= dataset.frame["session"].notna().to_numpy()
    known[hidden] = False
    return np.flatnonzero(known)


@dataclass(frozen=True, eq=False)
class EventOutcomes:
    """What happened after each event, and the cluster of sessions that it belongs to.

    `values (events,)` are returns, or (where `share`) whether one class happened; `event_of` is the event of each row,
    by its position in the dataset; `widening` as `Blocks` has it.
    """

    values: np.ndarray
    cluster: np.ndarray
    event_of: pd.Series
    widening: float
    share: bool

    @classmethod
    def of(
        cls, dataset: Dataset, rows: np.ndarray, outcome: np.ndarray, horizon: int, explained: int | None
    ) -> EventOutcomes:
        """Return the outcomes of rows at these positions, NaN where unknown; `explained` is a class's number, None for returns.

        Outcomes `(n,)` are numbers of classes or returns, each over so many sessions.
        """
        known = ~np.isnan(outcome)
        rows, outcome = rows[known], outcome[known]
        happened = outcome if explained is None else (outcome == explained).astype(float)
        event = event_numbers(dataset, rows)
        blocks = Blocks.of(dataset, rows, outcome, horizon)
        first = np.unique(event, return_index=True)[1]
        return cls(
            np.bincount(event, happened) / np.maximum(np.bincount(event), 1),
            (blocks.ids // blocks.length)[first],
            pd.Series(event, index=rows),
            blocks.widening,
            explained is not None,
        )

    @classmethod
    def of_table(
        cls, dataset: Dataset, hidden: np.ndarray, of_class: int = -1, task: str = ""
    ) -> EventOutcomes | None:
        """Return the outcomes of all rows of a table that may be told; None for a table without outcomes.

        Rows at the positions `hidden` (a sealed holdout) are left out. A `task` of "classify" asks for a class and
        "regress" for returns, by default it is what the table has; of classes that of number `of_class` is told, by
        default the last.
        """
        if not dataset.target_kind:
            return None
        rows = told_rows(dataset, hidden)
        task = task or ("regress" if dataset.target_kind == "return" else "classify")
        outcome = dataset.outcome(task)[rows].astype(float)
        classes = max(len(dataset.classes), 2)
        return cls.of(
            dataset, rows, outcome, dataset.horizon, None if task == "regress" else of_class % classes
        )

    def having(self, rows: np.ndarray) -> np.ndarray:
        """Return which events have one of these rows, `(events,)` bool."""
        found = np.zeros(len(self.values), bool)
        found[self.event_of[self.event_of.index.isin(rows)].to_numpy()] = True
        return found

    def mean(self, rows: np.ndarray, asked: int = 1) -> Interval:
        """Return the mean outcome of events with one of these rows; it is one of `asked` intervals."""
        inside = self.having(rows)
        spread = float(self.values.std(ddof=1)) if len(self.values) > 1 else math.nan
        found = clustered_mean(self.values[inside], self.cluster[inside], asked, self.widening, spread)
        return self._possible(found, 0.0)

    def difference(self, rows: np.ndarray, asked: int = 1) -> Interval:
        """Return how the mean outcome of events with one of these rows differs from that of the others."""
        found = clustered_difference(self.values, self.having(rows), self.cluster, asked, self.widening)
        return self._possible(found, -1.0)

    def _possible(self, found: Interval, least: float) -> Interval:
        if not self.share:
            return found
        low, high = (float(np.clip(bound, least, 1.0)) for bound in (found.low, found.high))
        return Interval(found.value, low, high)
