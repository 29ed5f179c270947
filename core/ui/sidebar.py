"""The sidebar: the pages, what is chosen, the work in the background, and preferences."""

from __future__ import annotations

import streamlit as st

from core.errors import UserError
from core.locale import LANGUAGES
from core.ui import jobs, navigation, state
from core.ui.pages import PAGES, number
from core.ui.text import _, language, md, pooling_name, run_label


def sidebar() -> None:
    """Draw the sidebar of every page."""
    with st.sidebar:
        st.subheader("Headline Lab", anchor=False)
        for page in sorted(PAGES.values(), key=number):
            navigation.link(page.key)
        st.divider()
        _chosen()
        jobs.sidebar()
        st.divider()
        _preferences()


def _chosen() -> None:
    data = state.dataset()
    encoder = f"{state.encoder().rsplit('/', 1)[-1]} · {pooling_name(state.pooling())}"
    rows = [
        (_("Dataset"), data.name if data else ""),
        (_("Encoder"), encoder if data else ""),
        (_("Run"), _run_name()),
    ]
    for label, value in rows:
        st.caption(md("{label}: **{value}**", label=label, value=value) if value else f"{label}: –")


def _run_name() -> str:
    if not state.chosen("run"):
        return ""
    try:
        return run_label(state.run(state.chosen("run")))
    except UserError:
        return ""


def _preferences() -> None:
    st.segmented_control(
        "언어 · Language",
        list(LANGUAGES),
        default=language(),
        format_func=lambda code: LANGUAGES[code],
        key="language",
        persist_state="session",
        width="stretch",
    )
    st.segmented_control(
        _("Colour for gains"),
        ["red", "blue"],
        default="red",
        key="up_colour",
        persist_state="session",
        format_func=lambda colour: _("red (Korea)") if colour == "red" else _("blue (West)"),
        width="stretch",
    )
