"""Headlines like an explained row's from before it, and what followed them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.explain import Contributions
from core.train.run import Run
from core.ui.precedents import no_precedents, precedent_table, similar
from core.ui.text import _


def precedents_of_row(
    run: Run, data: Dataset, vectors: np.ndarray, found: Contributions, place: int, chosen: int
) -> None:
    """Show the nearest headlines of earlier sessions than that of the explained row at this place.

    `vectors (rows, dim)` are those of the whole dataset. A row without a session has no before: then every other
    story's rows count, and it is said. Where the run reads no headline there are none.
    """
    if not run.settings.reads_headline:
        no_precedents()
        return
    position = int(found.rows[place])
    row = data.frame.iloc[position]
    dated = not pd.isna(row["session"])
    made = similar(
        data,
        vectors,
        vectors[[position]],
        str(row["headline"]),
        row["session"] if dated else None,
        None if dated else int(row["story"]),
    )
    precedent_table(run, data, made, chosen)
    if not dated:
        st.caption(_("The row has no date, so these headlines may be later than it."))
