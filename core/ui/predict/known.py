"""What the chosen run and its table know, laid out once per server for the warnings about a row."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.predict import Known
from core.train.run import Run
from core.ui import state


def known(run: Run, data: Dataset, vectors: np.ndarray | None = None) -> Known:
    """Return what a run knows of its table, whose vectors are `(rows, dim)`, by default those stored."""
    return _known(run, data, vectors, run.id, state.space_of(run.settings.encoder, run.settings.pooling))


@st.cache_resource(max_entries=4, show_spinner=False)
def _known(
    _run: Run, _data: Dataset, _vectors: np.ndarray | None, run_id: str, space: tuple[str, str, str]
) -> Known:
    return Known.of(_run, _data, _vectors)
