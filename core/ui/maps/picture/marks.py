"""What is drawn on top of a map's points: marks that stand in the legend, and short names written on the map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from core.ui.maps.picture.windows import Window
from core.ui.text import hover
from core.ui.theme import palette

_FLAT = {
    "ring": {"symbol": "circle-open", "size": 11, "line": {"width": 1.5}},
    "star": {"symbol": "star", "size": 17, "line": {"width": 1.5}},
}
_DEEP = {"ring": {"symbol": "circle-open", "size": 7}, "star": {"symbol": "diamond", "size": 8}}


@dataclass(frozen=True, eq=False)
class Mark:
    """Points on top of the others: rings round known ones, or stars of new ones.

    `name` stands in the legend and `texts` are told where the mouse is over them, both as `hover` writes them; `places
    (n, d)` are on the map. `rows (n,)` are the positions in the dataset of the points that are known ones.
    """

    name: str
    places: np.ndarray
    texts: list[str]
    symbol: Literal["ring", "star"] = "ring"
    rows: np.ndarray | None = None

    def on(self, places: np.ndarray, rows: np.ndarray) -> Mark:
        """Return the marks of known points on another map, whose `rows (m,)`, ascending, lie at `places (m, d)`."""
        assert self.rows is not None
        return replace(self, places=places[np.searchsorted(rows, self.rows)])

    def within(self, window: Window | None) -> Mark:
        """Return the marks that lie in a window, all of them without one."""
        if window is None:
            return self
        kept = window.holds(self.places)
        texts = [text for text, shown in zip(self.texts, kept, strict=True) if shown]
        rows = None if self.rows is None else self.rows[kept]
        return replace(self, places=self.places[kept], texts=texts, rows=rows)

    def trace(self) -> go.Scattergl | go.Scatter3d:
        """Return what Plotly draws."""
        colours = palette()
        dimensions = self.places.shape[1] if self.places.ndim == 2 else 2
        x, y, *z = np.asarray(self.places, np.float32).reshape(-1, dimensions).T
        kind = _DEEP if z else _FLAT
        marker: dict[str, Any] = {"opacity": 1.0, "color": colours.text} | kind[self.symbol]
        if self.symbol == "star":
            marker |= {"color": colours.accent, "line": {"width": 1.5, "color": colours.text}}
        shared = {
            "mode": "markers",
            "name": self.name,
            "marker": marker,
            "text": self.texts,
            "hovertemplate": "%{text}<extra></extra>",
            "showlegend": True,
        }
        if z:
            return go.Scatter3d(x=x, y=y, z=z[0], **shared)
        faded = {"marker": {"opacity": 1.0}}  # a selection of other points does not fade it
        return go.Scattergl(x=x, y=y, unselected=faded, **shared)


@dataclass(frozen=True, eq=False)
class Label:
    """A short name written on the map, as typed and line by line, at a place `(d,)`."""

    text: str
    place: np.ndarray

    def annotation(self) -> dict[str, Any]:
        """Return what Plotly writes."""
        colours = palette()
        at = dict(zip("xyz", (float(value) for value in self.place), strict=False))
        font = {"size": 12, "color": colours.text}
        return at | {
            "text": "<br>".join(hover(line, 12) for line in self.text.splitlines()),
            "showarrow": False,
            "font": font,
            "bgcolor": colours.surface,
            "opacity": 0.85,
            "borderpad": 2,
        }
