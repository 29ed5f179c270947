"""How the map is laid out: the method, and the points at once or from a job."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.jobs import Report
from core.maps import METHODS, MapSettings, coordinates, load_or_none, map_key
from core.ui import jobs
from core.ui.text import _, translate_md


def settings_form() -> MapSettings:
    """Let the reader choose the method."""
    method = st.segmented_control(
        _("Method"),
        list(METHODS),
        default=MapSettings().method,
        key="map-method",
        format_func=lambda name: METHODS[name].title,
        persist_state="session",
        width="content",
    )
    return MapSettings(method or MapSettings().method)


def note(settings: MapSettings) -> None:
    """Say what the chosen method is good at."""
    st.caption(_(METHODS[settings.method].note))


def layout(data: Dataset, vectors: np.ndarray, settings: MapSettings) -> np.ndarray | None:
    """Return the points `(rows, 2)`: a fast method's at once, another's from the workspace or from a job."""
    if METHODS[settings.method].at_once:
        try:
            return coordinates(vectors, settings)
        except UserError as error:
            st.error(translate_md(error.message))
            return None
    key = map_key(vectors, settings)
    points = load_or_none(key)
    if points is not None:
        return points

    def work(report: Report) -> None:
        coordinates(vectors, settings, report)

    if not jobs.panel("map", key=key):
        st.info(_("This map has not been computed yet. It is computed once and saved."))
        if st.button(_("Draw the map"), type="primary"):
            size, pace = data.distinct_headlines, f"map-{settings.method}"
            jobs.submit("map", {"dataset": data.id, "key": key}, work, size, pace)
    return None
