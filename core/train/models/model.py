"""The three models behind one small interface, and their table."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Protocol, Self

import numpy as np

from core.jobs import Report
from core.locale import N_

MEAN, RANK_MEAN, STACK = "mean", "rank_mean", "stack"
SMALL = 5_000_000  # cells of a matrix
TITLES = {
    "rf": N_("Random forest"),
    "xgb": N_("XGBoost"),
    "lgbm": N_("LightGBM"),
    MEAN: N_("Mean of the three models"),
    RANK_MEAN: N_("Mean rank of the three models"),
    STACK: N_("Stack of the three models"),
    "majority": N_("Class frequencies"),
    "average": N_("Average return"),
    "table_only": N_("Without headlines"),
    "outlet_only": N_("Outlet alone"),
    "tfidf_linear": N_("Characters (TF-IDF), linear"),
    "encoder_linear": N_("Encoder, linear"),
    "shuffled": N_("Shuffled headlines"),
}

Fold = tuple[np.ndarray, np.ndarray]
Parameters = Mapping[str, Mapping[str, float]]  # model -> knob -> value


@dataclass(frozen=True, eq=False)
class Sample:
    """Training rows: `X (n, columns)` float32, `y (n,)` class numbers or returns.

    `fit` and `valid` are positions in them for early stopping (`valid` may be empty); `classes` is the
    number of classes, 0 for returns. `weight (n,)` is how much each row counts (None: all the same), and
    `class_weight` "balanced" lets every class count the same. `folds` are positions to fit and to predict,
    earlier first, for stacking and tuning. `parameters` replace a model's own (see its `knobs`). `threads`
    are those that a model may use, 0 for as many as are worth it.

    Raises `ValueError` for weights that are not finite, negative, all zero or not one per row.
    """

    X: np.ndarray
    y: np.ndarray
    fit: np.ndarray
    valid: np.ndarray
    classes: int
    seed: int
    weight: np.ndarray | None = None
    class_weight: str = "none"
    folds: tuple[Fold, ...] = ()
    parameters: Parameters = field(default_factory=dict)
    threads: int = 0

    def __post_init__(self) -> None:
        if self.class_weight not in ("none", "balanced"):
            raise ValueError(f"class_weight is {self.class_weight!r}, but must be 'none' or 'balanced'")
        if unknown := set(self.parameters) - {"rf", "xgb", "lgbm"}:
            raise ValueError(f"parameters of unknown models: {sorted(unknown)}")
        if self.weight is None:
            return
        if self.weight.shape != self.y.shape:
            raise ValueError(f"weights of shape {self.weight.shape} for outcomes of shape {self.y.shape}")
        if not np.isfinite(self.weight).all() or (self.weight < 0).any() or not self.weight.any():
            raise ValueError("weights must be finite, none below 0 and at least one above it")

    @property
    def least_in_leaf(self) -> int:
        """The fewest rows of a leaf, less for a small table."""
        return max(3, min(20, len(self.y) // 20))

    @cached_property
    def row_weight(self) -> np.ndarray | None:
        """What the models weigh each row with, `(n,)` with mean 1; None where all count the same.

        Balanced classes weigh n / (k n_c) times the row's weight, n_c being the weight of all rows of the
        class (King & Zeng, "Logistic regression in rare events data", 2001).
        """
        balanced = self.class_weight == "balanced" and self.classes > 0
        if self.weight is None and not balanced:
            return None
        weight = np.ones(len(self.y)) if self.weight is None else self.weight.astype(np.float64)
        if balanced:
            code = self.y.astype(int)
            mass = np.bincount(code, weight, minlength=self.classes)
            weight = weight / np.where(mass > 0, mass, 1)[code]
        return weight / weight.mean()

    def weight_of(self, rows: np.ndarray | slice) -> np.ndarray | None:
        """Return the weights of some rows with a mean of 1 among them."""
        if self.row_weight is None:
            return None
        weight = self.row_weight[rows]
        return weight / weight.mean() if weight.any() else np.ones(len(weight))

    def rows(self, rows: np.ndarray, fold: Fold | None = None) -> Sample:
        """Return the sample of some rows; `fold` are positions in this one for its early stopping."""
        place = np.full(len(self.y), -1)
        place[rows] = np.arange(len(rows))
        fit, valid = (place[part][place[part] >= 0] for part in fold or (rows, rows[:0]))
        weight = None if self.weight is None else self.weight[rows]
        return replace(self, X=self.X[rows], y=self.y[rows], fit=fit, valid=valid, weight=weight, folds=())


@dataclass(frozen=True)
class Knob:
    """A parameter of a model that may be tuned, and the range (both ends included) that it must keep to."""

    name: str
    low: float
    high: float
    log: bool = False
    whole: bool = False


class Model(Protocol):
    """A fitted model: probabilities `(n, classes)` or returns `(n,)` from a matrix `(n, columns)`."""

    name: ClassVar[str]
    file: ClassVar[str]
    knobs: ClassVar[tuple[Knob, ...]]
    size: int

    @property
    def margins(self) -> bool:
        """Whether `contributions` are margins (log-odds), not in the unit of `predict`."""

    @classmethod
    def defaults(cls, sample: Sample) -> dict[str, float]:
        """Return the value of each knob where nothing is tuned."""

    @classmethod
    def fit(cls, sample: Sample, report: Report) -> Self:
        """Fit on training rows; stops where `report` raises."""

    @classmethod
    def trial(cls, sample: Sample, report: Report) -> np.ndarray:
        """Fit on the `fit` rows, stopping early on the `valid` rows, and return what is predicted of these."""

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
    from core.train.models.forest import Forest
    from core.train.models.lightgbm_model import LightGBM
    from core.train.models.xgboost_model import XGBoost

    return {"rf": Forest, "xgb": XGBoost, "lgbm": LightGBM}


def import_libraries() -> None:
    """Import what the models are made with, before several threads do: one may see the other's half a module."""
    import lightgbm  # noqa: F401
    import sklearn.ensemble  # noqa: F401
    import xgboost  # noqa: F401


def settled(kind: type[Model], sample: Sample) -> dict[str, float]:
    """Return the value of each of a model's knobs: the sample's, else the default.

    Raises `ValueError` for a knob that the model has not, and for a value outside its range.
    """
    chosen = sample.parameters.get(kind.name, {})
    knobs = {knob.name: knob for knob in kind.knobs}
    for name, value in chosen.items():
        if name not in knobs:
            raise ValueError(f"{kind.name} has no parameter {name!r}, only {', '.join(knobs)}")
        knob = knobs[name]
        if not knob.low <= value <= knob.high:
            raise ValueError(f"{kind.name} {name} is {value}, but must lie in {knob.low} to {knob.high}")
    whole = {name: int(value) for name, value in chosen.items() if knobs[name].whole}
    return kind.defaults(sample) | dict(chosen) | whole


def threads(X: np.ndarray) -> int:
    """Return the threads for boosting: one for a small matrix, where more wait for each other."""
    return 1 if X.size < SMALL else cores()


def cores() -> int:
    """Return the number of processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
