"""Points coloured by an amount: the scale and its bar, and the colour of each point where they are drawn as an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.ui.text import percent, points
from core.ui.theme import DARK, SEQUENTIAL, palette

_REACH = 0.98  # of the values lie within the scale


@dataclass(frozen=True, eq=False)
class Layer:
    """Points drawn in one way: their name in the legend, their rows in the dataset, and Plotly's marker.

    `values (rows,)`, where they are given, are drawn on the marker's colour scale. `apart` is drawn in one piece below
    or above the others, which are mixed so that none hides another.
    """

    name: str
    rows: np.ndarray
    marker: dict[str, Any]
    apart: bool = False
    values: np.ndarray | None = None


def diverging(name: str, rows: np.ndarray, values: np.ndarray, middle: float, title: str) -> Layer:
    """Return points on the scale from low over the middle to high; around 0 they are in points, else in percent."""
    far = np.abs(values - middle)
    reach = (float(np.quantile(far, _REACH)) if len(values) else 0.0) or 1e-9
    ticks = [middle - 0.9 * reach, middle, middle + 0.9 * reach]
    texts = [percent(tick) if middle else f"{points(tick, 1)}%" for tick in ticks]
    return _on_a_scale(
        name,
        rows,
        values,
        (middle - reach, middle + reach),
        palette().diverging,
        title,
        dict(zip(ticks, texts, strict=True)),
    )


def sequential(
    name: str,
    rows: np.ndarray,
    values: np.ndarray,
    ends: tuple[float, float],
    title: str,
    ticks: dict[float, str],
) -> Layer:
    """Return points on the scale from less to more between two ends; `ticks` are the values that are named."""
    stops = SEQUENTIAL[1:] if palette().surface == DARK.surface else SEQUENTIAL[:-1]  # what a page hides
    scale = [[number / (len(stops) - 1), stop] for number, stop in enumerate(stops)]
    return _on_a_scale(name, rows, values, ends, scale, title, ticks)


def spread(values: np.ndarray) -> tuple[float, float]:
    """Return between which ends nearly all the values lie."""
    if not len(values):
        return 0.0, 1.0
    low, high = (float(end) for end in np.quantile(values, [1 - _REACH, _REACH]))
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _on_a_scale(
    name: str,
    rows: np.ndarray,
    values: np.ndarray,
    ends: tuple[float, float],
    scale: list[list[float | str]] | list[list[Any]],
    title: str,
    ticks: dict[float, str],
) -> Layer:
    bar = {
        "title": {  # the small last line keeps it off the bar
            "text": f"{title}<br><span style='font-size:5px'> </span>",
            "side": "top",
            "font": {"size": 15, "color": palette().muted},
        },
        "orientation": "h",
        "x": 0.5,
        "y": 0,
        "yref": "container",
        "yanchor": "bottom",
        "len": 0.6,
        "tickvals": list(ticks),
        "ticktext": list(ticks.values()),
        "tickangle": 0,
        "thickness": 12,
    }
    marker = {"colorscale": scale, "cmin": ends[0], "cmax": ends[1], "showscale": True, "colorbar": bar}
    return Layer(name, rows, marker, values=np.asarray(values, float))


def rgb(layer: Layer) -> np.ndarray:
    """Return the colour of each of a layer's points, `(rows, 3)` of 0 to 255."""
    if layer.values is None:
        return np.tile(_parts(layer.marker["color"]), (len(layer.rows), 1))
    low, high = layer.marker["cmin"], layer.marker["cmax"]
    share = np.clip((layer.values - low) / (high - low), 0, 1)
    stops = [stop for stop, _colour in layer.marker["colorscale"]]
    colours = np.array([_parts(colour) for _stop, colour in layer.marker["colorscale"]])
    return np.stack([np.interp(share, stops, colours[:, part]) for part in range(3)], axis=1)


def _parts(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
