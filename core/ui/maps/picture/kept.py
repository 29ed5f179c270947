"""The rows that a reader has selected on a map, kept while the map's colours or marks change.

Streamlit names a chart by what it draws: another colour is another chart, on which nothing has been selected.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.ui.text import _


class Kept:
    """What was last selected on a map, until something else is selected, or the reader takes the selection back.

    It is to be made before the chart with the key `chart` is drawn. `map_id` names the map and its dataset, and `side`
    which of two maps it is.
    """

    def __init__(self, chart: str, map_id: tuple[str, ...], side: str = "") -> None:
        self._key, self._showing = f"map-kept{side}", f"map-showing{side}"
        self._id = map_id
        before = st.session_state.get(chart)
        emptied = before is not None and not selects(before) and st.session_state.get(self._showing, False)
        if emptied:  # on the chart that showed it
            self.forget()

    def rows(self, event: Any, picked: np.ndarray) -> np.ndarray:
        """Return what is selected, `picked` where the chart's event says that something is, else what is kept."""
        st.session_state[self._showing] = selects(event)
        if selects(event):
            st.session_state[self._key] = (self._id, picked)
        known, rows = st.session_state.get(self._key, ((), np.arange(0)))
        return rows if known == self._id else np.arange(0)

    def forget(self) -> None:
        """Select nothing."""
        st.session_state.pop(self._key, None)

    def button(self) -> None:
        """Offer to take a selection back that the chart does not show."""
        st.button(
            _("Clear the selection"),
            key=f"{self._key}-clear",
            icon=":material/deselect:",
            on_click=self.forget,
        )


def selects(event: Any) -> bool:
    """Return whether a chart shows something as selected."""
    if not event:
        return False
    chosen = event.selection
    return bool(chosen.points or chosen.box or chosen.lasso)
