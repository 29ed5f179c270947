"""How far a prediction can be believed: what followed predictions like it on rows that the models had not learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.bootstrap import LEVEL
from core.evaluate.coverage import realised_coverage
from core.evaluate.event_outcomes import EventOutcomes
from core.evaluate.predictions import MEAN
from core.explain import explained_class
from core.train.run import Run

LIKE = 0.2  # of the tested rows, that count as like a prediction
CENTRES = 51  # predictions whose intervals are made beforehand


@dataclass(frozen=True, eq=False)
class Intervals:
    """What followed predictions like a prediction of the ensemble, or how far from it the outcome was.

    Of a class: `observed (centres,)` is how often it happened after the fifth of all out-of-sample predictions that is
    nearest to `centres (centres,)`, ascending, and `ends (centres, 2)` its interval at `level`, clustered by blocks of
    sessions; `rows` is the size of that fifth. Of a return: outcomes kept within `half_width` of the prediction in
    `level` of cases (see `realised_coverage`), and there are no centres.
    """

    level: float
    centres: np.ndarray
    observed: np.ndarray
    ends: np.ndarray
    rows: int = 0
    half_width: float = np.nan

    @classmethod
    def of(cls, run: Run, data: Dataset, explained: int = -1) -> Intervals | None:
        """Learn from the run's out-of-sample predictions; None where there are too few.

        So it is where a verdict on the run is withheld as well: its predictions look surer than they are. `explained`
        is the number of the class.
        """
        if run.withheld or not len(run.predictions):
            return None
        if not run.classes:
            return cls._of_returns(run, data)
        made, number = run.predictions, explained_class(run, explained)
        rows = made.positions(data)
        outcomes = EventOutcomes.of(data, rows, made.outcome, run.settings.horizon, number)
        found = local_shares(made[MEAN][:, number], rows, outcomes)
        return found if np.isfinite(found.ends).any() else None

    @classmethod
    def _of_returns(cls, run: Run, data: Dataset) -> Intervals | None:
        covered = realised_coverage(run.predictions, data, run.settings.evaluation)
        if isinstance(covered, Message) or not np.isfinite(covered.half_width):
            return None
        none = np.empty(0)
        return cls(covered.level, none, none, np.empty((0, 2)), half_width=covered.half_width)

    def at(self, values: np.ndarray) -> np.ndarray:
        """Return the ends `(n, 2)` of the intervals of predictions `(n,)`: shares of a class, or returns."""
        if not len(self.centres):
            return np.asarray(values)[:, None] + [[-self.half_width, self.half_width]]
        result: np.ndarray = self.ends[self._place(values)]
        return result

    def seen(self, value: float) -> float:
        """Return how often the class happened after predictions like this one; NaN for returns."""
        return float(self.observed[self._place(np.array([value]))[0]]) if len(self.centres) else np.nan

    def _place(self, values: np.ndarray) -> np.ndarray:
        middles = (self.centres[1:] + self.centres[:-1]) / 2
        return np.searchsorted(middles, values)


def local_shares(predicted: np.ndarray, rows: np.ndarray, outcomes: EventOutcomes) -> Intervals:
    """Return how often a class happened after predictions `(n,)` of rows at these positions `(n,)`, near each centre.

    A nearest-neighbour estimate of the calibration curve with cluster-robust intervals; rows of one event count once.
    """
    known = np.isfinite(predicted) & np.isin(rows, outcomes.event_of.index)
    order = np.argsort(predicted[known], kind="stable")
    value, rows = predicted[known][order], rows[known][order]
    size = max(round(LIKE * len(value)), 1)
    at = np.unique(np.linspace(0, max(len(value) - 1, 0), CENTRES).round().astype(int))[: len(value)]
    first = np.clip(at - size // 2, 0, len(value) - size)
    found = [outcomes.mean(rows[start : start + size]) for start in first]
    ends = np.array([(one.low, one.high) for one in found]).reshape(-1, 2)
    return Intervals(LEVEL, value[at], np.array([one.value for one in found]), ends, size)
