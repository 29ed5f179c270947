"""What a reader has selected on a map, and the part of a large map that is looked at closely."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.maps.geometry import Outline, within
from core.ui.maps.picture.windows import Window
from core.ui.text import _

MODES = ("box", "lasso")


def listed_rows(event: Any, data: Dataset) -> np.ndarray:
    """Return the positions of the selected points by the numbers of their rows, ascending."""
    points = event.selection.points if event else []
    numbers = [number for point in points if (number := _number(point.get("customdata"))) is not None]
    found = pd.Index(data.frame["row"]).get_indexer(pd.Index(numbers, dtype=np.int64))
    return np.unique(found[found >= 0])


def _number(custom: Any) -> int | None:
    if isinstance(custom, list):
        custom = custom[0] if custom else None
    return int(custom) if isinstance(custom, int | float) else None


def outlines(event: Any) -> list[Outline]:
    """Return the regions that the reader has drawn."""
    if not event:
        return []
    boxes = [Outline.box(drawn["x"], drawn["y"]) for drawn in event.selection.box]
    return boxes + [Outline.polygon(drawn["x"], drawn["y"]) for drawn in event.selection.lasso]


def rows_within(event: Any, at: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return those of the rows whose places `at (rows of the dataset, 2)` lie in what the reader has drawn."""
    return rows[within(at[rows], outlines(event))]


class Closer:
    """The part of a map that is looked at closely: a window in a window, forgotten with the map.

    `map_id` names the map, and `side` which of two it is.
    """

    def __init__(self, map_id: str, side: str = "") -> None:
        self._key = f"map-windows{side}"
        self._id = map_id

    @property
    def windows(self) -> list[Window]:
        """The windows opened so far, each within the last."""
        known, windows = st.session_state.get(self._key, ("", []))
        return windows if known == self._id else []

    @property
    def window(self) -> Window | None:
        """The last window; None where the whole map is looked at."""
        return self.windows[-1] if self.windows else None

    def rows(self, at: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return those of the rows that lie in the last window, all without one."""
        return rows if self.window is None else rows[self.window.holds(at[rows])]

    def buttons(self, at: np.ndarray, picked: np.ndarray) -> None:
        """Offer to look closely at what is selected, and the way back."""
        if not self.windows and len(picked) < 2:
            return
        with st.container(horizontal=True, gap="small"):
            around = [Window.around(at[picked])] if len(picked) > 1 else []
            if around not in ([], self.windows[-1:]) and st.button(
                _("Zoom into the selection"), key=f"{self._key}-in", icon=":material/zoom_in:"
            ):
                self._set(self.windows + around)
            if self.windows and st.button(_("Back out"), key=f"{self._key}-out", icon=":material/zoom_out:"):
                self._set(self.windows[:-1])

    def _set(self, windows: list[Window]) -> None:
        st.session_state[self._key] = (self._id, windows)
        st.rerun()
