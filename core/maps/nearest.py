"""The nearest neighbours of every vector, exactly, in parts that can be reported and stopped between."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_AT_ONCE = 1_000  # vectors whose neighbours are looked for in one go


def nearest(
    vectors: np.ndarray, count: int, progress: Callable[[float], None]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the `count` nearest other vectors of each of `vectors (n, dim)`, the nearest first.

    Numbers `(n, count)` int64 and Euclidean distances `(n, count)` float32; `count` is at most n - 1. `progress` is
    told the share that is done.
    """
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=count + 1, algorithm="brute").fit(vectors)
    numbers = np.empty((len(vectors), count), np.int64)
    distances = np.empty((len(vectors), count), np.float32)
    for start in range(0, len(vectors), _AT_ONCE):
        progress(start / len(vectors))
        rows = np.arange(start, min(start + _AT_ONCE, len(vectors)))
        found_distances, found = search.kneighbors(vectors[rows])
        itself = found == rows[:, None]
        itself[~itself.any(axis=1), -1] = True  # more than `count` others have its place
        numbers[rows] = found[~itself].reshape(len(rows), count)
        distances[rows] = found_distances[~itself].reshape(len(rows), count)
    return numbers, distances
