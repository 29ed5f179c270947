"""Which candidates of a board are shown: filters take nothing out of the comparison."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.compare.leaderboard import Leaderboard, Place
from core.compare.names import encoder_name
from core.locale import N_
from core.train.run_notes import notes_of
from core.train.settings import FEATURES
from core.ui.evaluate.text import model_name
from core.ui.text import UNKNOWN, _, pooling_name

_BY: dict[str, tuple[str, Callable[[Place], str]]] = {
    "features": (N_("What they read"), lambda place: _(FEATURES[place.candidate.run.settings.features])),
    "model": (N_("Model"), lambda place: model_name(place.candidate.model)),
    "encoder": (N_("Encoder"), lambda place: encoder_name(place.candidate.run.settings.encoder) or UNKNOWN),
    "pooling": (
        N_("Pooling"),
        lambda place: (
            pooling_name(place.candidate.run.settings.pooling)
            if place.candidate.run.settings.reads_headline
            else UNKNOWN
        ),
    ),
}


def filtered(board: Leaderboard) -> list[Place]:
    """Let candidates be filtered by what they are, and return those that are shown, in their order."""
    places = list(board.places)
    starred = {place.candidate.run.id for place in places if notes_of(place.candidate.run.id).starred}
    with st.popover(_("Filter"), icon=":material/filter_alt:"):
        for name, (title, of) in _BY.items():
            values = list(dict.fromkeys(of(place) for place in board.places))
            if len(values) < 2:
                continue
            kept = st.multiselect(_(title), values, key=f"filter-{name}", placeholder=_("all"))
            if kept:
                places = [place for place in places if of(place) in kept]
        if starred and st.checkbox(_("Starred runs only"), key="filter-starred"):
            places = [place for place in places if place.candidate.run.id in starred]
        st.caption(_("Filters hide candidates; ranks and verdicts stay those of the whole board."))
    return places
