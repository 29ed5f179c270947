"""The board of a table, made once for the same runs."""

from __future__ import annotations

import streamlit as st

from core.compare.candidate import Candidate
from core.compare.figures import MEASURED, Figures, figures
from core.compare.leaderboard import Leaderboard, archived_beside, leaderboard
from core.compare.names import names
from core.data.dataset import Dataset
from core.evaluate.ledger import accesses
from core.settings import settings
from core.train.run import Run
from core.ui.compare.shown import Shown
from core.ui.text import _, plain

GROUP = "compare-group"


def board_of(shown: Shown) -> Leaderboard:
    """Return the board of the group that this session chose, else of the largest; raises as `leaderboard` does.

    Archived runs have no place on it, but they were compared too.
    """
    hidden = archived_beside(shown.runs, shown.data)
    group = st.session_state.get(GROUP) or ""
    known = tuple(run.id for run in (*shown.runs, *hidden))
    with st.spinner(_("Comparing the runs in the same resamples …")):
        return _board(
            shown.data, shown.runs, hidden, known, len(shown.runs), group, len(accesses(shown.data.id))
        )


def figures_of(board: Leaderboard) -> dict[str, Figures]:
    """Return what is known of each candidate, by key, read anew where a time or a flip score was measured since."""
    stamps = {place.candidate.run.id: _stamp(place.candidate.run) for place in board.places}
    return {
        place.candidate.key: _figures(
            place.candidate, board.data, place.candidate.key, stamps[place.candidate.run.id]
        )
        for place in board.places
    }


def named(board: Leaderboard) -> dict[str, str]:
    """Return the name of each candidate of a board, by key, in the reader's language."""
    found = names(place.candidate for place in board.places)
    return {key: plain(message) for key, message in found.items()}


@st.cache_resource(max_entries=2000, show_spinner=False)
def _figures(_candidate: Candidate, _data: Dataset, key: str, stamp: tuple[int, ...]) -> Figures:
    return figures(_candidate, _data)


def _stamp(run: Run) -> tuple[int, ...]:
    """Return what changes where something was measured of a run."""
    folder = settings().home / "runs" / run.id
    paths = [folder / name for name in MEASURED]
    return tuple(path.stat().st_mtime_ns if path.is_file() else 0 for path in paths)


@st.cache_resource(max_entries=8, show_spinner=False)
def _board(
    _data: Dataset,
    _runs: tuple[Run, ...],
    _hidden: tuple[Run, ...],
    run_ids: tuple[str, ...],
    shown: int,
    group: str,
    looks: int,
) -> Leaderboard:
    return leaderboard(_data, _runs, group=group, hidden=_hidden)
