"""Random forest, bounded so that its exact SHAP values take milliseconds a row.

The cost of TreeSHAP grows with trees x leaves x depth squared (Lundberg et al., "From local explanations to
global understanding with explainable AI for trees", 2020).
"""

from __future__ import annotations

import math
import threading
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from core.jobs import Report
from core.locale import N_
from core.train.models.model import Hyperparameter, ModelEntry, hyperparameters_of
from core.train.models.parallel import cores
from core.train.models.sample import Sample

TREES, BATCH = 200, 25
TRIAL_TREES = 50
TRUSTED = ["sklearn.tree._tree.Tree"]


class Forest:
    """A scikit-learn random forest of bounded trees."""

    entry: ClassVar[ModelEntry] = ModelEntry(
        key="rf",
        title=N_("Random forest"),
        short="RF",
        counts=N_("trees"),
        file="rf.skops",
        colour=0,
        cost=4.0,
        libraries=("sklearn.ensemble",),
        greedy=True,
        hyperparameters=(
            Hyperparameter("max_depth", 3, 12, whole=True),
            Hyperparameter("max_leaf_nodes", 16, 128, log=True, whole=True),
            Hyperparameter("min_samples_leaf", 5, 50, log=True, whole=True),
            Hyperparameter("max_samples", 0.2, 0.8),
            Hyperparameter("root_features", 0.4, 3.0, log=True),  # columns tried at a node, in roots of all
        ),
    )
    margins: ClassVar[bool] = False

    def __init__(self, estimator: Any, classes: int) -> None:
        self.estimator, self.classes = estimator, classes
        self.estimator.set_params(n_jobs=1)  # what is saved does not depend on this machine's cores
        self.size = len(estimator.estimators_)
        self._lock = threading.Lock()  # sessions share a run, and an explainer changes while it explains

    @classmethod
    def defaults(cls, sample: Sample) -> dict[str, float]:
        """Return the value of each hyperparameter where nothing is tuned."""
        return {
            "max_depth": 8,
            "max_leaf_nodes": 64,
            "min_samples_leaf": min(5, sample.least_in_leaf),
            "max_samples": 0.5,
            "root_features": 1.0,
        }

    @classmethod
    def fit(cls, sample: Sample, report: Report) -> Self:
        """Grow the forest in batches of trees, so that it can be cancelled between them."""
        return cls._grow(sample, TREES, report)

    @classmethod
    def trial(cls, sample: Sample, report: Report) -> np.ndarray:
        """Grow a smaller forest on the `fit` rows and return what it predicts of the `valid` rows."""
        return cls._grow(sample.take(sample.fit), TRIAL_TREES, report).predict(sample.X[sample.valid])

    @classmethod
    def _grow(cls, sample: Sample, count: int, report: Report) -> Self:
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        chosen = hyperparameters_of(cls, sample)
        columns = sample.X.shape[1]
        tried = int(chosen.pop("root_features") * math.sqrt(columns))
        estimator = (RandomForestClassifier if sample.classes else RandomForestRegressor)(
            **chosen,
            max_features=min(max(tried, 1), columns),
            warm_start=True,
            n_jobs=sample.threads or cores(),
            random_state=sample.seed,
        )
        for trees in range(BATCH, count + 1, BATCH):
            estimator.set_params(n_estimators=trees).fit(sample.X, sample.y, sample.row_weight)
            report(
                trees / count,
                N_("Random forest: {done} of {total} trees"),
                done=trees,
                total=count,
            )
        estimator._sample_weight = None  # one number per training row, of no use once fitted
        return cls(estimator, sample.classes)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities `(n, classes)` or returns `(n,)`."""
        means = self._mean_of_trees(np.asarray(X, np.float32))
        if not self.classes:
            return means[:, 0]
        seen = self.estimator.classes_.astype(int)
        if len(seen) == self.classes:
            return means
        p = np.zeros((len(X), self.classes))  # a class that no row of an early fold is of
        p[:, seen] = means
        return p

    def _mean_of_trees(self, X: np.ndarray) -> np.ndarray:
        """Return the mean of what the trees' leaves hold, `(n, outputs)`: scikit-learn's own numbers.

        Its `predict` hands each tree to joblib, which takes 25 ms however few the rows are; this takes 2. Raises
        `ValueError` where a cell is not finite, as that one does.
        """
        from sklearn.utils import assert_all_finite

        assert_all_finite(X)
        trees = [grown.tree_ for grown in self.estimator.estimators_]
        total = np.zeros((len(X), trees[0].value.shape[2]))
        for tree in trees:
            total += tree.predict(X)
        return total / len(trees)

    def contributions(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return SHAP values `(n, columns, outputs)` and base `(outputs,)`, in probability or return."""
        with self._lock:
            values = np.asarray(self._explainer.shap_values(X, check_additivity=False))
            return values.reshape(*X.shape, -1), np.atleast_1d(self._explainer.expected_value)

    @cached_property
    def _explainer(self) -> Any:
        from shap import TreeExplainer

        return TreeExplainer(self.estimator)

    def to_bytes(self) -> bytes:
        """Return the forest in the skops format."""
        import skops.io

        return bytes(skops.io.dumps(self.estimator))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.estimator, self.classes)  # the lock stays here

    @classmethod
    def from_bytes(cls, data: bytes, classes: int) -> Self:
        """Read the forest, trusting no type but the one of a tree."""
        import skops.io

        return cls(skops.io.loads(data, trusted=TRUSTED), classes)
