"""How similar texts are to each other within and between classes, by the cosine of their vectors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

BINS = 40
EDGES = np.linspace(-1, 1, BINS + 1)
MOST = 3_000  # texts compared pair by pair; more are drawn


@dataclass(frozen=True, eq=False)
class Geometry:
    """Cosines of all pairs of texts of one encoder.

    `matrix` `(classes, classes)` has the mean cosine of two different texts of these classes, NaN where there are no
    two; `within` and `between` `(BINS,)` count pairs of one class and of two by cosine, between `EDGES`.
    `mean_cosine` is that of all pairs; `gap` the mean within minus the mean between.
    """

    matrix: np.ndarray
    within: np.ndarray
    between: np.ndarray
    mean_cosine: float
    gap: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        matrix = [[None if math.isnan(v) else v for v in row] for row in self.matrix.tolist()]
        counts = {"within": self.within.tolist(), "between": self.between.tolist()}
        plain = {"mean_cosine": self.mean_cosine, "gap": self.gap}
        return {"matrix": matrix, **counts} | {k: None if math.isnan(v) else v for k, v in plain.items()}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Geometry:
        """Return what `as_dict` took apart."""
        matrix = np.array([[math.nan if v is None else v for v in row] for row in fields["matrix"]], float)
        gap, mean = (math.nan if fields[k] is None else float(fields[k]) for k in ("gap", "mean_cosine"))
        return cls(matrix, np.array(fields["within"], int), np.array(fields["between"], int), mean, gap)


def geometry(vectors: np.ndarray, labels: np.ndarray, classes: int, seed: int = 0) -> Geometry:
    """Compare the texts of `vectors` `(n, dim)` pair by pair; `labels` `(n,)` are numbers of the `classes`.

    Of more than `MOST` texts so many are drawn.
    """
    if len(vectors) > MOST:
        drawn = np.sort(np.random.default_rng(seed).choice(len(vectors), MOST, replace=False))
        vectors, labels = vectors[drawn], labels[drawn]
    unit = unit_vectors(vectors)
    cosines = np.clip(unit @ unit.T, -1, 1)  # (n, n)
    upper = np.triu(np.ones(cosines.shape, bool), 1)
    same = labels[:, None] == labels[None, :]
    within, between = cosines[upper & same], cosines[upper & ~same]
    member = np.eye(classes)[labels]  # (n, classes)
    pairs = np.outer(member.sum(0), member.sum(0)) - np.diag(member.sum(0))
    sums = member.T @ cosines @ member - np.diag(member.T @ np.diag(cosines))
    with np.errstate(invalid="ignore", divide="ignore"):
        matrix = np.where(pairs > 0, sums / pairs, np.nan)
    return Geometry(
        matrix,
        np.histogram(within, EDGES)[0],
        np.histogram(between, EDGES)[0],
        float(cosines[upper].mean()) if upper.any() else math.nan,
        float(within.mean() - between.mean()) if len(within) and len(between) else math.nan,
    )


def neighbours_changed(old: np.ndarray, new: np.ndarray, k: int = 10) -> np.ndarray:
    """Return which share of each text's `k` nearest texts are others than before, `(n,)`.

    `old` and `new` are vectors `(n, dim)` of the same texts.
    """
    k = min(k, len(old) - 1)
    before, after = (np.argsort(-_others(vectors), axis=1)[:, :k] for vectors in (old, new))
    kept = np.array([len(np.intersect1d(*pair)) for pair in zip(before, after, strict=True)])
    return np.asarray(1 - kept / k)


def nearest(vectors: np.ndarray) -> np.ndarray:
    """Return the position of each text's nearest other text, `(n,)`."""
    return np.asarray(_others(vectors).argmax(axis=1))


def unit_vectors(vectors: np.ndarray) -> np.ndarray:
    """Return the vectors `(n, dim)` at length 1, in float64."""
    wide = vectors.astype(np.float64)
    return np.asarray(wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-12))


def _others(vectors: np.ndarray) -> np.ndarray:
    unit = unit_vectors(vectors)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -np.inf)
    return cosines
