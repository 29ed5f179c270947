"""The frame around every page: its configuration, the sidebar, its question, and what it needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core.train.runs import list_runs
from core.ui import jobs, state
from core.ui.guards import Given, chosen_run, need
from core.ui.navigation import go, title
from core.ui.pages import PAGES, after
from core.ui.sidebar import sidebar
from core.ui.text import _, translate_md
from core.ui.theme import style
from core.ui.warm import warm_up_once
from core.ui.words import translate_streamlit

__all__ = ["chosen_run", "start"]

_ICON = Path(__file__).with_name("icon.png")  # a symbol or an emoji would be fetched from outside


def start(key: str, alone: str = "", tableless: Callable[[], None] | None = None) -> Given:
    """Begin a page: configure it, take the ids from the URL, draw sidebar and question, open what it needs.

    Where something that it needs is missing, the page says so, links to where that is made, and ends. With `alone`
    only that is opened; `Given.rest` opens the others. `tableless` draws what can be done where no table is chosen.
    """
    page = PAGES[key]
    st.set_page_config(page_title=f"{title(page)} · Headline Lab", page_icon=str(_ICON), layout="wide")
    st.html(style())
    translate_streamlit()
    state.read_url()
    jobs.collect()
    if page.hands_over and jobs.announce(page.makes) and (following := after(page)):
        go(following.key)
    if page.shows_run:
        _open_newest_run()
    sidebar()
    st.title(_(page.question), anchor=False)
    st.caption(_(page.purpose))
    if notice := st.session_state.pop("notice", None):
        st.warning(translate_md(notice))
    if done := st.session_state.pop("done", None):
        st.success(translate_md(done), icon=":material/check:")
    warm_up_once()
    if tableless is None or state.dataset() is not None:
        return need(page, alone)
    first = st.container()
    tableless()
    with first:
        return need(page, alone)


def _open_newest_run() -> None:
    """Choose the newest run of the chosen dataset where none is: who comes back finds the answer."""
    dataset_id = state.chosen("dataset")
    if dataset_id and not state.chosen("run"):
        for run in list_runs(dataset_id)[:1]:
            state.choose(run=run.id, evaluation=state.chosen("evaluation"))
