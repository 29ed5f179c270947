"""Principal components that stand for a vector, scaled as one block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Components:
    """The principal components of the training vectors, as a block of columns.

    The scores are divided by the square root of the first eigenvalue, as in multiple factor analysis (Escofier
    & Pagès, "Multiple factor analysis", 1994; Abdi, Williams & Valentin, 2013): the first component has a
    variance of 1 and every later one less, so that the whole block weighs about as much as one standardised
    feature, and not 768 times as much, in a model that adds up columns (linear, ridge, nearest neighbours).
    A tree does not see this scaling, for it splits each column by order alone. What it sees is the number of
    columns: where a split looks at a sample of the columns (the forest's `max_features`, boosting's
    `colsample`), fewer components give the other features more turns.
    """

    mean: np.ndarray  # (dim,) float32
    axes: np.ndarray  # (components, dim) float32, divided by the square root of the first eigenvalue
    shares: np.ndarray  # (components,) of the variance of the training vectors

    @classmethod
    def fit(cls, vectors: np.ndarray, components: int, seed: int) -> Components:
        """Find the components of training vectors `(n, dim)`, no more than they have rows or numbers.

        By randomised singular value decomposition (Halko, Martinsson & Tropp, "Finding structure with
        randomness", 2011).
        """
        from sklearn.decomposition import PCA

        found = PCA(min(components, *vectors.shape), svd_solver="randomized", random_state=seed)
        with np.errstate(invalid="ignore"):  # vectors that never vary have no shares
            found.fit(np.asarray(vectors, np.float32))
        variance = found.explained_variance_
        scale = np.sqrt(variance[0]) if variance[0] > 0 else 1.0
        return cls(
            mean=found.mean_.astype(np.float32),
            axes=(found.components_ / scale).astype(np.float32),
            shares=np.nan_to_num(found.explained_variance_ratio_),
        )

    def scores(self, vectors: np.ndarray) -> np.ndarray:
        """Return the components of vectors `(n, dim)`, `(n, components)` float32."""
        return np.asarray((np.asarray(vectors, np.float32) - self.mean) @ self.axes.T)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays."""
        return {"mean": self.mean, "axes": self.axes, "shares": self.shares}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Components:
        """Make what `to_arrays` took apart."""
        return cls(arrays["mean"], arrays["axes"], arrays["shares"])
