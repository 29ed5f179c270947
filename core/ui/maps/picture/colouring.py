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
from core.ui.maps.picture.scales import Layer, diverging, sequential, spread
from core.ui.text import _, class_name, count, hover, percent, signed_percent
from core.ui.theme import CATEGORIES, OTHER, class_colours, palette

SYMBOLS = ("diamond", "circle", "square", "triangle-up")


@dataclass(frozen=True, eq=False)
class Shown:
    """What there is to be drawn: the dataset, the run where one is chosen, the positions of sealed rows, its topics.

    `of_class` is the number of the class whose probability is meant, of three or more.
    """

    data: Dataset
    run: Run | None
    sealed: np.ndarray
    topics: Topics | None = None
    of_class: int = -1


@dataclass(frozen=True)
class Colouring:
    """What the points can be coloured by: its name, when it can be, and its layers of some rows.

    `of_test` colours the tested rows alone.
    """

    title: str
    offered: Callable[[Shown], bool]
    layers: Callable[[Shown, np.ndarray], list[Layer]]
    of_test: bool = False


def _rest(name: str, rows: np.ndarray, layers: list[Layer]) -> list[Layer]:
    """Return the layers, and before them the rows that are in none of them, in grey."""
    rest = np.setdiff1d(rows, np.concatenate([layer.rows for layer in layers]) if layers else [])
    if not len(rest):
        return layers
    grey = {"color": OTHER, "size": 4}
    return [Layer(f"{name} ({count(len(rest))})", rest, grey, apart=True), *layers]


def _of_outcomes(shown: Shown, rows: np.ndarray) -> list[Layer]:
    data = shown.data
    told = rows[~np.isin(rows, shown.sealed)]
    target = data.frame["target"].iloc[told]
    if data.target_kind == "return":
        values = target.to_numpy(float)
        known = np.isfinite(values)
        layers = [diverging(_("target"), told[known], values[known], 0.0, _("future return"))]
    else:
        layers = _classes(data.classes, told, target.to_numpy())
    return _rest(_("unknown"), rows, layers)


def _classes(classes: tuple[str, ...], rows: np.ndarray, labels: np.ndarray) -> list[Layer]:
    """Return a layer for each class, in its colour and with a mark of its own; beyond twelve they are "other"."""
    colours = class_colours(classes)
    number = {name: int((labels == name).sum()) for name in classes}
    top = sorted(classes, key=lambda name: -number[name])[: len(CATEGORIES)]
    layers = [
        Layer(
            f"{hover(class_name(name))} ({count(number[name])})",
            rows[labels == name],
            {"color": colours[name], "symbol": SYMBOLS[place % len(SYMBOLS)]},
        )
        for place, name in enumerate(name for name in classes if name in top)
    ]
    return _rest(_("other"), rows[pd.Index(labels).isin(classes)], layers)


def _of_names(column: str) -> Callable[[Shown, np.ndarray], list[Layer]]:
    """Return the layers of the names that are the most frequent in a column of the whole table, and of the rest."""

    def layers(shown: Shown, rows: np.ndarray) -> list[Layer]:
        top = shown.data.frame[column].value_counts().index[: len(CATEGORIES)]
        names = shown.data.frame[column].iloc[rows]
        found = [
            Layer(hover(name), rows[(names == name).to_numpy(bool)], {"color": colour})
            for name, colour in zip(top, CATEGORIES, strict=False)
        ]
        return _rest(_("other"), rows, [layer for layer in found if len(layer.rows)])

    return layers


def _tested(shown: Shown, rows: np.ndarray) -> tuple[Run, np.ndarray]:
    """Return the run and those of the rows that it was tested on."""
    assert shown.run is not None
    return shown.run, np.intersect1d(rows, shown.run.predictions.test.positions(shown.data))


def _of_predictions(shown: Shown, rows: np.ndarray) -> list[Layer]:
    run, tested = _tested(shown, rows)
    mean = run.predictions.test.at(shown.data, tested)[MEAN]
    if not run.classes:
        layers = [diverging(_("prediction"), tested, mean, 0.0, _("predicted return"))]
    elif len(run.classes) > 2:
        layers = _classes(run.classes, tested, np.array(run.classes, object)[mean.argmax(axis=1)])
    else:
        title = _("probability of {label}", label=hover(class_name(run.classes[-1])))
        layers = [diverging(_("prediction"), tested, mean[:, -1], 0.5, title)]
    return _rest(_("not tested"), rows, layers)


def _of_probabilities(shown: Shown, rows: np.ndarray) -> list[Layer]:
    run, tested = _tested(shown, rows)
    title = _("probability of {label}", label=hover(class_name(run.classes[shown.of_class])))
    p = run.predictions.test.at(shown.data, tested)[MEAN][:, shown.of_class]
    layer = _of_shares(_("probability"), tested, p, title, (0.0, float(p.max()) if len(p) else 1.0))
    return _rest(_("not tested"), rows, [layer])


