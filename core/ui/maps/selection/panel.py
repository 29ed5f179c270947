"""What a selection on the map drives: its rows, how they differ from the rest, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from core.locale import N_, P_
from core.train.run import Run
from core.ui.guards import Given
from core.ui.maps.listing import listed
from core.ui.maps.selection import apart, leave_out, moves
from core.ui.maps.selection.chosen import Selection
from core.ui.sealed import sealed_rows
from core.ui.tables import table
from core.ui.text import _

MOST_LISTED = 2_000


def _rows(chosen: Selection) -> None:
    shown = chosen.rows[:MOST_LISTED]
    content, config = listed(chosen.data, shown, chosen.sealed, chosen.run)
    table(content, "map-selected", _("The selected headlines"), rows=8, column_config=config)
    if len(shown) < len(chosen.rows):
        st.caption(_("The first {n:,} are listed.", n=len(shown)))
        leave_out.all_rows(chosen)


PARTS: dict[str, tuple[str, Callable[[Selection], None]]] = {
    "rows": (N_("the rows"), _rows),
    "apart": (N_("against the rest"), apart.against_the_rest),
    "words": (N_("their words"), apart.words),
    "moves": (N_("why the model predicts this"), moves.moves),
}


def selected(here: Given, run: Run | None, vectors: np.ndarray, rows: np.ndarray) -> None:
    """Draw what the rows at these positions drive; where none is selected, say how to select.

    `vectors (rows, dim)` are those of the whole table; `run` is the chosen run, if any.
    """
    if not len(rows):
        st.caption(
            _("Draw a lasso or a box around points to read their headlines and compare them with the rest.")
        )
        return
    chosen = Selection(here.data, vectors, np.asarray(rows, np.int64), sealed_rows(here.data), run)
    st.subheader(_heading(chosen), anchor=False)
    parts = [key for key in PARTS if _tells(key, chosen)]
    part = st.segmented_control(
        _("Look at"),
        parts,
        default=parts[0],
        required=True,
        key="map-selection-part",
        format_func=lambda key: _(PARTS[key][0]),
        persist_state="session",
        label_visibility="collapsed",
    )
    PARTS[part if part in parts else parts[0]][1](chosen)
    with st.container(horizontal=True):
        leave_out.button(chosen)
        if run is not None:
            moves.button(chosen)


def _tells(part: str, chosen: Selection) -> bool:
    """Whether a part has anything to tell: some need a run, or what happened."""
    if part == "apart":
        return chosen.run is not None or bool(chosen.data.target_kind)
    return part != "moves" or chosen.run is not None


def _heading(chosen: Selection) -> str:
    headlines = int(chosen.data.frame["headline"].iloc[chosen.rows].nunique())
    if not chosen.data.has_sessions:
        return _(
            P_(
                "{n:,} headline ({rows:,} rows) selected",
                "{n:,} headlines ({rows:,} rows) selected",
            ),
            n=headlines,
            rows=len(chosen.rows),
        )
    return _(
        P_(
            "{n:,} headline ({rows:,} rows, {events:,} events) selected",
            "{n:,} headlines ({rows:,} rows, {events:,} events) selected",
        ),
        n=headlines,
        rows=len(chosen.rows),
        events=len(set(chosen.data.event[chosen.rows].tolist()) - {-1}),
    )
