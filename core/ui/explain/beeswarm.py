"""Every explained row's contributions of the table's groups, coloured by the value that made them."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.predictions import MEAN
from core.explain import Contributions
from core.explain.features import ranks, table_groups, values_of
from core.train.features.outlets import PRESS
from core.train.run import Run
from core.ui import state
from core.ui.charts import show
from core.ui.explain.names import PLACES, group_name, number, unit
from core.ui.text import UNKNOWN, _, hover, points
from core.ui.theme import palette

MOST = 8  # groups
_BINS, _REACH = 80, 0.4  # of a group's contributions; how far points are spread, in rows of the chart


def beeswarm(run: Run, data: Dataset, found: Contributions) -> None:
    """Draw one line for each group of the table, the largest first, and one point on it for each explained row."""
    every = table_groups(found)
    shown = every[:MOST]
    note = _(
        "n = {n:,} test rows; a point is a row and its contribution, the mean of the models; its colour says how high the "
        "row's value is among them (rank)",
        n=len(found.rows),
    )
    if len(every) > MOST:
        note += _("; the {n} largest of {all}", n=MOST, all=len(every))
    figure = go.Figure(_points(run, data, found, shown))
    figure.add_vline(x=0, line_width=1, line_color=palette().muted, layer="below")
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(shown))),
        ticktext=[hover(group_name(group), 12) for group in shown],
        range=[len(shown) - 0.5, -0.5],
        zeroline=False,
    )
    figure.update_xaxes(title=hover(unit(found), 30), zeroline=False)
    offer_row(
        show(
            figure,
            _("How the values of the table move the predictions"),
            "chart-beeswarm",
            note,
            170 + 52 * len(shown),
            select=True,
        ),
        "beeswarm",
    )


def offer_row(event: Any, key: str) -> None:
    """Offer to explain the row of the mark that is selected on a chart, where one is."""
    points = event.selection.points if event else []
    row = next((point.get("customdata") for point in points), None)
    row = row[0] if isinstance(row, list) else row
    if row is not None:
        st.button(
            _("Explain row {n}", n=int(row)),
            key=f"row-of-{key}",
            icon=":material/north_east:",
            on_click=_open_row,
            args=(int(row),),
            type="tertiary",
        )


def _open_row(row: int) -> None:
    state.choose(row=str(row))
    st.session_state["explain-section"] = "row"


def spread(x: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return how far each point `(n,)` is moved aside, -1 to 1, so that those of about the same x stand side by side.

    Points are counted in bins between `low` and `high`, and set around the middle in turn; the fullest bin takes all
    the room.
    """
    width = max(high - low, 1e-12)
    bins = np.clip(((x - low) / width * _BINS).astype(int), 0, _BINS - 1)
    order = np.argsort(bins, kind="stable")
    counts = np.bincount(bins, minlength=_BINS)
    turn = np.empty(len(x), int)  # the how many-th of its bin each point is
    turn[order] = np.arange(len(x)) - np.repeat(np.cumsum(counts) - counts, counts)
    aside = (turn + 1) // 2 * np.where(turn % 2, 1, -1)
    return aside / max(int(counts.max(initial=0)) // 2, 6)


def value_colours(rank: np.ndarray) -> dict[str, object]:
    """Return the marker of points by the rank of their value, from low to high."""
    return {
        "color": rank,
        "colorscale": palette().diverging,
        "cmin": 0,
        "cmax": 1,
        "showscale": False,
        "size": 6,
        "opacity": 0.85,
    }


def key_of_colours(unknown: bool) -> list[go.Scatter]:
    """Return the entries of a legend for `value_colours`, and for points without a value where there are some."""
    colours = palette()
    entries = [(_("low value"), colours.low), (_("high value"), colours.high)]
    if unknown:
        entries.append((_("no number"), colours.muted))
    return [
        go.Scatter(x=[None], y=[None], mode="markers", name=name, marker={"color": colour, "size": 9})
        for name, colour in entries
    ]


def _points(run: Run, data: Dataset, found: Contributions, shown: tuple[str, ...]) -> list[go.Scatter]:
    x = [found.values[MEAN][:, found.groups.index(group)] * 100 for group in shown]
    low, high = float(np.min(x)), float(np.max(x))
    values = [values_of(run, data, found.rows, group) for group in shown]
    y = [place + _REACH * spread(part, low, high) for place, part in enumerate(x)]
    rank = np.concatenate(
        [np.full(len(found.rows), np.nan) if part is None else ranks(part) for part in values]
    )
    known = np.isfinite(rank)
    texts = np.concatenate(
        [_texts(data, found, group, part) for group, part in zip(shown, values, strict=True)]
    )
    rows = np.tile(data.frame["row"].to_numpy()[found.rows], len(shown))
    traces = []
    for chosen, marker in (
        (~known, {"color": palette().muted, "size": 6, "opacity": 0.6}),
        (known, value_colours(rank[known])),
    ):
        if chosen.any():
            traces.append(
                go.Scattergl(
                    x=np.concatenate(x)[chosen],
                    y=np.concatenate(y)[chosen],
                    mode="markers",
                    marker=marker,
                    customdata=rows[chosen],
                    hovertext=texts[chosen],
                    hovertemplate="%{hovertext}<extra></extra>",
                    showlegend=False,
                )
            )
    return [*traces, *key_of_colours(bool((~known).any()))]


def _texts(data: Dataset, found: Contributions, group: str, values: np.ndarray | None) -> np.ndarray:
    """Return what hovering over each row's point of a group says."""
    frame = data.frame.iloc[found.rows]
    if group == PRESS:
        told = [UNKNOWN if name is None or name != name else str(name) for name in frame["press"]]
    elif values is None:
        told = [UNKNOWN] * len(frame)
    else:
        told = [number(value) for value in values]
    return row_texts(data, found, group, [f"{group_name(group)} {value}" for value in told])


def row_texts(data: Dataset, found: Contributions, group: str, told: list[str]) -> np.ndarray:
    """Return each explained row's headline, what is `told` of it, its contribution of a group, and its number."""
    frame = data.frame.iloc[found.rows]
    places = PLACES[found.label is not None]
    added = found.values[MEAN][:, found.groups.index(group)]
    numbers = [_("row {n}", n=int(row)) for row in frame["row"]]
    lines = [
        f"{hover(headline)}<br>{hover(what)}: <b>{points(float(value), places)}</b><br>{row}"
        for headline, what, value, row in zip(frame["headline"], told, added, numbers, strict=True)
    ]
    return np.array(lines, object)
