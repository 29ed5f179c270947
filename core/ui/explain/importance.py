"""What moves the predictions, over all explained rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.evaluate.predictions import MEAN
from core.explain import Contributions
from core.explain.sentences import movement
from core.train.run import Run
from core.ui.charts import show
from core.ui.evaluate.text import model_name
from core.ui.explain.names import PLACES, group_name
from core.ui.text import _, hover, translate_md
from core.ui.theme import model_colours, palette

MOST = 10  # groups in the chart


def answer(found: Contributions) -> None:
    """Say in one sentence what moved the predictions most."""
    st.subheader(translate_md(movement(found)), anchor=False)


def importance_chart(
    run: Run, found: Contributions, spread: Mapping[str, tuple[float, float]] | None = None
) -> None:
    """Draw the mean absolute contribution of each group: a bar of the ensemble, and a dot for each model.

    `spread` is each group's lowest and highest importance in refits, drawn as a line. A run with a single group has
    nothing to compare; the sentence says all there is.
    """
    if len(found.groups) < 2:
        return
    table = found.importance().set_index("group") * 100
    shown = table.iloc[:MOST]
    places = PLACES[found.label is not None]
    names = [
        f"{hover(group_name(group), 18)}  <b>{value:.{places}f}</b>"
        for group, value in zip(shown.index, shown[MEAN], strict=True)
    ]
    figure = go.Figure()
    for name, colour in model_colours(found.values).items():
        written = [f"{value:.{places}f}" for value in shown[name]]
        hovered = "%{customdata}<extra>" + hover(model_name(name)) + "</extra>"
        if name == MEAN:
            figure.add_bar(
                y=names,
                x=shown[name],
                orientation="h",
                name=model_name(name),
                marker_color=colour,
                customdata=written,
                hovertemplate=hovered,
                error_x=_lines(shown, spread),
            )
        else:
            figure.add_scatter(
                y=names,
                x=shown[name],
                mode="markers",
                name=model_name(name),
                marker={"color": colour, "size": 10, "line": {"color": palette().surface, "width": 1.5}},
                customdata=written,
                hovertemplate=hovered,
            )
    figure.update_layout(bargap=0.45)
    figure.update_yaxes(autorange="reversed", type="category", categoryorder="array", categoryarray=names)
    figure.update_xaxes(
        title=hover(_("mean absolute contribution (percentage points)"), 30),
        rangemode="tozero",
    )
    show(
        figure,
        _("What moves the predictions"),
        "chart-importance",
        _note(run, found, len(table))
        + (_("; lines: from the lowest to the highest in refits") if spread else ""),
        _height(len(shown)),
    )


def _note(run: Run, found: Contributions, groups: int) -> str:
    tested = len(run.predictions.test)
    note = (
        _(
            "n = {n:,} test rows; bar and number: the mean of the models; dots: the single models",
            n=tested,
        )
        if len(found.rows) == tested
        else _(
            "n = {n:,} of {all:,} test rows, evenly chosen; bar and number: the mean of the models; dots: the single models",
            n=len(found.rows),
            all=tested,
        )
    )
    if groups > MOST:
        note += _("; the {n} largest of {all}", n=MOST, all=groups)
    return note


def _lines(shown: pd.DataFrame, spread: Mapping[str, tuple[float, float]] | None) -> dict[str, Any]:
    """Return Plotly's error bars from the lowest to the highest importance in refits."""
    if spread is None:
        return {"type": "data", "visible": False}
    ends = np.array([spread[group] for group in shown.index]) * 100
    return {
        "type": "data",
        "symmetric": False,
        "thickness": 2,
        "color": palette().text,
        "array": np.maximum(ends[:, 1] - shown[MEAN].to_numpy(), 0),
        "arrayminus": np.maximum(shown[MEAN].to_numpy() - ends[:, 0], 0),
    }


def _height(groups: int) -> int:
    return 150 + 40 * groups
