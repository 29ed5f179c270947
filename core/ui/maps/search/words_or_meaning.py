"""Searching the map's headlines by their words, or by what they mean."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.locale import N_
from core.ui.maps.listing import hover_texts, listed
from core.ui.maps.picture.draw import digest
from core.ui.maps.picture.marks import Mark
from core.ui.maps.search.meaning import nearest, say_where_far, vector_of
from core.ui.sealed import sealed_rows
from core.ui.tables import table
from core.ui.text import _, count, hover, language, md

MOST = 20  # headlines that are found by meaning
MOST_LISTED = 500
MOST_RINGS = 5_000
WORDS, MEANING = "words", "meaning"
_WAYS = {WORDS: N_("by words"), MEANING: N_("by meaning")}


def search_marks(
    data: Dataset, vectors: np.ndarray, places: np.ndarray, rows: np.ndarray | None = None, below: Any = None
) -> list[Mark]:
    """Let the reader search the headlines; return rings on those found, whose list is drawn in `below`.

    Words are found as they stand, whatever their case, on every row; by meaning the 20 nearest different headlines
    are. A headline has one ring, whatever the number of its rows, and at most 5,000 headlines have one. `vectors (rows of the dataset, dim)` are those of the whole table, `places (n, d)` those of `rows (n,)`, the
    positions of the headlines on the map (ascending; all without). Without a container `below` the list stands under
    the field.
    """
    asked, way = _form()
    if not asked:
        return []
    on_map = np.arange(len(data)) if rows is None else rows
    with below if below is not None else st.container():
        found, rings = (
            _by_words(data, on_map, asked) if way == WORDS else _by_meaning(data, vectors, on_map, asked)
        )
    if not len(found):
        return []
    name = f"“{hover(asked, 18)}” ({count(len(found))})"
    texts = _texts(data, rings, data.id, digest(rings), language())
    return [Mark(name, places[np.searchsorted(on_map, rings)], texts, "ring", rings)]


def _form() -> tuple[str, str]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = st.text_input(
            _("Find headlines"),
            key="map-words",
            max_chars=200,
            placeholder=_("any word or sentence"),
            persist_state="session",
        )
        way = st.segmented_control(
            _("Find"),
            list(_WAYS),
            default=WORDS,
            required=True,
            key="map-find",
            format_func=lambda key: _(_WAYS[key]),
            persist_state="session",
            label_visibility="collapsed",
            width="content",
        )
    return " ".join(unicodedata.normalize("NFC", asked or "").split()), way or WORDS


def _by_words(data: Dataset, on_map: np.ndarray, words: str) -> tuple[np.ndarray, np.ndarray]:
    """List the rows whose headlines contain the words; return their positions, and those that have a ring."""
    found, different = _containing(data, on_map, words, data.id, digest(on_map))
    if not len(found):
        st.caption(md("No headline on this map contains “{words}”.", words=words))
        return found, found
    shown = found[:MOST_LISTED]
    _list(data, shown, _("Headlines that contain “{words}” (n = {n:,})", words=words, n=len(found)))
    if len(shown) < len(found):
        st.caption(_("The first {n:,} are listed.", n=len(shown)))
    if len(different) <= MOST_RINGS:
        return found, different
    st.caption(
        _(
            "{n:,} of {all:,} different headlines, drawn at random, have a ring on the map.",
            n=MOST_RINGS,
            all=len(different),
        )
    )
    return found, np.sort(np.random.default_rng(0).choice(different, MOST_RINGS, replace=False))


@st.cache_resource(max_entries=16, show_spinner=False)
def _containing(
    _data: Dataset, _on_map: np.ndarray, words: str, dataset_id: str, rows: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the rows whose headlines contain the words, and of the first of each headline."""
    headlines = _data.frame["headline"].iloc[_on_map]
    inside = headlines.str.contains(words, case=False, regex=False).to_numpy(bool)
    found = _on_map[inside]
    return found, found[~headlines[inside].duplicated().to_numpy()]


@st.cache_resource(max_entries=16, show_spinner=False)
def _texts(_data: Dataset, _rows: np.ndarray, dataset_id: str, rows: str, language: str) -> list[str]:
    return hover_texts(_data, _rows)


def _by_meaning(
    data: Dataset, vectors: np.ndarray, on_map: np.ndarray, asked: str
) -> tuple[np.ndarray, np.ndarray]:
    with st.spinner(_("Reading the headline …")):
        vector = vector_of(asked, vectors.shape[1])
    if vector is None:
        return np.arange(0), np.arange(0)
    found = nearest(data, vectors, vector, MOST, on_map)
    say_where_far(found)
    if not found.near:
        st.caption(_("A single word is seldom similar to a whole headline: search for it by words."))
    _list(data, found.rows, _("The headlines nearest to “{words}”", words=asked), found.cosines)
    return found.rows, found.rows


def _list(data: Dataset, rows: np.ndarray, title: str, cosines: np.ndarray | None = None) -> None:
    content, config = listed(data, rows, sealed_rows(data), cosines=cosines)
    table(content, "map-found", title, rows=6, column_config=config)
