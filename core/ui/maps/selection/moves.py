"""Why the model predicts what it does of the selected rows: their mean contributions, and the way to each of them."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.errors import UserError
from core.evaluate.predictions import MEAN
from core.explain import Contributions
from core.explain.pipeline import chosen_rows
from core.train.run import Run
from core.ui import navigation, state
from core.ui.charts import show
from core.ui.classes import class_selector
from core.ui.explain.names import PLACES, group_name
from core.ui.explain.rows import explain_only
from core.ui.explain.source import calibration_note, contributions, notes
from core.ui.maps.selection.chosen import Selection
from core.ui.text import _, bold, class_name, hover, md, points, translate_md
from core.ui.theme import palette

MOST = 8  # groups in the chart


def moves(chosen: Selection) -> None:
    """Draw each group's mean contribution to the predictions of the selected rows beside that of the rest."""
    run = chosen.run
    if run is None:
        return
    shown = {"encoder": state.encoder(), "pooling": state.pooling()}
    if state.space_of_run(run) not in ({}, shown):
        st.info(
            _(
                "The run was trained with another encoder than this map shows. Open it on the Explain page to see why it "
                "predicts what it does."
            )
        )
        return
    explained = class_selector(run, "-selection")
    try:
        with st.spinner(_("Explaining the test rows …")):
            found = contributions(run, chosen.data, chosen.vectors, run.id, explained)
    except UserError as error:
        st.error(translate_md(error.message), icon=":material/error:")
        return
    inside = np.isin(found.rows, chosen.rows)
    if not inside.any():
        st.info(_("None of the selected rows is among those that this run explains."))
        return
    _chart(run, found, inside)
    notes(run)
    calibration_note(run)


def _chart(run: Run, found: Contributions, inside: np.ndarray) -> None:
    values = found.values[MEAN]
    mine, rest = values[inside].mean(axis=0), values[~inside].mean(axis=0) if not inside.all() else None
    order = np.argsort(-np.abs(mine), kind="stable")[:MOST]
    places, colours = PLACES[found.label is not None], palette()
    names = [hover(group_name(found.groups[k]), 18) for k in order]
    figure = go.Figure(
        go.Bar(
            y=names,
            x=mine[order] * 100,
            orientation="h",
            name=_("selected"),
            marker_color=[colours.high if mine[k] > 0 else colours.low for k in order],
            customdata=[points(float(mine[k]), places) for k in order],
            hovertemplate="%{y}<br>%{customdata}<extra></extra>",
            showlegend=False,
        )
    )
    if rest is not None:
        figure.add_scatter(
            y=names,
            x=rest[order] * 100,
            mode="markers",
            name=_("the rest"),
            marker={
                "color": colours.muted,
                "size": 11,
                "symbol": "diamond",
                "line": {"color": colours.surface, "width": 1.5},
            },
            customdata=[points(float(rest[k]), places) for k in order],
            hovertemplate="%{y}<br>%{customdata}<extra>" + hover(_("the rest")) + "</extra>",
        )
    figure.update_layout(bargap=0.45)
    figure.update_yaxes(autorange="reversed", type="category", categoryorder="array", categoryarray=names)
    figure.update_xaxes(title=hover(_axis(found), 30), zeroline=True)
    st.markdown(bold(_answer(found, mine, rest)))
    note = _(
        "n = {n:,} of {all:,} explained test rows; a bar: the mean over the selected ones; a diamond: over the rest",
        n=int(inside.sum()),
        all=len(inside),
    )
    lines = sum(1 + name.count("<br>") for name in names)
    show(figure, _("What moves their predictions"), f"chart-map-moves-{run.id}", note, 170 + 34 * lines)


def _axis(found: Contributions) -> str:
    if found.label is None:
        return _("mean contribution to the predicted return (percentage points)")
    return _(
        "mean contribution to the probability of {label} (percentage points)", label=class_name(found.label)
    )


def _answer(found: Contributions, mine: np.ndarray, rest: np.ndarray | None) -> str:
    places = PLACES[found.label is not None]
    if rest is None:
        most = int(np.abs(mine).argmax())
        return md(
            "“{group}” moves these predictions most: by {size} percentage points on average.",
            group=group_name(found.groups[most]),
            size=points(float(mine[most]), places),
        )
    most = int(np.abs(mine - rest).argmax())
    return md(
        "“{group}” differs most from the rest: {size} percentage points on average here, {rest} elsewhere.",
        group=group_name(found.groups[most]),
        size=points(float(mine[most]), places),
        rest=points(float(rest[most]), places),
    )


def button(chosen: Selection) -> None:
    """Offer to explain the selected rows one by one: those of them that the Explain page explains."""
    run = chosen.run
    if run is None:
        return
    tested = chosen.rows[np.isin(chosen.rows, chosen_rows(run, chosen.data))]
    if st.button(
        _("Explain these"),
        key="map-explain",
        icon=":material/arrow_forward:",
        disabled=not len(tested),
        help=None if len(tested) else _("None of the selected rows is among those that this run explains."),
    ):
        explain_only(run, chosen.data.frame["row"].to_numpy()[tested].tolist())
        st.session_state["explain-section"] = "row"
        navigation.go("explain")
