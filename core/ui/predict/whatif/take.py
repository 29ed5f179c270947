"""A changed headline put into the form above."""

from __future__ import annotations

import streamlit as st

from core.data.dataset import Dataset
from core.ui.predict.form import LONGEST
from core.ui.text import as_typed, md


def take_button(data: Dataset, headline: str, key: str, label: str) -> None:
    """Draw a button that puts a headline into the form; `key` tells it from others of the page, its label is plain text."""
    st.button(
        as_typed(label),
        key=f"take-{key}",
        icon=":material/north:",
        help=md("Puts this headline into the form above: {headline}", headline=headline[:LONGEST]),
        on_click=_take,
        args=(f"headline-{data.id}", headline[:LONGEST]),
    )


def _take(key: str, headline: str) -> None:
    st.session_state[key] = headline
