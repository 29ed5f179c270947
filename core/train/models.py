"""The three models behind one small interface, and their table."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

import numpy as np

from core.jobs import Report
from core.locale import N_

MEAN = "mean"
SMALL = 5_000_000  # cells of a matrix
TITLES = {
    "rf": N_("Random forest"),
    "xgb": N_("XGBoost"),
    "lgbm": N_("LightGBM"),
    MEAN: N_("Mean of the three models"),
    "majority": N_("Class frequencies"),
    "average": N_("Average return"),
    "table_only": N_("Without headlines"),
}


@dataclass(frozen=True, eq=False)
class Sample:
    """Training rows: `X (n, columns)` float32, `y (n,)` class numbers or returns.

    `fit` and `valid` are positions in them for early stopping (`valid` may be empty); `classes` is the
    number of classes, 0 for returns.
    """

    X: np.ndarray
    y: np.ndarray
    fit: np.ndarray
    valid: np.ndarray
    classes: int
    seed: int

    @property
    def least_in_leaf(self) -> int:
        """The fewest rows of a leaf, less for a small table."""
        return max(3, min(20, len(self.y) // 20))


class Model(Protocol):
    """A fitted model: probabilities `(n, classes)` or returns `(n,)` from a matrix `(n, columns)`."""

    file: ClassVar[str]
    size: int

    @property
    def margins(self) -> bool:
        """Whether `contributions` are margins (log-odds), not in the unit of `predict`."""

    @classmethod
    def fit(cls, sample: Sample, report: Report) -> Self:
        """Fit on training rows; stops where `report` raises."""

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities `(n, classes)` or returns `(n,)`."""

    def contributions(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return SHAP values `(n, columns, outputs)` and their base `(outputs,)`, which add up per output.

        Margins have one output (the log-odds of the second class) for two classes, else one per class.
        """

    def to_bytes(self) -> bytes:
        """Return the model in its native format."""

    @classmethod
    def from_bytes(cls, data: bytes, classes: int) -> Self:
        """Read the model from its native format."""


def models() -> dict[str, type[Model]]:
    """Return the models by name, in the order in which they are shown."""
    from core.train.boosted import LightGBM, XGBoost
    from core.train.forest import Forest

    return {"rf": Forest, "xgb": XGBoost, "lgbm": LightGBM}


def threads(X: np.ndarray) -> int:
    """Return the threads for boosting: one for a small matrix, where more wait for each other."""
    return 1 if X.size < SMALL else cores()


def cores() -> int:
    """Return the number of processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
