"""The key numbers of a page: cards in a row, each with what it is and a few words of difference below."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

BLANK = "\u00a0"  # keeps the values of a row of cards on one line


@dataclass(frozen=True)
class Card:
    """A number with its name; `under` says in a few words how it differs from a like one, `help` what it is."""

    label: str
    value: str
    under: str = ""
    help: str = ""


def cards(shown: Sequence[Card]) -> None:
    """Draw cards in one row, which wraps where the page is narrow; an explanation stands where one points at it."""
    st.html(f'<div class="cards">{"".join(map(_card, shown))}</div>')


def _card(card: Card) -> str:
    name, number, under, told = map(html.escape, (card.label, card.value, card.under or BLANK, card.help))
    return f'<div class="card" title="{told}"><p>{name}</p><b>{number}</b><small>{under}</small></div>'
