"""Is it worth anything to choose a model by its score here?"""

from __future__ import annotations

import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.overfitting import overfitting
from core.train.run import Run
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import details, model_name
from core.ui.text import bold, md, translate_md


def lasting_choice(run: Run, data: Dataset) -> None:
    """Say whether the best model of one half of the walk-forward stays good in the other, or why that is unknown."""
    if run.walk is None:
        return
    found = evaluated(overfitting, run, data)
    if isinstance(found, Message):
        st.caption(translate_md(found))
        return
    st.markdown(bold(translate_md(found.sentence())))
    details(
        md(
            "Probability of backtest overfitting (combinatorially symmetric cross-validation): {sessions:,} walk-forward "
            "sessions in {groups} groups, every half of them against the other; compared are {names}. A rough number: "
            "the halves share the same sessions, and models that see the same data resemble one another. It knows "
            "nothing of other runs, and says which model to choose, not whether any is good.",
            sessions=found.sessions,
            groups=found.groups,
            names=", ".join(model_name(name) for name in found.models),
        )
    )
