"""The points of a map as Plotly draws them: layers that take turns, one point a headline, and what hovering tells."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.ui.maps.picture.colouring import Colouring, Shown, told_of
from core.ui.maps.picture.scales import Layer
from core.ui.text import UNKNOWN, _, day, hover

TURNS = 8  # in how many pieces a layer is drawn, of up to
PIECES = 24  # in all: each is drawn on its own, and selecting draws it again
FEW, MANY = 2_000, 10_000  # points; more than few are drawn smaller, more than many tell the headline alone
LARGEST = 25  # rows; a headline that stands in more of them is drawn no larger


def one_per_headline(layers: list[Layer], headline: np.ndarray) -> tuple[list[Layer], np.ndarray]:
    """Return the layers with one row for each headline, and how many rows each stands for, `(rows of the dataset,)`.

    `headline (rows of the dataset,)` numbers the headlines. A headline is drawn as most of its rows are, on a scale at
    their mean.
    """
    table = pd.DataFrame(
        {
            "row": np.concatenate([layer.rows for layer in layers]),
            "layer": np.repeat(np.arange(len(layers)), [len(layer.rows) for layer in layers]),
            "value": np.concatenate(
                [np.zeros(len(layer.rows)) if layer.values is None else layer.values for layer in layers]
            ),
        }
    )
    table["headline"] = headline[table["row"]]
    parts = table.groupby(["headline", "layer"], as_index=False).agg(
        rows=("row", "size"), row=("row", "min"), value=("value", "mean")
    )
    parts["all"] = parts.groupby("headline")["rows"].transform("sum")
    parts["apart"] = np.array([layer.apart for layer in layers])[
        parts["layer"]
    ]  # loses where both are as many
    ordered = parts.sort_values(["rows", "apart"], ascending=[False, True], kind="stable")
    largest = ordered.drop_duplicates("headline").sort_values("row")
    counts = np.zeros(len(headline), np.int64)
    counts[largest["row"]] = largest["all"]
    found = []
    for number, layer in enumerate(layers):
        of_layer = largest[largest["layer"] == number]
        values = None if layer.values is None else of_layer["value"].to_numpy()
        found.append(replace(layer, rows=of_layer["row"].to_numpy(np.int64), values=values))
    return [layer for layer in found if len(layer.rows)], counts


def mixed(layers: list[Layer]) -> list[Layer]:
    """Return the layers in pieces that take turns, so that the last one does not hide the others."""
    turns = [layer for layer in layers if not layer.apart]
    if len(turns) < 2:
        return layers
    number = max(2, min(TURNS, PIECES // len(turns)))
    pieces = [part(layer, slice(turn, None, number)) for turn in range(number) for layer in turns]
    first = layers.index(turns[0])
    return [*layers[:first], *pieces, *layers[first + len(turns) :]]


def part(layer: Layer, chosen: slice | np.ndarray) -> Layer:
    """Return some of a layer's points."""
    return replace(
        layer, rows=layer.rows[chosen], values=None if layer.values is None else layer.values[chosen]
    )


def trace(
    layer: Layer, at: np.ndarray, texts: np.ndarray, numbers: np.ndarray, counts: np.ndarray | None = None
) -> go.Scattergl | go.Scatter3d:
    """Return a layer as Plotly draws it.

    Of every row of the dataset: its place `at (n, 2 or 3)`, the text that hovering tells, the row's number in the
    reader's file, and how many rows its point stands for.
    """
    deep = at.shape[1] == 3
    x, y, *z = at[layer.rows].astype(np.float32).T
    size = (3.0 if len(at) >= FEW else 4.0) if deep else (5.0 if len(at) >= FEW else 6.0)
    marker: dict[str, Any] = {"size": size, "opacity": 0.8 if deep else 0.7} | layer.marker
    if deep:
        marker |= {"symbol": "circle", "line": {"width": 0}}
        marker["size"] = min(marker["size"], size)
    if counts is not None and (of_point := counts[layer.rows]).max(initial=1) > 1:
        marker["size"] = (marker["size"] * np.sqrt(np.clip(of_point, 1, LARGEST))).astype(np.float32)
    if layer.values is not None:
        marker["color"] = layer.values.astype(np.float32)
    shared = {
        "mode": "markers",
        "name": layer.name,
        "marker": marker,
        "text": texts[layer.rows],
        "customdata": numbers[layer.rows].astype(np.int32),
        "hovertemplate": "%{text}<extra></extra>",
    }
    return go.Scatter3d(x=x, y=y, z=z[0], **shared) if deep else go.Scattergl(x=x, y=y, **shared)


def one_entry_each(figure: go.Figure) -> None:
    """Let the pieces of a layer be one entry in the legend, and go and come together."""
    named: set[str] = set()
    for piece in figure.data:
        shown = piece.showlegend is not False and piece.name not in named and not piece.marker.showscale
        piece.update(legendgroup=piece.name, showlegend=shown)
        named.add(piece.name)


@st.cache_resource(max_entries=12, show_spinner=False)
def hover_texts(
    _shown: Shown,
    _colouring: Colouring,
    _rows: np.ndarray,
    _counts: np.ndarray | None,
    key: tuple[object, ...],
) -> np.ndarray:
    """Return the texts of these rows, ascending, at their positions in the dataset, `(rows of the dataset,)`, once per `key`."""
    data = _shown.data
    texts = np.full(len(data), "", dtype=object)
    frame = data.frame.iloc[_rows]
    if len(_rows) > MANY:
        texts[_rows] = [f"<b>{hover(headline)}</b>" for headline in frame["headline"]]
        return texts
    told = told_of(_shown, _colouring, _rows)
    often = np.ones(len(_rows), int) if _counts is None else _counts[_rows]
    texts[_rows] = [
        _text(data, row, facts, times)
        for row, facts, times in zip(frame.itertuples(), told, often, strict=True)
    ]
    return texts


def _text(data: Dataset, row: Any, told: list[str], times: int) -> str:
    if times > 1:
        return f"<b>{hover(row.headline)}</b><br>" + _(
            "in {n:,} rows, drawn as most of them are", n=int(times)
        )
    facts = [*told, row.company, row.press, day(row.session), _("row {n}", n=row.row)]
    known = [hover(str(fact)) for fact in facts if not pd.isna(fact) and fact != UNKNOWN]
    return f"<b>{hover(row.headline)}</b><br>{' · '.join(known)}"
