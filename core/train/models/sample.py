"""Training rows as every model takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

Fold = tuple[np.ndarray, np.ndarray]
Parameters = Mapping[str, Mapping[str, float]]  # model -> hyperparameter -> value


@dataclass(frozen=True, eq=False)
class Sample:
    """Training rows: `X (n, columns)` float32, `y (n,)` class numbers or returns.

    `fit` and `valid` are positions in them for early stopping (`valid` may be empty); `classes` is the
    number of classes, 0 for returns. `weight (n,)` is how much each row counts (None: all the same), and
    `class_weight` "balanced" lets every class count the same. `folds` are positions to fit and to predict,
    earlier first, for stacking and tuning. `parameters` replace a model's default hyperparameters. `threads`
    are those that a model may use, 0 for as many as are worth it. `models` are the keys of those to fit, all where
    none is named.

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
    models: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.class_weight not in ("none", "balanced"):
            raise ValueError(f"class_weight is {self.class_weight!r}, but must be 'none' or 'balanced'")
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
        return np.asarray(weight / weight.mean())

    def weight_of(self, rows: np.ndarray | slice) -> np.ndarray | None:
        """Return the weights of some rows with a mean of 1 among them."""
        if self.row_weight is None:
            return None
        weight = self.row_weight[rows]
        return weight / weight.mean() if weight.any() else np.ones(len(weight))

    def take(self, rows: np.ndarray, fold: Fold | None = None) -> Sample:
        """Return the sample of some rows; `fold` are positions in this one for its early stopping."""
        place = np.full(len(self.y), -1)
        place[rows] = np.arange(len(rows))
        fit, valid = (place[part][place[part] >= 0] for part in fold or (rows, rows[:0]))
        weight = None if self.weight is None else self.weight[rows]
        return replace(self, X=self.X[rows], y=self.y[rows], fit=fit, valid=valid, weight=weight, folds=())
