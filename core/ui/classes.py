"""Which class a page speaks of: the last one of two, the reader's choice of more."""

from __future__ import annotations

import streamlit as st

from core.data.dataset import Dataset
from core.train.run import Run
from core.ui import state
from core.ui.text import _, as_typed, class_name


def class_selector(of: Run | Dataset, place: str = "") -> int:
    """Let the reader choose one of three or more classes of a run or table, which the URL carries; return its number.

    Of two classes it is the last, without a control; of returns it is -1. Several selectors of a page are told
    apart by their `place`, and all show the same class.
    """
    last = len(of.classes) - 1
    if last < 2:
        return last
    known = state.chosen("class") if state.chosen("class") in of.classes else of.classes[last]
    key = f"class-{of.id}{place}"
    st.session_state[key] = known  # another selector may have changed it
    st.segmented_control(
        _("Class"),
        of.classes,
        key=key,
        format_func=lambda name: as_typed(class_name(name)),
        required=True,
        on_change=_choose,
        args=(key,),
    )
    state.choose(**{"class": known})
    return of.classes.index(known)


def _choose(key: str) -> None:
    state.choose(**{"class": st.session_state[key]})
