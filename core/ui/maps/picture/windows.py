"""A rectangle of a map of two coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_MARGIN = 0.03  # of the longer side


@dataclass(frozen=True)
class Window:
    """A rectangle on a map, in the map's units; its edges belong to it."""

    left: float
    right: float
    bottom: float
    top: float

    @classmethod
    def around(cls, places: np.ndarray) -> Window:
        """Return the smallest window that holds these places `(n >= 1, 2)`."""
        (left, bottom), (right, top) = places.min(axis=0), places.max(axis=0)
        return cls(float(left), float(right), float(bottom), float(top))

    def holds(self, places: np.ndarray) -> np.ndarray:
        """Return which of the places `(n, 2)` lie in the window, `(n,)` bool."""
        x, y = places.T
        return (x >= self.left) & (x <= self.right) & (y >= self.bottom) & (y <= self.top)

    def holding(self, more: Sequence[np.ndarray]) -> Window:
        """Return the smallest window that holds this one and more places, each `(n, 2)`."""
        corners = np.array([[self.left, self.bottom], [self.right, self.top]])
        return Window.around(np.concatenate([corners, *more]))

    def wider(self) -> Window:
        """Return the window with a margin, so that the points on its edges are seen whole."""
        margin = _MARGIN * max(self.right - self.left, self.top - self.bottom) or 1.0
        return Window(self.left - margin, self.right + margin, self.bottom - margin, self.top + margin)
