"""The picture of a map: its points in the colours of the outcome, the prediction, the company or the press outlet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.maps import MapSettings, Topics
from core.train.run import Run
from core.ui.charts import show
from core.ui.maps.picture import points
from core.ui.maps.picture.axes import frame_deep, frame_flat, frame_window, room_below
from core.ui.maps.picture.cloud import SAMPLE, cloud
from core.ui.maps.picture.colouring import Colouring, Shown, offered
from core.ui.maps.picture.kept import Kept, selects
from core.ui.maps.picture.marks import Label, Mark
from core.ui.maps.picture.scales import Layer
from core.ui.maps.picture.selected import MODES, Closer, listed_rows, rows_within
from core.ui.maps.picture.windows import Window
from core.ui.sealed import sealed_rows
from core.ui.text import _, language
from core.ui.theme import palette

MOST_POINTS = 20_000  # drawn one by one
HEIGHT = 760


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a picture is made of: every row's place `at (rows of the dataset, 2 or 3)`, and the rows that are on the map.

    `headline (rows of the dataset,)` numbers the headlines where each is one point; `key` names all that the colours
    and texts depend on.
    """

    shown: Shown
    colouring: Colouring
    at: np.ndarray
    rows: np.ndarray
    headline: np.ndarray | None
    key: tuple[object, ...]

    @property
    def deep(self) -> bool:
        """Whether there are three coordinates."""
        return self.at.shape[1] == 3

    @property
    def points(self) -> int:
        """How many points there are to draw."""
        return len(self.rows) if self.headline is None else len(np.unique(self.headline[self.rows]))

    def layers(self, rows: np.ndarray) -> tuple[list[Layer], np.ndarray | None]:
        """Return the layers of some rows, and how many rows the point of each row stands for."""
        layers = self.colouring.layers(self.shown, rows)
        if self.headline is None or not len(rows):
            return layers, None
        return points.one_per_headline(layers, self.headline)

    def traces(self, layers: list[Layer], counts: np.ndarray | None) -> list[go.Scattergl | go.Scatter3d]:
        """Return what Plotly draws of the layers."""
        rows = np.sort(np.concatenate([layer.rows for layer in layers])) if layers else np.arange(0)
        often = digest(rows if counts is None else np.stack([rows, counts[rows]]))
        texts = points.hover_texts(self.shown, self.colouring, rows, counts, (*self.key, often))
        numbers = self.shown.data.frame["row"].to_numpy()
        return [points.trace(layer, self.at, texts, numbers, counts) for layer in layers]


def drawn(
    data: Dataset,
    places: np.ndarray,
    colour: str,
    run: Run | None,
    topics: Topics | None = None,
    *,
    rows: np.ndarray | None = None,
    of_class: int = -1,
    grouped: bool = False,
) -> Drawn:
    """Return what to draw of the places `(rows, 2 or 3)` of a dataset's `rows`, all of them where none are given."""
    rows = np.arange(len(data)) if rows is None else rows
    at = np.full((len(data), places.shape[1]), np.nan, np.float32)
    at[rows] = places
    shown = Shown(data, run, sealed_rows(data), topics, of_class)
    colouring = offered(shown)[colour]
    run_id = run.id if run is not None and colouring.of_test else ""
    told = digest(topics.topic) if topics is not None and colour == "topic" else ""
    key = (data.id, colour, run_id, of_class, grouped, digest(shown.sealed), told, language(), palette())
    headline = headline_numbers(data, data.id) if grouped else None
    return Drawn(shown, colouring, at, rows, headline, key)


@st.cache_resource(max_entries=4, show_spinner=False)
def headline_numbers(_data: Dataset, dataset_id: str) -> np.ndarray:
    """Return the number of each row's headline, `(rows,)`: the same for the same headline."""
    return np.asarray(pd.factorize(_data.frame["headline"])[0])


def digest(values: np.ndarray) -> str:
    """Return a short name of an array's content."""
    return hashlib.sha256(np.ascontiguousarray(values).data).hexdigest()[:16] if values.size else ""


