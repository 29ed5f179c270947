"""The way from the average prediction to that of one row."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from core.explain import Contributions
from core.explain.path import Path, path
from core.locale import P_
from core.ui.charts import show
from core.ui.explain.names import PLACES, group_name, scale_title
from core.ui.text import _, hover, percent, points, signed_percent
from core.ui.theme import palette

_WIDTH = 20  # characters of a label before it is broken


def waterfall(
    found: Contributions,
    place: int,
    key: str,
    title: str,
    note: str = "",
    labels: Mapping[str, str] | None = None,
    scale: tuple[float, float] | None = None,
    ends: tuple[str, str] | None = None,
    size: int = 13,
) -> None:
    """Draw how the groups lead from the average prediction to this row's, for the ensemble.

    `labels` are the groups' names with their values (plain text), `scale` the lowest and highest point that the axis
    must hold: with one for all rows of a run, rows can be compared. `ends` name where the way begins and ends, where
    that is not the average and the prediction. `size` is that of the type in pixels.
    """
    start, end = ends or (_("average"), _("prediction"))
    places = PLACES[found.label is not None]
    way = path(found, place, 0.5 * 10.0 ** -(places + 2))
    names = [hover((labels or {}).get(group) or group_name(group), _WIDTH) for group in way.groups]
    steps = [float(step) for step in way.steps]
    if way.others:
        names.append(_(P_("{n} other", "{n} others"), n=way.others))
        steps.append(way.rest)
    figure = go.Figure(_steps(names, steps, way.base, places, size))
    figure.add_trace(_ends(found, way, start, end))
    categories = [start, *names, end]
    figure.update_yaxes(
        autorange="reversed", type="category", categoryorder="array", categoryarray=categories
    )
    figure.add_vline(
        x=way.base * 100, line_width=1, line_dash="dot", line_color=palette().muted, layer="below"
    )
    figure.update_xaxes(title=scale_title(found.label), range=_extent(way, scale, size), zeroline=False)
    lines = sum(1 + name.count("<br>") for name in names)
    height = 190 + 30 * (len(categories) + (lines - len(names)) // 2)
    show(figure, title, key, note, height=height, size=size)


def _steps(names: list[str], steps: list[float], base: float, places: int, size: int) -> go.Waterfall:
    """Return the bars from the average on, one a group."""
    colours = palette()
    return go.Waterfall(
        orientation="h",
        base=base * 100,
        measure=["relative"] * len(steps),
        y=names,
        x=[step * 100 for step in steps],
        text=[_amount(step, places) for step in steps],
        textposition="outside",
        textfont={"size": size},
        cliponaxis=False,
        showlegend=False,
        increasing={"marker": {"color": colours.high}},
        decreasing={"marker": {"color": colours.low}},
        connector={"line": {"color": colours.grid}},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )


def _amount(step: float, places: int) -> str:
    """Write a step in percentage points with its sign; what rounds to nothing is 0."""
    written = points(step, places)
    return written if written.strip("0.") else "0"


def _ends(found: Contributions, way: Path, start: str, end: str) -> go.Scatter:
    """Return the marks of where the way starts and ends, each with its number on the side that has room."""
    return go.Scatter(
        x=[way.base * 100, way.end * 100],
        y=[start, end],
        text=[
            f"<b>{signed_percent(value) if found.label is None else percent(value, 1)}</b>"
            for value in (way.base, way.end)
        ],
        mode="markers+text",
        textposition=["middle right", "middle left"]
        if way.base < way.end
        else ["middle left", "middle right"],
        marker={"symbol": "diamond", "size": 13, "color": [palette().muted, palette().accent]},
        cliponaxis=False,
        showlegend=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )


def _extent(way: Path, scale: tuple[float, float] | None, size: int) -> list[float]:
    """Return the ends of an axis in percent that holds the scale, the whole way and the numbers beside it."""
    low, high = way.span
    if scale is not None:
        low, high = min(low, scale[0]), max(high, scale[1])
    margin = 0.17 * (size / 13) ** 1.5 * max(high - low, 0.001)
    return [(low - margin) * 100, (high + margin) * 100]
