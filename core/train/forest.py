"""Random forest, bounded so that its exact SHAP values take milliseconds a row.

The cost of TreeSHAP grows with trees x leaves x depth squared (Lundberg et al., "From local explanations to
global understanding with explainable AI for trees", 2020).
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from core.jobs import Report
from core.locale import N_
from core.train.models import Sample, cores

TREES, BATCH = 200, 25
TRUSTED = ["sklearn.tree._tree.Tree"]


class Forest:
    """A scikit-learn random forest of bounded trees."""

    file: ClassVar[str] = "rf.skops"
    margins = False

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator
        self.estimator.set_params(n_jobs=1)  # fast for few rows, and sums the trees in a fixed order
        self.size = len(estimator.estimators_)
        self._lock = threading.Lock()  # sessions share a run, and an explainer changes while it explains

    @classmethod
    def fit(cls, sample: Sample, report: Report) -> Self:
        """Grow the forest in batches of trees, so that it can be cancelled between them."""
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        estimator = (RandomForestClassifier if sample.classes else RandomForestRegressor)(
            max_depth=8,
            max_leaf_nodes=64,
            min_samples_leaf=min(5, sample.least_in_leaf),
            max_features="sqrt",
            max_samples=0.5,
            warm_start=True,
            n_jobs=cores(),
            random_state=sample.seed,
        )
        for trees in range(BATCH, TREES + 1, BATCH):
            estimator.set_params(n_estimators=trees).fit(sample.X, sample.y)
            report(
                trees / TREES,
                N_("Random forest: {done} of {total} trees"),
                done=trees,
                total=TREES,
            )
        return cls(estimator)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities `(n, classes)` or returns `(n,)`."""
        return getattr(self.estimator, "predict_proba", self.estimator.predict)(X)

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

        return skops.io.dumps(self.estimator)

    @classmethod
    def from_bytes(cls, data: bytes, classes: int) -> Self:
        """Read the forest, trusting no type but the one of a tree."""
        import skops.io

        return cls(skops.io.loads(data, trusted=TRUSTED))
