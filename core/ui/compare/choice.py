"""Two candidates of a board, chosen to be compared."""

from __future__ import annotations

import streamlit as st

from core.compare.candidate import Candidate
from core.compare.leaderboard import Leaderboard
from core.ui.text import _


def two(board: Leaderboard, told: dict[str, str], key: str, second: str = "") -> tuple[Candidate, Candidate]:
    """Let two candidates be chosen: at first the best, and the `second` by its key or the one after it."""
    keys = [place.candidate.key for place in board.places]
    if second not in keys:
        second = keys[min(1, len(keys) - 1)]
    left, right = st.columns(2)
    chosen = []
    for place, column, first, label in (
        ("a", left, keys[0], _("The one")),
        ("b", right, second, _("The other")),
    ):
        with column:
            state = f"{key}-{place}"
            if st.session_state.get(state) not in keys:
                st.session_state[state] = first
            chosen.append(
                st.selectbox(
                    label,
                    keys,
                    format_func=lambda each: told.get(each, each),
                    key=state,
                    persist_state="session",
                )
            )
    return board.place(chosen[0]).candidate, board.place(chosen[1]).candidate


def another(board: Leaderboard) -> str:
    """Return the key of the best candidate of another run than the best one's, "" where there is none."""
    first = board.best.candidate.run.id
    return next((p.candidate.key for p in board.places if p.candidate.run.id != first), "")
