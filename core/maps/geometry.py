"""Which points of a map lie in a region that a reader has drawn: boxes and closed lines, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Outline:
    """A region on a map of two coordinates, in their units: a polygon by its corners `x (m,)` and `y (m,)`.

    The last corner is joined to the first. Raises `ValueError` for corners that are not numbers or do not match.
    """

    x: np.ndarray
    y: np.ndarray

    def __post_init__(self) -> None:
        if self.x.shape != self.y.shape or self.x.ndim != 1:
            raise ValueError(f"corners do not match: {self.x.shape} and {self.y.shape}")
        if not (np.isfinite(self.x).all() and np.isfinite(self.y).all()):
            raise ValueError("a corner is not a number")

    @classmethod
    def polygon(cls, x: Sequence[float], y: Sequence[float]) -> Outline:
        """Return the region inside a closed line."""
        return cls(np.asarray(x, float), np.asarray(y, float))

    @classmethod
    def box(cls, x: Sequence[float], y: Sequence[float]) -> Outline:
        """Return the region between two opposite corners, in whichever order they come."""
        (left, right), (low, high) = sorted(x), sorted(y)
        return cls.polygon([left, right, right, left], [low, low, high, high])


def inside(points: np.ndarray, outline: Outline) -> np.ndarray:
    """Return which of the points `(n, 2)` lie inside an outline, `(n,)` bool, by the even-odd rule.

    A point is inside where a ray from it to the right crosses an odd number of edges (Shimrat, "Algorithm 112:
    Position of point relative to polygon", 1962). A point that is not a number is outside. Each edge is compared only
    with the points at its height, so the work grows with the points and hardly with the corners.
    """
    found = np.zeros(len(points), bool)
    if len(outline.x) < 3:
        return found
    x, y = points[:, 0].astype(float), points[:, 1].astype(float)
    near = np.flatnonzero(
        (x >= outline.x.min()) & (x <= outline.x.max()) & (y >= outline.y.min()) & (y <= outline.y.max())
    )
    near = near[np.argsort(y[near], kind="stable")]
    x, y = x[near], y[near]
    odd = np.zeros(len(near), bool)
    ends = zip(outline.x, outline.y, np.roll(outline.x, -1), np.roll(outline.y, -1), strict=True)
    for x0, y0, x1, y1 in ends:
        band = slice(*np.searchsorted(y, sorted((y0, y1))))
        if band.start < band.stop:
            odd[band] ^= x[band] < x0 + (y[band] - y0) * ((x1 - x0) / (y1 - y0))
    found[near[odd]] = True
    return found


def within(points: np.ndarray, outlines: Sequence[Outline]) -> np.ndarray:
    """Return which of the points `(n, 2)` lie in at least one of several regions, `(n,)` bool."""
    found = np.zeros(len(points), bool)
    for outline in outlines:
        found |= inside(points, outline)
    return found
