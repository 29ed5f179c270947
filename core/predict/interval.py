"""How far a prediction can be believed: what followed predictions like it on rows that the models had not learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.train.run import Run


@dataclass(frozen=True, eq=False)
class Intervals:
    """Makes the interval of a prediction of the ensemble; made once per run and class by `of`."""

    @classmethod
    def of(cls, run: Run, data: Dataset, explained: int = -1) -> Intervals | None:
        """Learn from the run's out-of-sample predictions; None where they are too few or sealed."""
        return None

    def at(self, values: np.ndarray) -> np.ndarray:
        """Return the ends `(n, 2)` of the intervals of predictions `(n,)`: shares of a class, or returns."""
        raise NotImplementedError
