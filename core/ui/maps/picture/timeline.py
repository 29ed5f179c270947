"""The headlines of each month on the map, one month after the other, played by the browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from babel.dates import format_skeleton

from core.data.dataset import Dataset
from core.maps import MapSettings
from core.ui.charts import show
from core.ui.maps.picture.axes import frame_flat, menu, room_below
from core.ui.maps.picture.draw import HEIGHT, Drawn
from core.ui.maps.picture.marks import Label, Mark
from core.ui.maps.picture.points import FEW
from core.ui.maps.picture.scales import Layer, rgb
from core.ui.text import _, language
from core.ui.theme import OTHER, palette

FEWEST = 2  # months
_STEP = 900  # milliseconds that a month is shown


def months(data: Dataset, rows: np.ndarray) -> np.ndarray:
    """Return the month of each row's session, `(rows,)` datetime64[M], NaT where unknown."""
    return data.frame["session"].iloc[rows].to_numpy().astype("datetime64[M]")


def has_months(data: Dataset, rows: np.ndarray) -> bool:
    """Return whether the rows lie in at least two months."""
    of = months(data, rows)
    return len(np.unique(of[~np.isnat(of)])) >= FEWEST


def play(
    made: Drawn, settings: MapSettings, marks: Sequence[Mark] = (), labels: Sequence[Label] = ()
) -> None:
    """Draw the map with a slider over months: those of the month in colour, before the others in grey.

    `marks` and `labels` stand on top in every month.
    """
    layers, _counts = made.layers(made.rows)
    of = months(made.shown.data, made.rows)
    known = np.unique(of[~np.isnat(of)])
    figure = go.Figure([_ground(made), *_legend(layers)])
    moving = len(figure.data)
    frames = _frames(made, layers, known, moving)
    figure.add_trace(frames[0].data[0])
    figure.add_traces([mark.trace() for mark in marks])
    figure.frames = frames
    frame_flat(figure, settings, selects=False)
    figure.update_layout(
        sliders=[_slider(frames)],
        updatemenus=[_play()],
        annotations=[label.annotation() for label in labels],
    )
    note = _(
        "n = {n:,} rows in {months:,} months; in colour the headlines of one month, in grey all others; nothing can be "
        "selected here",
        n=len(made.rows),
        months=len(known),
    )
    show(
        figure,
        _("Map of the headlines by month"),
        f"chart-map-months-{settings.method}",
        note,
        HEIGHT,
        zoom=True,
        foot=room_below(figure, HEIGHT) + 104,
    )


def _ground(made: Drawn) -> go.Scattergl:
    x, y = made.at[made.rows].T
    marker = {"color": OTHER, "size": 3, "opacity": 0.25}
    return go.Scattergl(x=x, y=y, mode="markers", marker=marker, hoverinfo="skip", showlegend=False)


def _legend(layers: list[Layer]) -> list[go.Scattergl]:
    """Return a trace without points for each layer: its entry in the legend, or its bar."""
    found = []
    for layer in layers:
        scaled = layer.values is not None
        marker: dict[str, Any] = {**layer.marker, "symbol": "circle", "size": 7}
        if scaled:
            marker["color"] = [layer.marker["cmin"]]
        found.append(
            go.Scattergl(
                x=[None], y=[None], mode="markers", name=layer.name, marker=marker, showlegend=not scaled
            )
        )
    return found


def _frames(made: Drawn, layers: list[Layer], known: np.ndarray, moving: int) -> list[go.Frame]:
    """Return a frame for each month: the points of the trace with the number `moving`."""
    texts = np.full(len(made.at), "", object)
    colour = np.full(len(made.at), OTHER, object)
    size = np.full(len(made.at), 7 if len(made.rows) < FEW else 6)
    for piece, layer in zip(made.traces(layers, None), layers, strict=True):
        texts[layer.rows] = piece.text
        if layer.apart:
            size[layer.rows] = 4
        colour[layer.rows] = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.rint(rgb(layer)).astype(int)]
    drawn = np.sort(np.concatenate([layer.rows for layer in layers]))
    of = months(made.shown.data, drawn)
    frames = []
    for month in known:
        rows = drawn[of == month]
        x, y = made.at[rows].T
        points = go.Scattergl(
            x=x,
            y=y,
            mode="markers",
            marker={"color": list(colour[rows]), "size": size[rows], "opacity": 0.9},
            text=texts[rows],
            hovertemplate="%{text}<extra></extra>",
            name=f"{month}",
            showlegend=False,
        )
        frames.append(go.Frame(data=[points], traces=[moving], name=f"{month}"))
    return frames


def month_name(month: str) -> str:
    """Write a month such as 2024-01 in the reader's language."""
    return format_skeleton("yMMM", pd.Timestamp(month).to_pydatetime(), locale=language())


def _slider(frames: list[go.Frame]) -> dict[str, Any]:
    colours = palette()
    steps = [
        {
            "label": month_name(frame.name),
            "method": "animate",
            "args": [[frame.name], _animation(0)],
        }
        for frame in frames
    ]
    return {
        "steps": steps,
        "x": 0.02,
        "len": 0.93,
        "y": 0,
        "yanchor": "top",
        "pad": {"t": 42},
        "currentvalue": {"font": {"size": 15, "color": colours.text}, "xanchor": "left"},
        "font": {"size": 11, "color": colours.muted},
        "bgcolor": colours.grid,
        "bordercolor": colours.grid,
        "activebgcolor": colours.accent,
    }


def _animation(duration: int) -> dict[str, Any]:
    return {
        "mode": "immediate",
        "frame": {"duration": duration, "redraw": True},
        "transition": {"duration": 0},
        "fromcurrent": True,
    }


def _play() -> dict[str, Any]:
    buttons: list[dict[str, Any]] = [
        {"label": "▶", "method": "animate", "args": [None, _animation(_STEP)]},
        {"label": "❚❚", "method": "animate", "args": [[None], _animation(0)]},
    ]
    return menu(buttons, showactive=False)
