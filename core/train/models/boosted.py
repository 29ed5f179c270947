"""Gradient boosting, sized for weak signals; the number of rounds is picked on later inner sessions.

The number with the least loss on the inner validation rows is taken, then all training rows are fitted anew
with that many.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np

from core.jobs import Report
from core.locale import N_
from core.train.models.model import ModelEntry
from core.train.models.sample import Sample

LEAST_ROUNDS, MOST_ROUNDS, PATIENCE = 20, 300, 30
ROUNDS_WITHOUT_VALIDATION = 60
RATE, DEPTH, ROW_SHARE, COLUMN_SHARE, BINS = 0.05, 4, 0.8, 0.3, 63


class Boosted(ABC):
    """What the two have in common: the search for the number of rounds, then a fit of all rows."""

    entry: ClassVar[ModelEntry]
    booster: Any
    classes: int

    @abstractmethod
    def __init__(self, booster: Any, classes: int) -> None:
        """Hold a fitted booster; `classes` is 0 for returns."""

    @classmethod
    def fit(cls, sample: Sample, report: Report) -> Self:
        """Pick the number of rounds, then fit all training rows."""
        rounds = ROUNDS_WITHOUT_VALIDATION
        if len(sample.valid):
            _, rounds = cls._search(sample, cls._progress(report, 0, 0.7, MOST_ROUNDS))
        return cls(cls._grow(sample, rounds, cls._progress(report, 0.7, 1, rounds)), sample.classes)

    @classmethod
    def trial(cls, sample: Sample, report: Report) -> np.ndarray:
        """Fit the `fit` rows and return what the best round predicts of the `valid` rows."""
        booster, rounds = cls._search(sample, cls._progress(report, 0, 1, MOST_ROUNDS))
        fitted = cls(booster, sample.classes)
        return fitted._predictions(fitted._output(sample.X[sample.valid], **cls._first_rounds(rounds)))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities `(n, classes)` or returns `(n,)`."""
        return self._predictions(self._output(X))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.booster, self.classes)  # the lock stays here

    @classmethod
    @abstractmethod
    def defaults(cls, sample: Sample) -> dict[str, float]:
        """Return the value of each hyperparameter where nothing is tuned."""

    @classmethod
    @abstractmethod
    def _search(cls, sample: Sample, progress: Callable[[int], None]) -> tuple[Any, int]:
        """Return a booster of the `fit` rows and its number of rounds with the least loss of the `valid` rows."""

    @classmethod
    @abstractmethod
    def _grow(cls, sample: Sample, rounds: int, progress: Callable[[int], None]) -> Any:
        """Return a booster of all rows."""

    @staticmethod
    @abstractmethod
    def _first_rounds(rounds: int) -> dict[str, Any]:
        """Return the options that predict with the first rounds alone."""

    @abstractmethod
    def _output(self, X: np.ndarray, **options: Any) -> np.ndarray:
        """Return what the booster's own `predict` gives."""

    @abstractmethod
    def _predictions(self, output: np.ndarray) -> np.ndarray:
        """Turn the booster's output into probabilities `(n, classes)` or returns `(n,)`."""

    @classmethod
    def _progress(cls, report: Report, first: float, last: float, total: int) -> Callable[[int], None]:
        def reported(done: int) -> None:
            report(
                first + (last - first) * done / total,
                N_("{model}: round {done} of {total} at most"),
                model=cls.entry.title,
                done=done,
                total=total,
            )

        return reported


def predictions(output: np.ndarray, classes: int, scale: float = 1.0) -> np.ndarray:
    """Turn a booster's output into probabilities `(n, classes)` or returns `(n,)`."""
    output = output.astype(np.float64)
    if classes == 0:
        return output / scale
    return np.column_stack([1 - output, output]) if classes == 2 else output


def columns_and_base(values: np.ndarray, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Part `(n, outputs, columns + 1)` into columns `(n, columns, outputs)` and base `(outputs,)`."""
    values = values.swapaxes(1, 2) / scale
    return values[:, :-1], values[0, -1]
