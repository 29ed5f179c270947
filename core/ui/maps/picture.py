"""The picture of a map: its points in the colours of the outcome, the prediction, the company or the press outlet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.maps import METHODS, MapSettings, Topics, saved_topics
from core.train.run import Run
from core.ui.charts import show
from core.ui.maps.colouring import Colouring, Layer, Shown, marked, offered, told_of
from core.ui.sealed import sealed_rows
from core.ui.text import UNKNOWN, _, day, hover, language, md

MOST_POINTS = 20_000
HEIGHT = 760
TURNS = 8  # in how many pieces a layer is drawn
FEW = 2_000  # points; more are drawn smaller


def known_topics(data: Dataset, vectors: np.ndarray) -> Topics | None:
    """Return the topics of a dataset where they have been found, as the explain page does."""
    return saved_topics(data, vectors)[1]


def colour_form(data: Dataset, run: Run | None, topics: Topics | None = None) -> str:
    """Let the reader choose what the points are coloured by, where there is a choice; return its key."""
    choices = offered(Shown(data, run, np.arange(0), topics))
    first = next(iter(choices))
    if len(choices) < 2:
        return first
    chosen = st.segmented_control(
        _("Colour"),
        list(choices),
        default=first,
        key="map-colour",
        format_func=lambda key: _(choices[key].title),
        persist_state="session",
        width="content",
    )
    return chosen if chosen in choices else first


def words_form() -> str:
    """Let the reader name words whose headlines are marked."""
    words: str = st.text_input(
        _("Mark headlines with"),
        key="map-words",
        max_chars=60,
        placeholder=_("any word"),
        persist_state="session",
    )
    return words or ""


def picture(
    data: Dataset,
    places: np.ndarray,
    settings: MapSettings,
    colour: str,
    run: Run | None,
    words: str = "",
    topics: Topics | None = None,
) -> None:
    """Draw the places `(rows, 2)` of a dataset, at most 20,000 of them; headlines that hold `words` are marked."""
    shown = Shown(data, run, sealed_rows(data), topics)
    colouring = offered(shown)[colour]
    rows = _drawn(shown, colouring)
    layers = colouring.layers(shown, rows)
    if words and (rings := marked(shown, rows, words)):
        layers.append(rings)
    elif words:
        st.caption(md("No headline on this map holds “{words}”.", words=words))
    run_id = run.id if run is not None and colouring.of_test else ""
    key = data.id, colour, run_id, shown.sealed.tobytes(), language()
    texts = _hover_texts(shown, colouring, rows, key)
    figure = go.Figure([_points(layer, places, texts, len(rows)) for layer in _mixed(layers)])
    named: set[str] = set()
    for trace in figure.data:  # the pieces of a layer are one entry in the legend, and go and come together
        trace.update(
            legendgroup=trace.name, showlegend=trace.name not in named and not trace.marker.showscale
        )
        named.add(trace.name)
    method = METHODS[settings.method]
    axis = {"showticklabels": method.scaled, "zeroline": False, "showgrid": method.scaled}
    figure.update_xaxes(title=_(method.axis, n=1) if method.scaled else None, **axis)
    figure.update_yaxes(
        title=_(method.axis, n=2) if method.scaled else None, scaleanchor="x", scaleratio=1, **axis
    )
    note = (
        _("n = {n:,}; each point is one row of the table; hover over it for the headline", n=len(rows))
        if len(rows) == len(data)
        else _(
            "n = {n:,} of {all:,} rows; each point is one row; hover over it for the headline",
            n=len(rows),
            all=len(data),
        )
    )
    show(figure, _("Map of the headlines"), f"chart-map-{settings.method}-{colour}", note, height=HEIGHT)


def _mixed(layers: list[Layer]) -> list[Layer]:
    """Return the layers in pieces that take turns, so that the last one does not hide the others."""
    turns = [layer for layer in layers if not layer.apart]
    if len(turns) < 2:
        return layers
    pieces = [replace(layer, rows=layer.rows[turn::TURNS]) for turn in range(TURNS) for layer in turns]
    first = layers.index(turns[0])
    return [*layers[:first], *pieces, *layers[first + len(turns) :]]


def _points(layer: Layer, places: np.ndarray, texts: np.ndarray, drawn: int) -> go.Scattergl:
    return go.Scattergl(
        x=places[layer.rows, 0],
        y=places[layer.rows, 1],
        mode="markers",
        name=layer.name,
        marker={"size": 6 if drawn < FEW else 5, "opacity": 0.7} | layer.marker,
        text=texts[layer.rows],
        hovertemplate="%{text}<extra></extra>",
    )


def _drawn(shown: Shown, colouring: Colouring) -> np.ndarray:
    """Return the positions of the rows to draw."""
    rows = np.arange(len(shown.data))
    if colouring.of_test and shown.run is not None:
        rows = shown.run.predictions.test.positions(shown.data)
    if len(rows) <= MOST_POINTS:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, MOST_POINTS, replace=False))


@st.cache_resource(max_entries=6, show_spinner=False)
def _hover_texts(
    _shown: Shown, _colouring: Colouring, _rows: np.ndarray, key: tuple[object, ...]
) -> np.ndarray:
    """Return the texts of these rows at their positions in the dataset, `(rows of the dataset,)`, once per `key`."""
    told = told_of(_shown, _colouring, _rows)
    frame = _shown.data.frame.iloc[_rows]
    texts = np.full(len(_shown.data), "", dtype=object)
    texts[_rows] = [_hover_text(row, facts) for row, facts in zip(frame.itertuples(), told, strict=True)]
    return texts


def _hover_text(row: Any, told: list[str]) -> str:
    facts = [*told, row.company, row.press, day(row.session), _("row {n}", n=row.row)]
    known = [hover(str(fact)) for fact in facts if not pd.isna(fact) and fact != UNKNOWN]
    return f"<b>{hover(row.headline)}</b><br>{' · '.join(known)}"