def picture(
    data: Dataset,
    places: np.ndarray,
    settings: MapSettings,
    colour: str,
    run: Run | None,
    topics: Topics | None = None,
    *,
    rows: np.ndarray | None = None,
    of_class: int = -1,
    grouped: bool = False,
    marks: Sequence[Mark] = (),
    labels: Sequence[Label] = (),
    side: str = "",
    title: str = "",
    height: int = HEIGHT,
) -> np.ndarray:
    """Draw the places `(rows, 2 or 3)` of a dataset's `rows`; return the positions of those that the reader has selected.

    They are positions in the dataset, ascending, int64; none where there are three coordinates. With `grouped` a
    headline is one point, and selected with all its rows. `marks` are drawn on top, and `labels` written; `side`
    tells two maps of one page apart. More than `MOST_POINTS` points are drawn as an image of all of them.
    """
    made = drawn(data, places, colour, run, topics, rows=rows, of_class=of_class, grouped=grouped)
    closer = Closer(digest(places), side)
    window = None if made.deep else closer.window
    seen = None if window is None else window.wider()
    if not made.deep:
        made = Drawn(
            made.shown, made.colouring, made.at, closer.rows(made.at, made.rows), made.headline, made.key
        )
    dense = made.points > MOST_POINTS and not made.deep
    figure, note, image = _cloud(made) if dense else (*_points(made), None)
    marks = [mark for mark in (mark.within(window) for mark in marks) if len(mark.texts)]
    for mark in marks:
        figure.add_trace(mark.trace())
    if image is not None:  # an image does not widen the axes
        seen = image.holding([mark.places for mark in marks]).wider()
    points.one_entry_each(figure)
    notes = [label.annotation() for label in labels if window is None or window.holds(label.place[None])[0]]
    if made.deep:
        frame_deep(figure, settings)
        figure.update_layout(scene_annotations=notes)
    else:
        frame_flat(figure, settings, inside=bool(side))
        if seen is not None:
            frame_window(figure, seen)
        figure.update_layout(annotations=notes)
    key = f"chart-map-{settings.method}-{colour}" + ("-3d" if made.deep else "") + side
    kept = Kept(key, (data.id, digest(places)), side)
    event = show(
        figure,
        title or _("Map of the headlines"),
        key,
        note,
        height=height,
        select=() if made.deep else MODES,
        zoom=True,
        foot=room_below(figure, height),
    )
    if made.deep:
        st.caption(_("Turn the map with the mouse. In 3-D nothing can be selected: choose 2-D for that."))
        return np.arange(0)
    picked = (
        rows_within(event, made.at, made.rows) if dense else _with_repeats(made, listed_rows(event, data))
    )
    picked = np.intersect1d(kept.rows(event, picked), made.rows)
    if dense or closer.windows:
        closer.buttons(made.at, picked)
    if len(picked) and not selects(event):
        kept.button()
    return picked


def _with_repeats(made: Drawn, picked: np.ndarray) -> np.ndarray:
    """Return every row on the map of the headlines that were selected."""
    if made.headline is None:
        return picked
    return made.rows[np.isin(made.headline[made.rows], made.headline[picked])]


def _points(made: Drawn) -> tuple[go.Figure, str]:
    """Return the figure of every point, and what it shows; of too many in three dimensions some, and that it says."""
    rows, n = made.rows, len(made.rows)
    sampled = made.points > MOST_POINTS
    if sampled:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_POINTS, replace=False))
    layers, counts = made.layers(rows)
    figure = go.Figure(made.traces(points.mixed(layers), counts))
    if sampled:
        note = _(
            "Not all rows: {n:,} of {all:,}, drawn at random. The map in 2-D shows all of them.",
            n=len(rows),
            all=n,
        )
    elif counts is not None and counts.max(initial=1) > 1:
        note = _(
            "n = {n:,} rows; each point is one headline, larger where more rows have it (up to {most:,}); hover over it for "
            "the headline",
            n=n,
            most=int(counts.max()),
        )
    else:
        note = _("n = {n:,}; each point is one row of the table; hover over it for the headline", n=n)
    return figure, note


def _cloud(made: Drawn) -> tuple[go.Figure, str, Window]:
    """Return the figure of all rows as an image, with some of them as points; what it shows, and where the image lies."""
    key = (*made.key, digest(made.at), digest(made.rows))
    found = cloud(lambda: made.colouring.layers(made.shown, made.rows), made.at, key)
    figure = go.Figure(made.traces(points.mixed(found.layers), None))
    found.draw_under(figure)
    note = _(
        "n = {n:,} rows, all of them in the picture: the fuller the colour, the more (up to {most:,} in one place). "
        "{sample:,} of them, drawn at random, are points to hover over. Select a part to see it closer.",
        n=len(made.rows),
        most=found.density.most,
        sample=min(SAMPLE, len(made.rows)),
    )
    return figure, note, found.window
