"""The random forest as XGBoost grows one: its rows may lie in partitions on several machines.

One round of as many trees as the ordinary forest has, side by side and none learning from another, each on a part of
the rows, with a part of the columns at a node (Breiman, "Random forests", 2001). Classes are regressed as indicators,
so that a leaf holds the share of each class among its rows, which is what scikit-learn's trees hold; three or more have
trees of their own, and what their shares lack of 1 in sum is divided evenly among them. Other than those forests, it
tells 63 values of a column apart and draws rows without putting them back.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np

from core.jobs import Report
from core.train.models import boosted, forest
from core.train.models.forest import Forest
from core.train.models.model import ModelEntry
from core.train.models.parallel import threads
from core.train.models.sample import Sample
from core.train.models.xgboost_model import PERCENT, XGBoost

LEVELS, LEAVES, ROW_SHARE = 8, 64, 0.5  # as of the ordinary forest


class HistogramForest:
    """A random forest of XGBoost trees."""

    entry: ClassVar[ModelEntry] = replace(
        Forest.entry, file="rf.ubj", libraries=("xgboost",), hyperparameters=()
    )
    margins: ClassVar[bool] = False

    def __init__(self, booster: Any, classes: int) -> None:
        self._trees, self.classes = XGBoost(booster, 0), classes
        gradient = json.loads(booster.save_config())["learner"]["gradient_booster"]
        self.size = int(gradient["gbtree_model_param"]["num_trees"]) // outputs(classes)

    @classmethod
    def defaults(cls, sample: Sample) -> dict[str, float]:
        """Return nothing: none of its parameters is tuned."""
        return {}

    @classmethod
    def fit(cls, sample: Sample, report: Report) -> Self:
        """Grow the forest on rows that are in one place."""
        import xgboost

        matrix = xgboost.QuantileDMatrix(
            sample.X, label=targets(sample), weight=sample.row_weight, max_bin=boosted.BINS
        )
        chosen = parameters(sample, sample.X.shape[1])
        return cls(xgboost.train(chosen | {"nthread": threads(sample.X)}, matrix, 1), sample.classes)

    @classmethod
    def trial(cls, sample: Sample, report: Report) -> np.ndarray:
        """Grow it on the `fit` rows and return what it predicts of the `valid` rows."""
        return cls.fit(sample.take(sample.fit), report).predict(sample.X[sample.valid])

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities `(n, classes)` or returns `(n,)`."""
        return self._of_outputs(self._trees.predict(X))

    def _of_outputs(self, values: np.ndarray) -> np.ndarray:
        if not self.classes:
            return values
        shares = values * PERCENT
        if self.classes == 2:
            shares = np.column_stack([1 - shares, shares])
        else:
            shares = shares - (shares.sum(axis=1, keepdims=True) - 1) / self.classes
        shares = np.clip(shares, 0, 1)
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    def contributions(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return SHAP values `(n, columns, outputs)` and base `(outputs,)`, in probability or return."""
        values, base = self._trees.contributions(X)
        if not self.classes:
            return values, base
        values, base = values * PERCENT, base * PERCENT
        if self.classes == 2:
            return np.concatenate([-values, values], axis=2), np.concatenate([1 - base, base])
        return values - values.mean(axis=2, keepdims=True), base - (base.sum() - 1) / self.classes

    def to_bytes(self) -> bytes:
        """Return the trees as UBJSON."""
        return self._trees.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes, classes: int) -> Self:
        """Read the trees from UBJSON."""
        return cls(XGBoost.from_bytes(data, 0).booster, classes)


def outputs(classes: int) -> int:
    """Return how many numbers a forest predicts: a return, the share of the second of two classes, or of each."""
    return 1 if classes < 3 else classes


def targets(sample: Sample) -> np.ndarray:
    """Return what the trees are fitted to, `(n,)`, or `(n, classes)` indicators of three classes or more."""
    if not sample.classes:
        return np.asarray(sample.y * PERCENT)
    return np.eye(sample.classes)[sample.y.astype(int)] if sample.classes > 2 else sample.y


def parameters(sample: Sample, columns: int) -> dict[str, Any]:
    """Return XGBoost's parameters of a forest for rows of so many columns."""
    return {
        "objective": "reg:squarederror",
        "num_parallel_tree": forest.TREES,
        "learning_rate": 1.0,
        "reg_lambda": 0.0,
        "max_depth": LEVELS,
        "max_leaves": LEAVES,
        "grow_policy": "lossguide",
        "min_child_weight": min(5, sample.least_in_leaf),
        "subsample": ROW_SHARE,
        "colsample_bynode": max(int(math.sqrt(columns)), 1) / columns,
        "tree_method": "hist",
        "max_bin": boosted.BINS,
        "seed": sample.seed,
    }
