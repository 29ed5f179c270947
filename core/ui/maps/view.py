"""What a reader looks at: the method, the colour, which headlines, what beside it; and the map or maps of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.maps import METHODS, MapSettings, Topics
from core.train.run import Run
from core.ui import state
from core.ui.classes import class_selector
from core.ui.maps.answer import trust_line
from core.ui.maps.beside import Space, compare_form, space_name, vectors_beside
from core.ui.maps.clusters import labels as topic_labels
from core.ui.maps.filtering import filter_form
from core.ui.maps.layout import layout, note, settings_form
from core.ui.maps.picture import timeline
from core.ui.maps.picture.colouring import Shown, offered
from core.ui.maps.picture.draw import HEIGHT, MOST_POINTS, digest, drawn, picture
from core.ui.maps.picture.marks import Label, Mark
from core.ui.text import _
from core.ui.topics import saved_topics

BESIDE_HEIGHT = 560


@dataclass(frozen=True, eq=False)
class View:
    """What is looked at: `rows` are the positions of the headlines on the map, ascending."""

    data: Dataset
    run: Run | None
    topics: Topics | None
    settings: MapSettings
    colour: str
    of_class: int
    rows: np.ndarray
    grouped: bool
    over_time: bool
    beside: Space | None

    @property
    def selectable(self) -> bool:
        """Whether points can be selected: in the plane, and not while the months play."""
        return self.settings.dimensions == 2 and not self.over_time

    def names(self, space: Space) -> tuple[str, ...]:
        """Return what names the vectors of the map's headlines by an encoder and pooling."""
        return self.data.id, *state.space_of(*space), digest(self.rows)


@dataclass(frozen=True, eq=False)
class Laid:
    """A map: the vectors `(rows, dim)` of its headlines, named by `of`, their places `(rows, 2 or 3)`, how it was made."""

    vectors: np.ndarray
    of: tuple[str, ...]
    places: np.ndarray
    settings: MapSettings

    def say_trust(self) -> None:
        """Say how far it may be trusted."""
        trust_line(self.vectors, self.places, self.settings, self.of)


def view_form(data: Dataset, vectors: np.ndarray, run: Run | None) -> View:
    """Let the reader choose what to look at; nothing has to be chosen."""
    topics = saved_topics(data, vectors)[1]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        settings = settings_form()
        colour = _colour(data, run, topics)
        of_class = class_selector(run, "-map") if colour == "probability" and run is not None else -1
        rows, grouped = filter_form(data, topics)
        beside = compare_form(data)
        alone = beside is None and settings.dimensions == 2
        over_time = alone and _over_time(data, rows)
    note(settings)
    if len(rows) < len(data):
        st.caption(_("The map is made of {n:,} of {all:,} rows.", n=len(rows), all=len(data)))
    return View(data, run, topics, settings, colour, of_class, rows, grouped, over_time, beside)


def _colour(data: Dataset, run: Run | None, topics: Topics | None) -> str:
    choices = offered(Shown(data, run, np.arange(0), topics))
    first = next(iter(choices))
    if len(choices) < 2:
        return first
    names = {key: _(choice.title) for key, choice in choices.items()}
    chosen = st.selectbox(
        _("Colour"),
        list(choices),
        key="map-colour",
        format_func=names.__getitem__,
        persist_state="session",
        width=180,
    )
    return chosen if chosen in choices else first


def _over_time(data: Dataset, rows: np.ndarray) -> bool:
    """Let the reader choose to see month after month, where there are several."""
    if not timeline.has_months(data, rows):
        return False
    large = len(rows) > MOST_POINTS
    chosen = st.toggle(
        _("Play over months"),
        key="map-over-time",
        persist_state="session",
        disabled=large,
        help=_("Up to {most:,} rows can be played: choose fewer headlines.", most=MOST_POINTS)
        if large
        else None,
    )
    return chosen and not large


def lay_out(view: View, vectors: np.ndarray, space: Space | None = None) -> Laid | None:
    """Return the map of the view's headlines by the `vectors (rows of the dataset, dim)` of an encoder, or say why there is none."""
    some = vectors if len(view.rows) == len(view.data) else vectors[view.rows]
    of = view.names(space or (state.encoder(), state.pooling()))
    found = layout(some, view.settings, of, len(view.rows), view.data.id)
    return Laid(some, of, *found) if found else None


def show_view(view: View, laid: Laid, marks: Sequence[Mark] = (), labels: Sequence[Label] = ()) -> np.ndarray:
    """Draw the map, or two beside each other, or over months; return the positions of the rows selected on it."""
    if view.beside is not None:
        return _two(view, laid, view.beside, marks, labels)
    if view.over_time:
        made = drawn(
            *(view.data, laid.places, view.colour, view.run, view.topics),
            rows=view.rows,
            of_class=view.of_class,
        )
        timeline.play(made, laid.settings, marks, labels)
        laid.say_trust()
        return np.arange(0)
    return _one(view, laid, marks=marks, labels=labels)


def _one(
    view: View,
    laid: Laid,
    side: str = "",
    title: str = "",
    height: int = HEIGHT,
    marks: Sequence[Mark] = (),
    labels: Sequence[Label] = (),
) -> np.ndarray:
    picked = picture(
        *(view.data, laid.places, laid.settings, view.colour, view.run, view.topics),
        rows=view.rows,
        of_class=view.of_class,
        grouped=view.grouped,
        marks=marks,
        labels=labels,
        side=side,
        title=title,
        height=height,
    )
    laid.say_trust()
    return picked


def _two(view: View, laid: Laid, beside: Space, marks: Sequence[Mark], labels: Sequence[Label]) -> np.ndarray:
    """Draw the maps of two encoders; a row counts as selected where it is on either."""
    st.caption(_("The same headlines in the same colours; the axes of the two maps are not the same."))
    chosen = state.encoder(), state.pooling()
    left, right = st.columns(2, gap="medium")
    with left:
        picked = _one(view, laid, "-left", _titled(chosen, laid), BESIDE_HEIGHT, marks, labels)
    with right:
        vectors = vectors_beside(view.data, beside)
        other = None if vectors is None else lay_out(view, vectors, beside)
        if other is not None:
            theirs = [mark.on(other.places, view.rows) for mark in marks if mark.rows is not None]
            names = topic_labels(view.topics, other.places, view.rows) if labels else []
            also = _one(view, other, "-right", _titled(beside, other), BESIDE_HEIGHT, theirs, names)
            picked = np.union1d(picked, also)
            if len(theirs) < len(marks):
                st.caption(_("The new headline is on the first map only."))
    return picked


def _titled(space: Space, laid: Laid) -> str:
    return f"{space_name(space)} · {METHODS[laid.settings.method].title}"
