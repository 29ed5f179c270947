"""Which rows of the table are sealed: nothing is predicted or told of them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.ledger import any_sealed, sealed_among
from core.evaluate.ledger_rows import Rows


def sealed_rows(data: Dataset) -> np.ndarray:
    """Return the positions of the table's sealed rows, `(n,)`."""
    if not any_sealed():  # to list the rows takes longer
        return np.arange(0)
    return np.flatnonzero(sealed_among(_listed(data.id, data)))


@st.cache_resource(max_entries=2, show_spinner=False)
def _listed(dataset_id: str, _data: Dataset) -> Rows:
    return Rows.listed(_data)
