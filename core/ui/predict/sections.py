"""What one does with a prediction: only the chosen part is drawn."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.locale import N_
from core.ui.guards import Given
from core.ui.predict.asked.history import history
from core.ui.predict.file import score_file
from core.ui.predict.file.section import ADDRESS as SCORED
from core.ui.predict.flip_test import flip_score
from core.ui.predict.live import Asked
from core.ui.predict.whatif import what_if
from core.ui.predict.why import why
from core.ui.text import _

KEY, FIRST = "predict-section", "why"
Section = Callable[[Given, Asked], None]

SECTIONS: dict[str, tuple[str, Section]] = {
    "why": (N_("Why"), why),
    "whatif": (N_("What if"), what_if),
    "flip-test": (N_("Flip test"), lambda here, _asked: flip_score(here)),
    "file": (N_("Score a file"), score_file),
    "history": (N_("History"), history),
}


def sections(here: Given, asked: Asked) -> None:
    """Let the reader choose a part, and draw it."""
    if KEY not in st.session_state:
        st.session_state[KEY] = "file" if SCORED in st.query_params else FIRST
    part = st.segmented_control(
        _("Look at"),
        list(SECTIONS),
        required=True,
        key=KEY,
        format_func=lambda name: _(SECTIONS[name][0]),
        persist_state="session",
    )
    if part != "file":
        st.query_params.pop(SCORED, None)  # a link leads to the part that is looked at
    SECTIONS[part or FIRST][1](here, asked)
