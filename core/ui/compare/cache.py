"""The board of a table, made once for the same runs."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.compare.figures import Figures, figures
from core.compare.leaderboard import Leaderboard, leaderboard
from core.compare.names import names
from core.data.dataset import Dataset
from core.train.run import Run
from core.ui.compare.shown import Shown
from core.ui.text import language, plain

GROUP = "compare-group"


def board_of(shown: Shown) -> Leaderboard:
    """Return the board of the group that this session chose, else of the largest; raises as `leaderboard` does."""
    group = st.session_state.get(GROUP) or ""
    return _board(shown.data, shown.runs, shown.data.id, tuple(run.id for run in shown.runs), group)


def figures_of(board: Leaderboard) -> dict[str, Figures]:
    """Return what is known of each candidate, by key; times and flip scores are read anew from disk."""
    return {place.candidate.key: figures(place.candidate, board.data) for place in board.places}


def named(board: Leaderboard) -> dict[str, str]:
    """Return the name of each candidate of a board, by key, in the reader's language."""
    found = names(place.candidate for place in board.places)
    return {key: plain(message) for key, message in found.items()}


@st.cache_resource(max_entries=8, show_spinner=False)
def _board(
    _data: Dataset, _runs: tuple[Run, ...], dataset_id: str, run_ids: tuple[str, ...], group: str
) -> Leaderboard:
    return leaderboard(_data, _runs, group=group)
