"""The nearest neighbours of every vector, exactly, in parts that can be reported and stopped between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.maps.settings import COSINE, DOT, EUCLIDEAN, MANHATTAN

_AT_ONCE = 1_000  # vectors whose neighbours are looked for in one go
_AT_ONCE_BY_SUM = 100
_PAIR_SECONDS = (
    4e-9  # of a pair of vectors; and of each of their numbers, by the sum of differences and else:
)
_BY_SUM_SECONDS, _NUMBER_SECONDS = 1e-9, 1e-10

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Search:
    """Vectors `(n, dim)` whose neighbours are looked for by a metric; `seconds` is about how long that takes."""

    vectors: np.ndarray
    metric: str = EUCLIDEAN

    def __call__(self, count: int, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
        """Return the `count` nearest of each vector, as `nearest` does."""
        return nearest(self.vectors, count, progress, self.metric)

    @property
    def seconds(self) -> float:
        """About how long the search takes, measured on two cores."""
        count, dim = self.vectors.shape
        number = _BY_SUM_SECONDS if self.metric == MANHATTAN else _NUMBER_SECONDS
        return float(count**2 * (_PAIR_SECONDS + dim * number))


def nearest(
    vectors: np.ndarray, count: int, progress: Progress, metric: str = EUCLIDEAN
) -> tuple[np.ndarray, np.ndarray]:
    """Return the `count` nearest other vectors of each of `vectors (n, dim)` by a metric of `METRICS`, nearest first.

    Numbers `(n, count)` int64 and distances `(n, count)` float32; `count` is at most n - 1. The distances of the cosine
    are those of vectors of length 1; those of the dot product are sqrt(|q|² + M² - 2 q·x) with the greatest length M,
    which are the smaller the larger the product is (`_with_lengths`). `progress` is told the share that is done.
    """
    from sklearn.neighbors import NearestNeighbors

    known, asked = _with_lengths(vectors) if metric == DOT else (_scaled(vectors, metric),) * 2
    by_sum = metric == MANHATTAN
    search = NearestNeighbors(
        n_neighbors=count + 1, algorithm="brute", metric=MANHATTAN if by_sum else EUCLIDEAN
    ).fit(known)
    numbers = np.empty((len(vectors), count), np.int64)
    distances = np.empty((len(vectors), count), np.float32)
    step = _AT_ONCE_BY_SUM if by_sum else _AT_ONCE
    for start in range(0, len(vectors), step):
        progress(start / len(vectors))
        rows = np.arange(start, min(start + step, len(vectors)))
        found_distances, found = search.kneighbors(asked[rows])
        itself = found == rows[:, None]
        itself[~itself.any(axis=1), -1] = True  # more than `count` others have its place
        numbers[rows] = found[~itself].reshape(len(rows), count)
        distances[rows] = found_distances[~itself].reshape(len(rows), count)
    return numbers, distances


def unit(vectors: np.ndarray) -> np.ndarray:
    """Return the vectors `(n, dim)` at length 1; a vector of zeros stays one."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1))


def distinct_rows(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the different rows in order of appearance, and each row's number among them, `(n,)`."""
    vectors = np.ascontiguousarray(vectors)
    number: dict[bytes, int] = {}
    rows = np.fromiter((number.setdefault(v.tobytes(), len(number)) for v in vectors), np.int64, len(vectors))
    first = np.full(len(number), len(vectors))
    np.minimum.at(first, rows, np.arange(len(vectors)))
    return first, rows


def _scaled(vectors: np.ndarray, metric: str) -> np.ndarray:
    return unit(vectors) if metric == COSINE else vectors


def _with_lengths(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return vectors, and queries, whose Euclidean distances put each query's largest dot products first.

    A further number makes the vectors all as long as the longest (Bachrach et al., "Speeding up the Xbox recommender
    system using a Euclidean transformation for inner-product spaces", RecSys 2014); it is 0 in a query. In t-SNE, whose
    weights depend on a query's squared distances up to a constant, they become a softmax of the dot products.
    """
    squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    rest = np.sqrt(squares.max() - squares).astype(vectors.dtype)
    return np.column_stack([vectors, rest]), np.column_stack([vectors, np.zeros_like(rest)])
