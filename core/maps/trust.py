"""How far a map may be trusted: how much of the vectors' neighbourhoods two or three coordinates can show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.maps.nearest import distinct_rows, nearest, unit
from core.maps.settings import COSINE, DOT, MANHATTAN

NEIGHBOURS = 10
FEWEST = 2 * NEIGHBOURS + 1  # different vectors: with fewer, the ten nearest are half of all
MOST = 5_000  # different vectors that are compared, drawn at random from more
_AT_ONCE = 250


@dataclass(frozen=True)
class Trust:
    """How well the ten nearest on a map agree with the ten nearest by the vectors.

    `trustworthiness` is 1 where all who lie next to a headline on the map are its nearest by the vectors, and about 0.5
    on a map at random; `kept` is the share of a headline's ten nearest by the vectors that are among its ten nearest on
    the map. Both are of `rows` different vectors, and NaN for fewer than `FEWEST`.
    """

    trustworthiness: float
    kept: float
    rows: int


def trust(
    vectors: np.ndarray,
    places: np.ndarray,
    metric: str = COSINE,
    seed: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> Trust:
    """Compare a map's `places (rows, d)` with its `vectors (rows, dim)`, similar by a metric of `METRICS`.

    Trustworthiness is T(k) = 1 - 2 / (n k (2n - 3k - 1)) Σ_i Σ_j (r(i, j) - k) over the k = 10 nearest j on the map that
    are not among the k nearest by the vectors, r(i, j) being j's rank among all others there (Venna & Kaski,
    "Neighborhood preservation in nonlinear projection methods", ICANN 2001). Equal vectors count once. Needs
    memory for 250 distances of every compared vector.
    """
    first, _numbers = distinct_rows(vectors)
    if (count := min(len(first), MOST)) < FEWEST:
        return Trust(float("nan"), float("nan"), count)
    rows = np.sort(np.random.default_rng(seed).permutation(first)[:MOST])
    compared = np.asarray(vectors[rows], np.float32)
    compared = unit(compared) if metric == COSINE else compared - (metric != DOT) * compared.mean(axis=0)
    shown, _distances = nearest(places[rows], NEIGHBOURS, lambda share: None)
    ranks = np.empty((count, NEIGHBOURS), np.int64)
    for start in range(0, count, _AT_ONCE):
        progress(start / count)
        part = slice(start, start + _AT_ONCE)
        away = _away(compared[part], compared, metric)
        np.put_along_axis(away, np.arange(count)[part, None], np.inf, axis=1)
        for number, found in enumerate(shown[part].T):
            nearer = away < np.take_along_axis(away, found[:, None], axis=1)
            ranks[part, number] = 1 + np.count_nonzero(nearer, axis=1)
    beyond = np.maximum(ranks - NEIGHBOURS, 0).sum()
    worst = count * NEIGHBOURS * (2 * count - 3 * NEIGHBOURS - 1) / 2
    return Trust(float(1 - beyond / worst), float(np.mean(ranks <= NEIGHBOURS)), count)


def kept_neighbours(vectors: np.ndarray, places: np.ndarray, seed: int = 0) -> float:
    """Return the share of a headline's ten nearest by cosine that are among its ten nearest on the map, as `trust`."""
    return trust(vectors, places, seed=seed).kept


def _away(asked: np.ndarray, known: np.ndarray, metric: str) -> np.ndarray:
    """Return numbers `(asked, known)` that grow with the distance: enough to rank by."""
    if metric == MANHATTAN:
        from sklearn.metrics import pairwise_distances

        return np.asarray(pairwise_distances(asked, known, metric="manhattan"))
    products = asked @ known.T
    if metric in (COSINE, DOT):
        return np.asarray(-products)
    return np.asarray(np.einsum("ij,ij->i", known, known) - 2 * products)
