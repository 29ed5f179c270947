"""What one does with a prediction: only the chosen part is drawn."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.locale import N_
from core.ui.guards import Given
from core.ui.predict.history import history
from core.ui.predict.live import Asked
from core.ui.text import _

Section = Callable[[Given, Asked], None]

SECTIONS: dict[str, tuple[str, Section]] = {"history": (N_("History"), history)}


def sections(here: Given, asked: Asked) -> None:
    """Let the reader choose a part, and draw it."""
    if not SECTIONS:
        return
    first = next(iter(SECTIONS))
    part = st.segmented_control(
        _("Go on with"),
        list(SECTIONS),
        default=first,
        required=True,
        key="predict-section",
        format_func=lambda name: _(SECTIONS[name][0]),
        persist_state="session",
    )
    SECTIONS[part or first][1](here, asked)
