"""The picture of a map: its points in the colours of the target, the press outlet or the prediction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.predictions import MEAN
from core.locale import N_
from core.maps import METHODS, MapSettings
from core.train.run import Run
from core.ui.charts import show
from core.ui.text import UNKNOWN, _, class_name, day, hover, percent, points, signed_percent
from core.ui.theme import CATEGORIES, OTHER, palette

MOST_POINTS = 20_000


@dataclass(frozen=True, eq=False)
class Layer:
    """Points drawn in one way: their name in the legend, their rows in the dataset, and Plotly's marker."""

    name: str
    rows: np.ndarray
    marker: dict[str, Any]


@dataclass(frozen=True)
class Colouring:
    """What the points can be coloured by: its name, when it can be, and its layers of some rows."""

    title: str
    offered: Callable[[Dataset, Run | None], bool]
    layers: Callable[[Dataset, np.ndarray, Run | None], list[Layer]]
    of_test: bool = False


def colour_form(data: Dataset, run: Run | None) -> str:
    """Let the reader choose what the points are coloured by; return a key of `COLOURINGS`."""
    offered = [key for key, colouring in COLOURINGS.items() if colouring.offered(data, run)]
    chosen = st.segmented_control(
        _("Colour"),
        offered,
        default=offered[0],
        key="map-colour",
        format_func=lambda key: _(COLOURINGS[key].title),
        persist_state="session",
    )
    return chosen or offered[0]


def picture(data: Dataset, places: np.ndarray, settings: MapSettings, colour: str, run: Run | None) -> None:
    """Draw the places `(rows, 2)` of a dataset, at most 20,000 of them."""
    rows = _drawn(data, COLOURINGS[colour], run)
    figure = go.Figure()
    for layer in COLOURINGS[colour].layers(data, rows, run):
        figure.add_scattergl(
            x=places[layer.rows, 0],
            y=places[layer.rows, 1],
            mode="markers",
            name=layer.name,
            marker={"size": 6, "opacity": 0.75} | layer.marker,
            text=_hover_texts(data, layer.rows),
            hovertemplate="%{text}<extra></extra>",
        )
    method = METHODS[settings.method]
    figure.update_xaxes(title=_(method.axis, n=1), showticklabels=method.scaled, zeroline=False)
    figure.update_yaxes(title=_(method.axis, n=2), showticklabels=method.scaled, zeroline=False)
    note = (
        _("n = {n:,}; each point is one row of the table; hover over it for the headline", n=len(rows))
        if len(rows) == len(data)
        else _(
            "n = {n:,} of {all:,} rows; each point is one row; hover over it for the headline",
            n=len(rows),
            all=len(data),
        )
    )
    show(figure, _("Map of the headlines"), f"chart-map-{settings.method}-{colour}", note, height=640)


def _drawn(data: Dataset, colouring: Colouring, run: Run | None) -> np.ndarray:
    """Return the positions of the rows to draw."""
    rows = np.arange(len(data))
    if colouring.of_test and run is not None:
        rows = run.predictions.test.positions(data)
    if len(rows) <= MOST_POINTS:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, MOST_POINTS, replace=False))


def _hover_texts(data: Dataset, rows: np.ndarray) -> list[str]:
    return [_hover_text(row, data.target_kind) for row in data.frame.iloc[rows].itertuples()]


def _hover_text(row: Any, target_kind: str | None) -> str:
    facts = [row.company, row.press, day(row.session)]
    if target_kind == "return":
        facts.append(signed_percent(float(row.target)))
    elif target_kind:
        facts.append(class_name(str(row.target)))
    facts.append(_("row {n}", n=row.row))
    known = [hover(str(fact)) for fact in facts if not pd.isna(fact) and fact != UNKNOWN]
    return f"{hover(row.headline)}<br>{' · '.join(known)}"


def _by_target(data: Dataset, rows: np.ndarray, run: Run | None) -> list[Layer]:
    target = data.frame["target"].iloc[rows]
    if data.target_kind == "return":
        values = target.to_numpy(float)
        known = np.isfinite(values)
        return [Layer(_("target"), rows[known], _scale(values[known], 0.0, _("future return")))]
    colours = palette()
    shades = [colours.low, colours.high] if len(data.classes) == 2 else list(CATEGORIES)
    return [
        Layer(
            hover(class_name(name)),
            rows[(target == name).to_numpy()],
            {"color": shades[i % len(shades)], "symbol": "circle" if i else "diamond"},
        )
        for i, name in enumerate(data.classes)
    ]


def _by_press(data: Dataset, rows: np.ndarray, run: Run | None) -> list[Layer]:
    press = data.frame["press"].iloc[rows].fillna(_("unknown"))
    top = press.value_counts().index[: len(CATEGORIES)]
    layers = [
        Layer(hover(name), rows[(press == name).to_numpy()], {"color": colour})
        for name, colour in zip(top, CATEGORIES, strict=False)
    ]
    rest = rows[~press.isin(top).to_numpy()]
    return [*layers, Layer(_("other"), rest, {"color": OTHER})] if len(rest) else layers


def _by_prediction(data: Dataset, rows: np.ndarray, run: Run | None) -> list[Layer]:
    if run is None:
        return []
    mean = run.predictions.test.at(data, rows)[MEAN]
    if run.classes:
        label = class_name(run.classes[-1])
        values, middle = mean[:, -1], 0.5
        title = _("probability of {label}", label=hover(label))
    else:
        values, middle, title = mean, 0.0, _("predicted return")
    return [Layer(_("prediction"), rows, _scale(values, middle, title))]


def _scale(values: np.ndarray, middle: float, title: str) -> dict[str, Any]:
    """Return the marker of values on the scale from low over the middle to high, with its bar."""
    reach = float(np.quantile(np.abs(values - middle), 0.98)) or 1e-9
    ticks = [middle - 0.9 * reach, middle, middle + 0.9 * reach]
    return {
        "color": values,
        "colorscale": palette().diverging,
        "cmin": middle - reach,
        "cmax": middle + reach,
        "showscale": True,
        "colorbar": {
            "title": {"text": title, "side": "top"},
            "orientation": "h",
            "y": -0.38,
            "x": 0.5,
            "len": 0.8,
            "tickvals": ticks,
            "ticktext": [percent(tick) if middle else f"{points(tick, 1)}%" for tick in ticks],
            "tickangle": 0,
            "thickness": 12,
        },
    }


COLOURINGS = {
    "target": Colouring(N_("target"), lambda data, run: bool(data.target_kind), _by_target),
    "press": Colouring(N_("press outlet"), lambda data, run: True, _by_press),
    "prediction": Colouring(
        N_("prediction (test rows)"), lambda data, run: run is not None, _by_prediction, of_test=True
    ),
}
