"""One feature moved, as a curve, or two, as a heat map."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.evaluate.predictions import MEAN
from core.predict.whatif import Curve, Scale, Surface, curve, surface
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.text import model_name
from core.ui.explain.names import number
from core.ui.guards import Given
from core.ui.predict.live import Asked
from core.ui.predict.whatif.amounts import axis_title, difference, exact
from core.ui.text import _, hover, md
from core.ui.theme import model_colours, palette


def features_moved(here: Given, asked: Asked) -> None:
    """Let the reader choose one feature or two, and draw what the models say as it moves."""
    run, names = here.run, list(here.run.preparation.features)
    left, right = st.columns(2)
    with left:
        first = _choice(_("Feature"), names, f"sweep-{run.id}")
    others = [name for name in names if name != first]
    with right:
        second = _choice(_("and a second one"), ["", *others], f"sweep-second-{run.id}") if others else ""
    if second:
        _draw_surface(here, asked, (first, second))
    else:
        _draw_curve(here, asked, first)


def _choice(label: str, names: list[str], key: str) -> str:
    if st.session_state.get(key) not in names:
        st.session_state[key] = names[0]
    chosen = st.selectbox(
        label, names, key=key, persist_state="session", format_func=lambda name: name or _("none")
    )
    return chosen or names[0]


def _draw_curve(here: Given, asked: Asked, feature: str) -> None:
    run = here.run
    made = curve(run, here.data, asked.question, asked.vectors, feature, asked.explained)
    if made is None:
        _one_value([feature])
        return
    st.markdown(_sentence(run, made))
    _doubts(made.scale)
    _curve_chart(run, made, asked.explained)


def _draw_surface(here: Given, asked: Asked, features: tuple[str, str]) -> None:
    run = here.run
    made = surface(run, here.data, asked.question, asked.vectors, features, asked.explained)
    if made is None:
        _one_value(list(features))
        return
    low, high = (
        np.unravel_index(made.values.argmin(), made.values.shape),
        np.unravel_index(made.values.argmax(), made.values.shape),
    )
    st.markdown(
        md(
            "The two features move the prediction from {low} to {high}; now it is {now}. It is highest with {x} at {at_x} "
            "and {y} at {at_y}.",
            low=exact(run, float(made.values[low])),
            high=exact(run, float(made.values[high])),
            now=exact(run, made.now),
            x=made.x.feature,
            at_x=number(float(made.x.grid[high[1]])),
            y=made.y.feature,
            at_y=number(float(made.y.grid[high[0]])),
        )
    )
    for scale in (made.x, made.y):
        _doubts(scale)
    _surface_chart(run, made, asked.explained)


def _one_value(features: list[str]) -> None:
    st.info(
        md("There is nothing to move: the table has one value only of {names}.", names=" / ".join(features))
    )


def _sentence(run: Run, made: Curve) -> str:
    values, grid = made.values[MEAN], made.scale.grid
    low, high = float(values.min()), float(values.max())
    words = {
        "feature": made.scale.feature,
        "start": number(float(grid[0])),
        "end": number(float(grid[-1])),
        "low": exact(run, low),
        "high": exact(run, high),
        "now": exact(run, made.now),
    }
    if difference(run, low, high) == 0:
        return md("{feature} changes nothing here: from {start} to {end} the models say {low}.", **words)
    return md(
        "From {start} to {end} {feature} moves the prediction between {low} and {high}; now it is {now}.",
        **words,
    )


def _doubts(scale: Scale) -> None:
    """Say where the question's own value cannot be drawn, or is none that the table has had."""
    words = {"feature": scale.feature, "low": number(scale.low), "high": number(scale.high)}
    if scale.own is None:
        st.caption(md("{feature} is not given now, so it counts as missing and no point marks it.", **words))
    elif not scale.low <= scale.own <= scale.high:
        words["own"] = number(scale.own)
        st.caption(md("{feature} is {own} now, outside what the table has had: {low} to {high}.", **words))


