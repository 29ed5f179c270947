"""Ways from page to page: links and buttons that keep what is chosen."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from core.ui import state
from core.ui.pages import PAGES, Page, after, number
from core.ui.text import _


def title(page: Page) -> str:
    """Return a page's name with its number, as the sidebar shows it."""
    return f"{number(page)} {_(page.name)}" if number(page) else _(page.name)


def link(key: str) -> None:
    """Draw a link to a page that keeps the chosen ids."""
    page = PAGES[key]
    st.page_link(page.file, label=title(page), query_params=state.query())


def onward(key: str) -> None:
    """Draw the button to a page; it says what the page's entry says."""
    if st.button(
        _(PAGES[key].invitation), type="primary", icon=":material/arrow_forward:", icon_position="right"
    ):
        go(key)


def onward_from(page: Page) -> None:
    """Draw the button to the page after this one, where there is one."""
    following = after(page)
    if following is not None:
        onward(following.key)


def go(key: str) -> NoReturn:
    """Go to a page with the chosen ids."""
    st.switch_page(PAGES[key].file, query_params=state.query())
