"""A headline that is not in the table, among its neighbours on the finished map."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.maps import METHODS, MapSettings, place
from core.ui.maps.listing import listed
from core.ui.maps.picture.marks import Mark
from core.ui.maps.search.meaning import nearest, say_where_far, vector_of
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
        linear = METHODS[settings.method].scaled
        on_map = vectors if rows is None else vectors[rows]
        there = place(on_map, places, vector, linear, scaled=settings.measure == "cosine")
        found = nearest(data, vectors, vector, NEIGHBOURS, rows)
        say_where_far(found)
        cosines = {_("similarity"): np.round(found.cosines, 3)}
        content, config = listed(data, found.rows, sealed_rows(data), first=cosines)
        config[_("similarity")] = st.column_config.NumberColumn(
            format="%.3f", width="small", help=_("the cosine of the two vectors; 1 is the same")
        )
        table(content, "map-newcomer-near", _("Its nearest headlines"), column_config=config)
        st.caption(_placed(linear))
    return [Mark(_("the new headline"), there, [hover(_shortened(typed))], "star")]


def _placed(linear: bool) -> str:
    if linear:
        return _("The star stands exactly where the components of this map put the headline.")
    return _(
        "The star stands on one of the nearest headlines, the one that is nearest to all of them on the map: this method "
        "has no place of its own for a new one."
    )


def _shortened(typed: str) -> str:
    text = " ".join(typed.split())
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"