def _curve_chart(run: Run, made: Curve, explained: int) -> None:
    colours, scale = palette(), made.scale
    shades = model_colours(made.values)
    lines: list[Any] = [
        go.Scatter(
            x=scale.grid,
            y=made.values[name] * 100,
            mode="lines",
            name=hover(model_name(name)),
            line={
                "color": shades[name],
                "width": 4 if name == MEAN else 1.5,
                "dash": "solid" if name == MEAN else "dot",
                "shape": "hvh",
            },
            hovertemplate="%{x:.4~g}: %{y:.2f}%<extra>" + hover(model_name(name)) + "</extra>",
        )
        for name in sorted(made.values, key=lambda name: name == MEAN)
    ]
    if scale.marked is not None:
        lines.append(_point([scale.marked], [made.now * 100], exact(run, made.now)))
    shapes: list[dict[str, Any]] = [
        {
            "type": "rect",
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "x0": start,
            "x1": end,
            "fillcolor": colours.muted,
            "opacity": 0.13,
            "line": {"width": 0},
            "layer": "below",
        }
        for start, end in ((scale.grid[0], scale.low), (scale.high, scale.grid[-1]))
        if start < end
    ]
    shapes.append(
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": made.now * 100,
            "y1": made.now * 100,
            "layer": "below",
            "line": {"color": colours.muted, "width": 1, "dash": "dot"},
        }
    )
    figure = go.Figure(
        lines,
        {
            "shapes": shapes,
            "xaxis": {"title": {"text": hover(scale.feature, 40)}, "zeroline": False},
            "yaxis": {"title": {"text": axis_title(run, explained)}, "zeroline": False},
        },
    )
    note = _(
        "n = {n} values of the feature, between the first and the last hundredth of the table's; all else stays as it is "
        "typed. The diamond and the dotted line are now; grey: values that the table has never had. Trees move in steps.",
        n=len(scale.grid),
    )
    show(figure, _("What is predicted as {feature} changes", feature=scale.feature), "chart-sweep", note, 430)


def _surface_chart(run: Run, made: Surface, explained: int) -> None:
    colours, values = palette(), made.values * 100
    reach = max(float(np.abs(values - made.now * 100).max()), 0.1 if run.classes else 0.01)
    written = [[exact(run, float(value)) for value in row] for row in made.values]
    marks: list[Any] = [
        go.Heatmap(
            x=made.x.grid,
            y=made.y.grid,
            z=values,
            zmin=made.now * 100 - reach,
            zmax=made.now * 100 + reach,
            colorscale=colours.diverging,
            text=written,
            hovertemplate="%{x:.4~g}, %{y:.4~g}: %{text}<extra></extra>",
            colorbar={
                "orientation": "h",
                "thickness": 12,
                "y": -0.2,
                "yanchor": "top",
                "ticksuffix": "%",
                "title": {"text": axis_title(run, explained), "side": "bottom", "font": {"size": 13}},
            },
        )
    ]
    if made.x.marked is not None and made.y.marked is not None:
        marks.append(_point([made.x.marked], [made.y.marked], exact(run, made.now)))
    figure = go.Figure(
        marks,
        {
            "xaxis": {"title": {"text": hover(made.x.feature, 40)}, "zeroline": False, "showgrid": False},
            "yaxis": {"title": {"text": hover(made.y.feature, 30)}, "zeroline": False, "showgrid": False},
        },
    )
    note = _(
        "n = {n} pairs of values; a cell is the ensemble's prediction with all else as it is typed. Grey is the prediction "
        "now, where the diamond stands. Some pairs may never have come together in the table.",
        n=values.size,
    )
    title = _("What is predicted as {x} and {y} change", x=made.x.feature, y=made.y.feature)
    show(figure, title, "chart-sweep-two", note, 520)


def _point(x: list[float], y: list[float], told: str) -> go.Scatter:
    """Return the mark of the question as it is now, with its number."""
    colours = palette()
    return go.Scatter(
        x=x,
        y=y,
        mode="markers+text",
        text=[f"<b>{told}</b>"],
        textposition="top center",
        textfont={"color": colours.text},
        marker={
            "symbol": "diamond",
            "size": 14,
            "color": colours.text,
            "line": {"color": colours.surface, "width": 2},
        },
        cliponaxis=False,
        showlegend=False,
        hovertemplate=_("now") + ": %{text}<extra></extra>",
    )
