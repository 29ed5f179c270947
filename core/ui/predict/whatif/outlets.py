"""The same question from every outlet."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.locale import P_
from core.predict.whatif import OutletAnswers, outlet_answers
from core.train.run import Run
from core.ui.charts import show
from core.ui.guards import Given
from core.ui.predict.live import Asked
from core.ui.predict.whatif.amounts import arrowed, axis_title, difference, exact, shade
from core.ui.text import _, hover, md
from core.ui.theme import palette

_ARROWS = {1: "▲ ", 0: "", -1: "▼ "}
_WIDTH = 16  # characters of an outlet's name before it is broken


def every_outlet(here: Given, asked: Asked) -> None:
    """Draw the prediction from each outlet as a dot on a bar from the present one."""
    run = here.run
    found = outlet_answers(run, asked.question, asked.vectors, asked.explained)
    if found is None:
        return
    best, worst = found.outlets[0], found.outlets[-1]
    first, last = (float(found.values[place]) for place in (0, -1))
    if difference(run, last, first) == 0:
        st.markdown(
            md(
                "The outlet changes nothing here: from every one the models say {value}.",
                value=exact(run, first),
            )
        )
    else:
        st.markdown(
            md(
                "The outlet alone moves the prediction from {low} ({worst}) to {high} ({best}).",
                low=exact(run, last),
                worst=_named(found, worst),
                high=exact(run, first),
                best=_named(found, best),
            )
        )
    _chart(run, found, asked.explained)


def _chart(run: Run, found: OutletAnswers, explained: int) -> None:
    colours, now = palette(), float(found.values[found.present])
    names = [hover(_named(found, outlet), _WIDTH) for outlet in found.outlets]
    changes = [difference(run, now, float(value)) for value in found.values]
    bars_x: list[float | None] = []
    bars_y: list[str | None] = []
    for name, value in zip(names, found.values, strict=True):
        bars_x += [now * 100, float(value) * 100, None]
        bars_y += [name, name, None]
    bars = go.Scatter(
        x=bars_x,
        y=bars_y,
        mode="lines",
        line={"color": colours.middle, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )
    own = [place == found.present for place in range(len(names))]
    dots = go.Scatter(
        x=found.values * 100,
        y=names,
        mode="markers+text",
        text=[
            f"{_ARROWS[int(np.sign(change))]}{exact(run, float(value))}"
            for value, change in zip(found.values, changes, strict=True)
        ],
        customdata=[arrowed(run, change) for change in changes],
        textposition=["middle left" if change < 0 else "middle right" for change in changes],
        marker={
            "color": [
                colours.accent if mine else shade(change) for mine, change in zip(own, changes, strict=True)
            ],
            "size": [15 if mine else 11 for mine in own],
            "opacity": 1,
            "symbol": ["diamond" if mine else "circle" for mine in own],
        },
        cliponaxis=False,
        showlegend=False,
        hovertemplate="%{y}: %{text} (%{customdata})<extra></extra>",
    )
    low, high = float(found.values.min()) * 100, float(found.values.max()) * 100
    margin = 0.65 * max(high - low, 1.0 if run.classes else 0.02)
    figure = go.Figure(
        [bars, dots],
        {
            "xaxis": {
                "title": {"text": axis_title(run, explained)},
                "range": [low - margin, high + margin],
                "zeroline": False,
            },
            "yaxis": {
                "type": "category",
                "categoryorder": "array",
                "categoryarray": names,
                "autorange": "reversed",
            },
            "shapes": [
                {
                    "type": "line",
                    "yref": "paper",
                    "y0": 0,
                    "y1": 1,
                    "x0": now * 100,
                    "x1": now * 100,
                    "layer": "below",
                    "line": {"color": colours.muted, "width": 1, "dash": "dot"},
                }
            ],
        },
    )
    note = _(
        "n = {n} outlets; a dot is the ensemble's prediction of this very question from one of them, and the bar the "
        "change. The diamond is the present one.",
        n=len(names),
    )
    if found.rarer:
        told = P_(
            "{n} rarer outlet of training counts as “other”.",
            "{n} rarer outlets of training count as “other”.",
        )
        note += " " + _(told, n=found.rarer)
    lines = sum(1 + name.count("<br>") for name in names)
    show(
        figure,
        _("The same question from every outlet"),
        "chart-outlets",
        note,
        height=130 + 24 * len(names) + 14 * (lines - len(names)),
    )


def _named(found: OutletAnswers, outlet: str | None) -> str:
    if outlet is None:
        return _("no outlet given")
    return _("other (never seen)") if outlet == found.other else outlet
