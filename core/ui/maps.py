"""The maps page's parts: the method, the job that lays the points out, and the picture."""

from __future__ import annotations

import threading

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate.predictions import MEAN
from core.jobs import Report
from core.locale import N_
from core.maps import MapSettings, coordinates, load_or_none, map_key, warm_up
from core.train.run import Run
from core.ui import jobs
from core.ui.text import _, class_name, day, hover, signed_percent, told
from core.ui.theme import CATEGORIES, OTHER, palette, show

METHODS = {
    "pca": N_("PCA: at once, keeps large distances"),
    "umap": N_("UMAP: shows groups, needs a minute or more"),
    "tsne": N_("t-SNE: shows neighbours, needs a minute or more"),
}
MOST_POINTS = 20_000


@st.cache_resource(show_spinner=False)
def warm_up_once() -> None:
    """Let numba compile UMAP in the background, once per server, before the first UMAP is asked for."""
    threading.Thread(target=warm_up, name="headline-lab-umap", daemon=True).start()


def settings_bar(data: Dataset, run: Run | None) -> tuple[MapSettings, str]:
    """Ask for the method and the colouring."""
    left, right = st.columns(2)
    with left:
        method = (
            st.segmented_control(
                _("Method"),
                ["pca", "umap", "tsne"],
                default="pca",
                key="map-method",
                format_func=lambda m: {"pca": "PCA", "umap": "UMAP", "tsne": "t-SNE"}[m],
                persist_state="session",
            )
            or "pca"
        )
        st.caption(_(METHODS[method]))
    colours = ["target", "press"] if data.target_kind else ["press"]
    colours += ["prediction"] if run else []
    names = {"target": _("target"), "press": _("press outlet"), "prediction": _("prediction (test rows)")}
    with right:
        colour = (
            st.segmented_control(
                _("Colour"),
                colours,
                default=colours[0],
                key="map-colour",
                format_func=lambda c: names[c],
                persist_state="session",
            )
            or colours[0]
        )
    return MapSettings(method), colour


def layout(data: Dataset, vectors: np.ndarray, settings: MapSettings) -> np.ndarray | None:
    """Return the points `(rows, 2)`: PCA at once, the others from the workspace or from a job."""
    if settings.method == "pca":
        try:
            return coordinates(vectors, settings)
        except UserError as error:
            st.error(told(error.message))
            return None
    key = map_key(vectors, settings)
    points = load_or_none(key)
    if points is not None:
        return points

    def work(report: Report) -> None:
        coordinates(vectors, settings, report)

    if not jobs.panel("map", key=key):
        st.info(_("This map has not been laid out yet. It is made once and kept."))
        if st.button(_("Lay the map out"), type="primary"):
            jobs.submit("map", {"dataset": data.id, "key": key}, work)
    return None


def picture(data: Dataset, points: np.ndarray, settings: MapSettings, colour: str, run: Run | None) -> None:
    """Draw the map."""
    rows = np.arange(len(data))
    if colour == "prediction" and run is not None:
        rows = run.predictions.test.positions(data)
    if len(rows) > MOST_POINTS:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_POINTS, replace=False))
    figure = go.Figure()
    for name, chosen, marker in _layers(data, rows, colour, run):
        figure.add_scattergl(
            x=points[chosen, 0],
            y=points[chosen, 1],
            mode="markers",
            name=name,
            marker={"size": 6, "opacity": 0.75} | marker,
            text=_hover_texts(data, chosen),
            hovertemplate="%{text}<extra></extra>",
        )
    axis = {"pca": _("component {n}"), "umap": _("UMAP {n}"), "tsne": _("t-SNE {n}")}[settings.method]
    figure.update_xaxes(title=axis.format(n=1), showticklabels=settings.method == "pca", zeroline=False)
    figure.update_yaxes(title=axis.format(n=2), showticklabels=settings.method == "pca", zeroline=False)
    shown = (
        _("n = {n:,}; a point is one row of the table, hover for the headline", n=len(rows))
        if len(rows) == len(data)
        else _(
            "n = {n:,} of {all:,} rows; a point is one row, hover for the headline",
            n=len(rows),
            all=len(data),
        )
    )
    show(figure, _("Map of the headlines"), f"chart-map-{settings.method}-{colour}", shown, height=640)


def _hover_texts(data: Dataset, rows: np.ndarray) -> list[str]:
    frame = data.frame.iloc[rows]
    parts = []
    for row in frame.itertuples():
        outcome = row.target
        if data.target_kind == "return":
            outcome = signed_percent(float(row.target))
        elif data.target_kind:
            outcome = class_name(str(row.target))
        number = _("row {n}", n=row.row)
        facts = [row.company, row.press, day(row.session), outcome if data.target_kind else None, number]
        shown = " · ".join(
            hover(str(fact)) for fact in facts if fact is not None and fact == fact and fact != "–"
        )
        parts.append(f"{hover(row.headline)}<br>{shown}")
    return parts


def _layers(
    data: Dataset, rows: np.ndarray, colour: str, run: Run | None
) -> list[tuple[str, np.ndarray, dict[str, object]]]:
    colours = palette()
    diverging = [[0, colours.low], [0.5, colours.middle], [1, colours.high]]
    if colour == "press":
        press = data.frame["press"].iloc[rows].fillna(_("unknown"))
        top = press.value_counts().index[: len(CATEGORIES)]
        layers: list[tuple[str, np.ndarray, dict[str, object]]] = [
            (hover(name), rows[(press == name).to_numpy()], {"color": CATEGORIES[i]})
            for i, name in enumerate(top)
        ]
        rest = rows[~press.isin(top).to_numpy()]
        return [*layers, (_("other"), rest, {"color": OTHER})] if len(rest) else layers
    if colour == "prediction" and run is not None:
        mean = run.predictions.test.at(data, rows)[MEAN]
        values = mean[:, -1] if run.classes else mean
        middle = 0.5 if run.classes else 0.0
        title = (
            _("probability of {label}", label=hover(class_name(run.classes[-1])))
            if run.classes
            else _("predicted return")
        )
        return [(_("prediction"), rows, _scale(values, middle, diverging, title))]
    if data.target_kind == "return":
        values = data.frame["target"].iloc[rows].to_numpy(float)
        known = np.isfinite(values)
        return [(_("target"), rows[known], _scale(values[known], 0.0, diverging, _("return to come")))]
    classes = data.classes
    target = data.frame["target"].iloc[rows]
    shades = [colours.low, colours.high] if len(classes) == 2 else list(CATEGORIES)
    return [
        (
            hover(class_name(name)),
            rows[(target == name).to_numpy()],
            {"color": shades[i % len(shades)], "symbol": "circle" if i else "diamond"},
        )
        for i, name in enumerate(classes)
    ]


def _scale(values: np.ndarray, middle: float, colours: list, title: str) -> dict[str, object]:
    reach = float(np.quantile(np.abs(values - middle), 0.98)) or 1e-9
    return {
        "color": values,
        "colorscale": colours,
        "cmin": middle - reach,
        "cmax": middle + reach,
        "showscale": True,
        "colorbar": {
            "title": {"text": title, "side": "top"},
            "orientation": "h",
            "y": -0.38,
            "x": 0.5,
            "len": 0.8,
            "tickvals": [middle - 0.9 * reach, middle, middle + 0.9 * reach],
            "tickangle": 0,
            "tickformat": "+.1%" if middle == 0 else ".0%",
            "thickness": 12,
        },
    }
