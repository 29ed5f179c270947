"""Made-up vectors."""

from __future__ import annotations

import numpy as np


def clusters(count: int = 60, dim: int = 16, seed: int = 0) -> np.ndarray:
    """Two clouds of vectors far apart, half of the rows in each."""
    rng = np.random.default_rng(seed)
    centres = np.repeat(np.array([[5.0], [-5.0]]) * np.ones(dim), count // 2, axis=0)
    return (centres + rng.normal(size=(count, dim))).astype(np.float32)
