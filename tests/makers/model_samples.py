"""Small training rows of which the first column tells the outcome."""

from __future__ import annotations

import numpy as np

from core.train.models.sample import Sample

_RNG = np.random.default_rng(0)
X = _RNG.normal(size=(200, 5)).astype(np.float32)
TARGETS = {
    0: 0.01 * X[:, 0] + 0.001 * _RNG.normal(size=200),
    2: (X[:, 0] > 0).astype(float),
    3: np.digitize(X[:, 0], [-0.5, 0.5]).astype(float),
}
FOLDS = tuple((np.arange(k), np.arange(k, k + 40)) for k in (80, 120, 160))


def sample(classes: int, seed: int = 0, valid: bool = True) -> Sample:
    """Return 200 rows of returns (0) or of so many classes, the last 50 for early stopping."""
    fit, later = np.arange(150), np.arange(150, 200) if valid else np.empty(0, int)
    return Sample(X, TARGETS[classes], fit, later, classes, seed)