def _of_errors(shown: Shown, rows: np.ndarray) -> list[Layer]:
    """Return what the mean of the models missed of the rows whose outcome may be told."""
    run, tested = _tested(shown, rows)
    tested = np.setdiff1d(tested, shown.sealed)
    found = run.predictions.test.at(shown.data, tested)
    known = np.isfinite(found.outcome)
    tested, mean, outcome = tested[known], found[MEAN][known], found.outcome[known]
    if not run.classes:
        title = _("predicted minus realised")
        layer = diverging(_("error"), tested, mean - outcome, 0.0, title)
    else:
        given = mean[np.arange(len(outcome)), outcome.astype(int)]
        title = _("probability given to what happened")
        layer = _of_shares(_("error"), tested, given, title, (0.0, 1.0))
    return _rest(_("not tested"), rows, [layer])


def _of_shares(
    name: str, rows: np.ndarray, shares: np.ndarray, title: str, ends: tuple[float, float]
) -> Layer:
    ticks = {float(tick): percent(tick) for tick in np.linspace(*ends, 3)}
    return sequential(name, rows, shares, ends, title, ticks)


def _of_topics(shown: Shown, rows: np.ndarray) -> list[Layer]:
    """Return the layers of the largest topics, named by their keywords, and of the rest."""
    if shown.topics is None:
        return []
    topic = shown.topics.topic[rows]
    found = [
        Layer(hover(topic_name(shown.topics, number), 18), rows[topic == number], {"color": colour})
        for number, colour in zip(range(len(shown.topics)), CATEGORIES, strict=False)
        if (topic == number).any()
    ]
    return _rest(_("other"), rows, found)


def topic_name(topics: Topics, number: int) -> str:
    """Return a topic's first two keywords, or its number where it has none."""
    return ", ".join(topics.keywords[number][:2]) or f"{number + 1}"


def _of_time(shown: Shown, rows: np.ndarray) -> list[Layer]:
    session = shown.data.frame["session"].iloc[rows]
    known = session.notna().to_numpy()
    days = session[known].to_numpy().astype("datetime64[D]").astype(np.int64).astype(float)
    ends = (float(days.min()), float(days.max())) if len(set(days)) > 1 else spread(days)
    ticks = {
        float(tick): str(np.datetime64(int(tick), "D")) for tick in np.linspace(*ends, 5)[[0, 2, 4]].round()
    }
    layer = sequential(_("time"), rows[known], days, ends, _("session"), ticks)
    return _rest(_("unknown"), rows, [layer])


def _of_length(shown: Shown, rows: np.ndarray) -> list[Layer]:
    length = shown.data.frame["headline"].iloc[rows].str.len().to_numpy(float)
    ends = spread(length)
    ticks = {float(tick): count(tick) for tick in np.linspace(*ends, 3).round()}
    return [sequential(_("length"), rows, length, ends, _("characters of the headline"), ticks)]


def _plain(shown: Shown, rows: np.ndarray) -> list[Layer]:
    return [Layer(_("headline"), rows, {"color": palette().accent})]


def told_of(shown: Shown, colouring: Colouring, rows: np.ndarray) -> list[list[str]]:
    """Return what a reader is told of each row beside its headline: the outcome, where it is not sealed, and the prediction."""
    data, sealed = shown.data, np.isin(rows, shown.sealed)
    facts = [
        [] if hidden or pd.isna(target) or not data.target_kind else [_outcome(data, target)]
        for target, hidden in zip(data.frame["target"].iloc[rows], sealed, strict=True)
    ]
    if colouring.of_test:
        run, tested = _tested(shown, rows)
        mean = run.predictions.test.at(data, tested)[MEAN]
        for place, predicted in zip(np.flatnonzero(np.isin(rows, tested)), mean, strict=True):
            facts[place].append(_("predicted: {value}", value=_predicted(run, predicted)))
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
    "error": Colouring(N_("error"), lambda shown: shown.run is not None, _of_errors, of_test=True),
    "probability": Colouring(
        N_("probability of a class"),
        lambda shown: shown.run is not None and len(shown.run.classes) > 2,
        _of_probabilities,
        of_test=True,
    ),
    "topic": Colouring(N_("topic"), lambda shown: shown.topics is not None, _of_topics),
    "company": Colouring(N_("company"), _has("company", 2), _of_names("company")),
    "press": Colouring(N_("outlet"), _has("press"), _of_names("press")),
    "time": Colouring(N_("time"), _has("session", 2), _of_time),
    "length": Colouring(
        N_("length"), lambda shown: shown.data.frame["headline"].str.len().nunique() > 1, _of_length
    ),
}
PLAIN = Colouring("", lambda shown: True, _plain)


def offered(shown: Shown) -> dict[str, Colouring]:
    """Return what this table can be coloured by, by key; one plain colouring where there is nothing."""
    found = {key: colouring for key, colouring in COLOURINGS.items() if colouring.offered(shown)}
    return found or {"plain": PLAIN}
