"""How much of the embedding a map of two coordinates can show."""

from __future__ import annotations

import numpy as np

from core.maps.nearest import nearest

NEIGHBOURS = 10
MOST = 5_000  # headlines that are compared, drawn at random from more


def kept_neighbours(vectors: np.ndarray, places: np.ndarray, seed: int = 0) -> float:
    """Return the share of a headline's ten nearest by cosine that are among its ten nearest on the map.

    `vectors (rows, dim)` and `places (rows, 2)`; equal vectors count once. NaN where fewer than 12 are different.
    """
    _values, first = np.unique(np.ascontiguousarray(vectors), axis=0, return_index=True)
    if len(first) < NEIGHBOURS + 2:
        return float("nan")
    rows = np.sort(np.random.default_rng(seed).permutation(first)[:MOST])
    norms = np.linalg.norm(vectors[rows], axis=1, keepdims=True)
    unit = vectors[rows] / np.where(norms > 0, norms, 1)
    near, shown = (nearest(part, NEIGHBOURS, lambda share: None)[0] for part in (unit, places[rows]))
    return float(np.mean([np.isin(a, b).mean() for a, b in zip(near, shown, strict=True)]))
