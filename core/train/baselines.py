"""What a model has to beat: knowing nothing, and knowing the table without the headlines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.jobs import Report
from core.train.ensemble import Ensemble
from core.train.models import MEAN, Sample


def know_nothing(y: np.ndarray, classes: int, rows: int) -> tuple[str, np.ndarray]:
    """Return the name and the constant prediction of `rows` rows: class frequencies or the average return.

    `y (n,)` are the training outcomes.
    """
    if classes:
        shares = np.bincount(y.astype(int), minlength=classes) / len(y)
        return "majority", np.tile(shares, (rows, 1))
    return "average", np.full(rows, y.mean())


def table_only(sample: Sample, X_test: np.ndarray, dim: int, report: Report) -> np.ndarray:
    """Return the mean prediction of the three models without the first `dim` columns, the headline's."""
    ensemble = Ensemble.fit(replace(sample, X=sample.X[:, dim:]), report)
    return ensemble.predict(X_test[:, dim:])[MEAN]
