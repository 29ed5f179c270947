"""The key numbers of a page: cards in a row, each with what it is and three words of difference below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Card:
    """A number with its name; `under` says in a few words how it differs from a like one, `help` what it is."""

    label: str
    value: str
    under: str = ""
    help: str = ""


def cards(shown: Sequence[Card]) -> None:
    """Draw cards in one row, which wraps where the page is narrow."""
    with st.container(horizontal=True):
        for card in shown:
            st.metric(
                card.label,
                card.value,
                delta=card.under or None,
                delta_color="off",
                delta_arrow="off",
                border=True,
                height="stretch",
                help=card.help or None,
            )
