"""What the points of a map can be coloured by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.evaluate.predictions import MEAN
from core.locale import N_
from core.maps import Topics
from core.train.run import Run
from core.ui.text import UNKNOWN, _, class_name, count, hover, percent, points, signed_percent
from core.ui.theme import CATEGORIES, OTHER, class_colours, palette

SYMBOLS = ("diamond", "circle", "square", "triangle-up")


@dataclass(frozen=True, eq=False)
class Layer:
    """Points drawn in one way: their name in the legend, their rows in the dataset, and Plotly's marker.

    `apart` is drawn in one piece below or above the others, which are mixed so that none hides another.
    """

    name: str
    rows: np.ndarray
    marker: dict[str, Any]
    apart: bool = False


@dataclass(frozen=True, eq=False)
class Shown:
    """What there is to be drawn: the dataset, the run where one is chosen, the positions of sealed rows, its topics."""

    data: Dataset
    run: Run | None
    sealed: np.ndarray
    topics: Topics | None = None


@dataclass(frozen=True)
class Colouring:
    """What the points can be coloured by: its name, when it can be, and its layers of some rows.

    `of_test` draws the tested rows alone.
    """

    title: str
    offered: Callable[[Shown], bool]
    layers: Callable[[Shown, np.ndarray], list[Layer]]
    of_test: bool = False


def _of_outcomes(shown: Shown, rows: np.ndarray) -> list[Layer]:
    data = shown.data
    told = rows[~np.isin(rows, shown.sealed)]
    target = data.frame["target"].iloc[told]
    if data.target_kind == "return":
        values = target.to_numpy(float)
        known = np.isfinite(values)
        layers = [_scale(_("target"), told[known], values[known], 0.0, _("future return"))]
    else:
        layers = _classes(data.classes, told, target.to_numpy())
    rest = np.setdiff1d(rows, np.concatenate([layer.rows for layer in layers]))
    return (
        [
            Layer(f"{_('unknown')} ({count(len(rest))})", rest, {"color": OTHER, "size": 4}, apart=True),
            *layers,
        ]
        if len(rest)
        else layers
    )


def _classes(classes: tuple[str, ...], rows: np.ndarray, labels: np.ndarray) -> list[Layer]:
    """Return a layer for each class, in its colour and with a mark of its own."""
    colours = class_colours(classes)
    return [
        Layer(
            f"{hover(class_name(name))} ({count((labels == name).sum())})",
            rows[labels == name],
            {"color": colours[name], "symbol": SYMBOLS[number % len(SYMBOLS)]},
        )
        for number, name in enumerate(classes)
    ]


def _of_names(column: str) -> Callable[[Shown, np.ndarray], list[Layer]]:
    """Return the layers of the most frequent names in a column, and of the rest."""

    def layers(shown: Shown, rows: np.ndarray) -> list[Layer]:
        names = shown.data.frame[column].iloc[rows].fillna(UNKNOWN)
        top = [name for name in names.value_counts().index if name != UNKNOWN][: len(CATEGORIES)]
        found = [
            Layer(hover(name), rows[(names == name).to_numpy()], {"color": colour})
            for name, colour in zip(top, CATEGORIES, strict=False)
        ]
        rest = rows[~names.isin(top).to_numpy()]
        return (
            [Layer(_("other"), rest, {"color": OTHER, "size": 4}, apart=True), *found] if len(rest) else found
        )

    return layers


def _of_predictions(shown: Shown, rows: np.ndarray) -> list[Layer]:
    if shown.run is None:
        return []
    run, mean = shown.run, shown.run.predictions.test.at(shown.data, rows)[MEAN]
    if not run.classes:
        return [_scale(_("prediction"), rows, mean, 0.0, _("predicted return"))]
    if len(run.classes) > 2:
        return _classes(run.classes, rows, np.array(run.classes, object)[mean.argmax(axis=1)])
    title = _("probability of {label}", label=hover(class_name(run.classes[-1])))
    return [_scale(_("prediction"), rows, mean[:, -1], 0.5, title)]


def _of_topics(shown: Shown, rows: np.ndarray) -> list[Layer]:
    """Return the layers of the largest topics, named by their keywords, and of the rest."""
    if shown.topics is None:
        return []
    topic = shown.topics.topic[rows]
    found = [
        Layer(hover(", ".join(keywords[:2]) or f"{number + 1}", 18), rows[topic == number], {"color": colour})
        for number, (keywords, colour) in enumerate(zip(shown.topics.keywords, CATEGORIES, strict=False))
        if (topic == number).any()
    ]
    rest = rows[topic >= len(CATEGORIES)]
    return [Layer(_("other"), rest, {"color": OTHER, "size": 4}, apart=True), *found] if len(rest) else found


def _plain(shown: Shown, rows: np.ndarray) -> list[Layer]:
    return [Layer(_("headline"), rows, {"color": palette().accent})]


def marked(shown: Shown, rows: np.ndarray, words: str) -> Layer | None:
    """Return rings round those of the rows whose headline holds these words; None without words or such a headline."""
    words = words.strip()
    if not words:
        return None
    holding = shown.data.frame["headline"].iloc[rows].str.contains(words, case=False, regex=False).to_numpy()
    ring = {
        "symbol": "circle-open",
        "size": 10,
        "color": palette().text,
        "opacity": 1,
        "line": {"width": 1.5},
    }
    return (
        Layer(f"{hover(words)} ({count(holding.sum())})", rows[holding], ring, apart=True)
        if holding.any()
        else None
    )


def _scale(name: str, rows: np.ndarray, values: np.ndarray, middle: float, title: str) -> Layer:
    """Return points on the scale from low over the middle to high, with its bar."""
    reach = (float(np.quantile(np.abs(values - middle), 0.98)) if len(values) else 0.0) or 1e-9
    ticks = [middle - 0.9 * reach, middle, middle + 0.9 * reach]
    marker = {
        "color": values,
        "colorscale": palette().diverging,
        "cmin": middle - reach,
        "cmax": middle + reach,
        "showscale": True,
        "colorbar": {
            "title": {  # the small last line keeps it off the bar
                "text": f"{title}<br><span style='font-size:5px'> </span>",
                "side": "top",
                "font": {"size": 15, "color": palette().muted},
            },
            "orientation": "h",
            "x": 0.5,
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "len": 0.6,
            "tickvals": ticks,
            "ticktext": [percent(tick) if middle else f"{points(tick, 1)}%" for tick in ticks],
            "tickangle": 0,
            "thickness": 12,
        },
    }
    return Layer(name, rows, marker)


def told_of(shown: Shown, colouring: Colouring, rows: np.ndarray) -> list[list[str]]:
    """Return what a reader is told of each row beside its headline: the outcome, where it is not sealed, and the prediction."""
    data, sealed = shown.data, np.isin(rows, shown.sealed)
    facts = [
        [] if hidden or pd.isna(target) or not data.target_kind else [_outcome(data, target)]
        for target, hidden in zip(data.frame["target"].iloc[rows], sealed, strict=True)
    ]
    if colouring.of_test and shown.run is not None:
        mean = shown.run.predictions.test.at(data, rows)[MEAN]
        for told, predicted in zip(facts, mean, strict=True):
            told.append(_("predicted: {value}", value=_predicted(shown.run, predicted)))
    return facts


def _outcome(data: Dataset, target: Any) -> str:
    return signed_percent(float(target)) if data.target_kind == "return" else class_name(str(target))


def _predicted(run: Run, mean: np.ndarray) -> str:
    if not run.classes:
        return signed_percent(float(mean))
    return " · ".join(
        f"{class_name(name)} {percent(float(p))}" for name, p in zip(run.classes, mean, strict=True)
    )


def _has(column: str, fewest: int = 1) -> Callable[[Shown], bool]:
    return lambda shown: shown.data.frame[column].nunique() >= fewest


COLOURINGS = {
    "target": Colouring(N_("target"), lambda shown: bool(shown.data.target_kind), _of_outcomes),
    "prediction": Colouring(
        N_("prediction"), lambda shown: shown.run is not None, _of_predictions, of_test=True
    ),
    "topic": Colouring(N_("topic"), lambda shown: shown.topics is not None, _of_topics),
    "company": Colouring(N_("company"), _has("company", 2), _of_names("company")),
    "press": Colouring(N_("outlet"), _has("press"), _of_names("press")),
}
PLAIN = Colouring("", lambda shown: True, _plain)


def offered(shown: Shown) -> dict[str, Colouring]:
    """Return what this table can be coloured by, by key; one plain colouring where there is nothing."""
    found = {key: colouring for key, colouring in COLOURINGS.items() if colouring.offered(shown)}
    return found or {"plain": PLAIN}
