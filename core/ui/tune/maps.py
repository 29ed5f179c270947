"""Maps of the test texts by both encoders, side by side: PCA, t-SNE and UMAP, in two and three dimensions."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.jobs import Report
from core.maps.settings import METHODS
from core.tune.further import Maps, add_maps, maps_of
from core.tune.judge.projections import AFTER, BEFORE, DIMENSIONS
from core.tune.record import Tuned
from core.ui import jobs
from core.ui.charts import show
from core.ui.text import _, class_name, hover
from core.ui.theme import class_colours, palette

HEIGHT = 480
_MARKS = ("circle", "diamond", "square", "cross", "x", "circle-open", "diamond-open", "square-open")


def maps(tuned: Tuned) -> None:
    """Draw the maps, or offer to compute them."""
    if tuned.data.pairs or not tuned.data.id:
        st.caption(_("Maps are drawn of an encoder that was tuned on a table of the library."))
        return
    found = maps_of(tuned)
    if found is None:
        _offer(tuned)
        return
    first = next(iter(METHODS))
    with st.container(horizontal=True, gap="medium"):
        method = st.segmented_control(
            _("Method"),
            list(METHODS),
            default=first,
            required=True,
            format_func=lambda name: METHODS[name].title,
            key="tune-map-method",
        )
        size = st.segmented_control(
            _("Dimensions"),
            list(DIMENSIONS),
            default=2,
            required=True,
            format_func=lambda d: _("{n}-D", n=d),
            key="tune-map-size",
        )
    chosen = method or first
    st.caption(_(METHODS[chosen].note) + " · " + _("The axes of the two maps are not the same."))
    left, right = st.columns(2, gap="medium")
    for column, side, title in ((left, BEFORE, _("Before")), (right, AFTER, _("After"))):
        with column:
            _map(tuned, found, side, chosen, size or 2, title)


def _offer(tuned: Tuned) -> None:
    if jobs.panel("tune-maps", tuned=tuned.id):
        return
    st.markdown(_("The maps have not been computed yet. They are computed once and saved."))
    if st.button(_("Draw the maps"), type="primary", key="tune-maps"):

        def work(report: Report) -> dict[str, str]:
            add_maps(tuned.id, report)
            return {"tuned": tuned.id}

        jobs.submit("tune-maps", {"tuned": tuned.id}, work, tuned.data.test)


def _map(tuned: Tuned, found: Maps, side: str, method: str, size: int, title: str) -> None:
    places = found.projections.places.get((side, method, size))
    if places is None:
        st.caption(_("All texts have nearly the same vector: there is nothing to draw."))
        return
    labels = np.array(found.labels, object)
    colours = class_colours(tuned.data.classes) or {"": palette().accent}
    figure = go.Figure()
    for number, (name, colour) in enumerate(colours.items()):
        rows = np.flatnonzero(labels == name)
        texts = [hover(found.texts[row]) for row in rows]
        marker = {"color": colour, "opacity": 0.75, "symbol": _MARKS[number % len(_MARKS)]}
        shared = {
            "mode": "markers",
            "name": f"{hover(class_name(name))} ({len(rows)})",
            "text": texts,
            "hovertemplate": "%{text}<extra></extra>",
        }
        x, y = places[rows, 0], places[rows, 1]
        if size == 3:
            figure.add_scatter3d(x=x, y=y, z=places[rows, 2], marker=marker | {"size": 3}, **shared)
        else:
            figure.add_scattergl(x=x, y=y, marker=marker | {"size": 7}, **shared)
    bare = {"showticklabels": False, "title": ""}
    if size == 3:
        figure.update_scenes(xaxis=bare, yaxis=bare, zaxis=bare, aspectmode="cube")
    else:
        figure.update_xaxes(showticklabels=False, zeroline=False)
        figure.update_yaxes(showticklabels=False, zeroline=False, scaleanchor="x", scaleratio=1)
    note = _("n = {n:,} test texts; hover over one to read it", n=len(labels))
    show(figure, f"{title} · {METHODS[method].title}", f"chart-tune-map-{side}-{method}-{size}", note, HEIGHT)
