"""The way from file to prediction, and the tables of the library."""

from __future__ import annotations

import streamlit as st

from core.data.library import list_datasets
from core.locale import P_
from core.ui import navigation, pages
from core.ui.pages import PAGES
from core.ui.text import _, as_typed, when

IN_A_ROW = 4
MOST_TABLES = 5


def stages() -> None:
    """Draw a small tile for each stage."""
    st.subheader(_("Step by step"), anchor=False)
    listed = pages.stages()
    for start in range(0, len(listed), IN_A_ROW):
        for cell, page in zip(st.columns(IN_A_ROW), listed[start : start + IN_A_ROW], strict=False):
            with cell, st.container(key=f"stage-{page.key}"):
                navigation.link(page.key)
                st.caption(_(page.question))


def tables() -> None:
    """List the newest tables of the library, where there is one."""
    recent = list_datasets()[:MOST_TABLES]
    if not recent:
        return
    st.subheader(_("Tables in the library"), anchor=False)
    for entry in recent:
        rows = _(P_("{n:,} row", "{n:,} rows"), n=entry.rows)
        st.page_link(
            PAGES["data"].file,
            label=f"{as_typed(entry.name)} · {rows} · {when(entry.created)}",
            query_params={"dataset": entry.id},
        )
