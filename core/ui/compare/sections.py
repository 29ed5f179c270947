"""What stands below the leaderboard, a part each: what is entered here can be chosen."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.locale import N_
from core.ui.compare import report
from core.ui.compare.disagreement import disagreements
from core.ui.compare.encoder_tests import encoder_tests
from core.ui.compare.grid import grid
from core.ui.compare.pairs import pairs
from core.ui.compare.runs import runs
from core.ui.compare.shown import Shown
from core.ui.compare.side_by_side import side_by_side
from core.ui.text import _

KEY = "compare-section"
SECTIONS: dict[str, tuple[str, Callable[[Shown], None]]] = {
    "pairs": (N_("Is A better than B?"), pairs),
    "beside": (N_("Side by side"), side_by_side),
    "disagreement": (N_("Where they differ"), disagreements),
    "grid": (N_("Grid"), grid),
    "runs": (N_("Runs"), runs),
    "report": (N_("Report"), report.report),
    "encoders": (N_("Encoder tests"), encoder_tests),
}


def sections(shown: Shown) -> None:
    """Let one part be chosen, and draw it."""
    first = next(iter(SECTIONS))
    st.session_state.setdefault(KEY, first)
    chosen = st.segmented_control(
        _("More"),
        list(SECTIONS),
        required=True,
        key=KEY,
        format_func=lambda name: _(SECTIONS[name][0]),
        label_visibility="collapsed",
        persist_state="session",
    )
    SECTIONS[chosen or first][1](shown)
