"""How near two headlines of a table are by chance: what a similarity is held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset

PAIRS = 10_000
LEVEL = 0.975  # of the random pairs, that a precedent has to be nearer than
MOST = 0.999  # the highest share that so many pairs can tell


@dataclass(frozen=True, eq=False)
class Background:
    """The cosines of random pairs of different stories, `(pairs,)`, sorted; empty where there are no two stories.

    Vectors of an encoder lie in a narrow cone, so that two headlines which have nothing in common still have a
    cosine of 0.8 or more: a similarity says something only beside those of such pairs.
    """

    cosines: np.ndarray

    def share(self, cosine: float) -> float:
        """Return the share of random pairs that are less similar than this, at most `MOST`; 0 without pairs."""
        if not len(self.cosines):
            return 0.0
        return min(float(np.searchsorted(self.cosines, cosine, "left") / len(self.cosines)), MOST)

    def near(self, cosines: np.ndarray) -> np.ndarray:
        """Say which cosines `(n,)` are those of precedents: above the share `LEVEL` of the random pairs, `(n,)` bool."""
        below = np.searchsorted(self.cosines, cosines, "left")
        return np.asarray(below >= LEVEL * len(self.cosines)) & bool(len(self.cosines))


def background(data: Dataset, vectors: np.ndarray, seed: int = 0) -> Background:
    """Draw up to `PAIRS` pairs of rows of different stories; `vectors (rows, dim)` are the table's.

    The same seed draws the same pairs. Outcomes are not read.
    """
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, max(len(data), 1), (2, PAIRS))
    if not len(data):
        return Background(np.empty(0))
    story = data.frame["story"].to_numpy()
    apart = story[one] != story[other]
    one, other = vectors[one[apart]], vectors[other[apart]]
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosines = np.einsum("pd,pd->p", one, other) / np.maximum(lengths, 1e-12)
    return Background(np.sort(cosines[np.isfinite(cosines)]))
