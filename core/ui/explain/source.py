"""Where the explanations come from: made or opened once per server, and what has to be known of them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.explain import Contributions, explain_run
from core.train.run import Run
from core.ui.text import _, translate_md


def explained(run: Run, data: Dataset, vectors: np.ndarray, chosen: int) -> Contributions:
    """Explain the run's test rows by the class of this number (-1 the last); end the page where that cannot be done."""
    try:
        return contributions(run, data, vectors, run.id, chosen)
    except UserError as error:
        st.error(translate_md(error.message), icon=":material/error:")
        st.stop()


@st.cache_resource(max_entries=8, show_spinner=False)
def contributions(_run: Run, _data: Dataset, _vectors: np.ndarray, run_id: str, chosen: int) -> Contributions:
    """Explain the run's test rows by the class of this number, once per server; raises as `explain_run` does."""
    return explain_run(_run, _data, _vectors, explained=chosen)


def notes(run: Run) -> None:
    """Say that the explained rows are not those of the holdout, where that is sealed."""
    if run.settings.sealed:
        st.caption(
            _(
                "The holdout is sealed, so these are rows of the walk-forward; the final models have learned from them."
            )
        )


def calibration_note(run: Run) -> None:
    """Say that contributions explain the probability before calibration, where there is one."""
    if run.parts.calibrators:
        st.caption(
            _("The run's probabilities are calibrated; the contributions explain them before calibration.")
        )
