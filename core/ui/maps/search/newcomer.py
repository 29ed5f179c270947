"""A headline that is not in the table, among its neighbours on the finished map."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.maps import METHODS, METRICS, MapSettings, place
from core.maps.settings import COSINE
from core.ui.maps.listing import listed
from core.ui.maps.picture.draw import digest
from core.ui.maps.picture.marks import Mark
from core.ui.maps.search.meaning import key_of, nearest, say_where_far, vector_of
from core.ui.sealed import sealed_rows
from core.ui.tables import table
from core.ui.text import _, hover

NEIGHBOURS = 5
LONGEST = 300  # characters that are shown of what was typed


def newcomer_marks(
    data: Dataset,
    vectors: np.ndarray,
    places: np.ndarray,
    settings: MapSettings,
    rows: np.ndarray | None = None,
    below: Any = None,
) -> list[Mark]:
    """Let the reader type a headline; return its star on the map, which stays as it is.

    `vectors`, `places` and `rows` are as `search_marks` has them. The nearest headlines on the map are listed in the
    container `below`, or under the field.
    """
    typed = st.text_input(
        _("Place a new headline"),
        key="map-newcomer",
        placeholder=_("a headline that is not in the table"),
        persist_state="session",
    )
    if not (typed or "").strip():
        return []
    with below if below is not None else st.container():
        with st.spinner(_("Reading the headline …")):
            vector = vector_of(typed, vectors.shape[1])
        if vector is None:
            return []
        on_map = np.arange(len(data)) if rows is None else rows
        key = (*key_of(data, on_map, vector), digest(places))
        there = _place(vectors, places, vector, on_map, settings, key)
        found = nearest(data, vectors, vector, NEIGHBOURS, rows)
        say_where_far(found)
        content, config = listed(data, found.rows, sealed_rows(data), cosines=found.cosines)
        table(content, "map-newcomer-near", _("Its nearest headlines"), column_config=config)
        st.caption(_placed(settings))
    return [Mark(_("the new headline"), there, [hover(_shortened(typed))], "star")]


@st.cache_resource(max_entries=64, show_spinner=False)
def _place(
    _vectors: np.ndarray,
    _places: np.ndarray,
    _vector: np.ndarray,
    _rows: np.ndarray,
    settings: MapSettings,
    key: tuple[str, ...],
) -> np.ndarray:
    on_map = _vectors if len(_rows) == len(_vectors) else _vectors[_rows]
    return place(on_map, _places, _vector, METHODS[settings.method].scaled, settings.measure)


def _placed(settings: MapSettings) -> str:
    if METHODS[settings.method].scaled:
        return _("The star is exactly where this map's components put the headline.")
    said = _(
        "This method cannot place a new headline exactly: the star is on the most central of the nearest headlines."
    )
    if settings.measure == COSINE:
        return said
    measure = _(METRICS[settings.measure].title)
    return said + " " + _("For the star, nearest is by {measure}; the list is by cosine.", measure=measure)


def _shortened(typed: str) -> str:
    text = " ".join(typed.split())
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"
