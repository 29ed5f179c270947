"""Which class a page speaks of: the last one of two, the reader's choice of more."""

from __future__ import annotations

import streamlit as st

from core.train.run import Run
from core.ui import state
from core.ui.text import _, class_name


def class_selector(run: Run) -> int:
    """Let the reader choose one of three or more classes, which the URL carries; return its number.

    Of two classes it is the last, without a control; of returns it is -1.
    """
    last = len(run.classes) - 1
    if last < 2:
        return last
    known = state.chosen("class") if state.chosen("class") in run.classes else run.classes[last]
    key = f"class-{run.id}"
    st.session_state.setdefault(key, known)
    picked = st.segmented_control(
        _("Class"), run.classes, key=key, format_func=class_name, persist_state="session", required=True
    )
    state.choose(**{"class": picked or known})
    return run.classes.index(picked or known)
