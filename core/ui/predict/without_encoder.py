"""A run whose encoder is not on this machine: no new headline can be read, but what was predicted in the test is there."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.embed import resolve
from core.errors import UserError
from core.evaluate.predictions import MEAN
from core.explain import explained_class
from core.train.run import Run
from core.ui.evaluate.answer import reminder
from core.ui.evaluate.verdict import Verdict
from core.ui.predict.answer import name, written
from core.ui.sealed import sealed_rows
from core.ui.text import UNKNOWN, _, class_name, md, signed_percent, translate_md
from core.ui.theme import palette


def without_encoder(run: Run, data: Dataset) -> None:
    """Where the encoder that the run reads by is gone, say so, let the test's predictions be looked up, end the page."""
    if not run.settings.reads_headline:
        return
    try:
        if resolve(run.settings.encoder).available:
            return
        st.error(md("The encoder {name} of this run is not on this machine.", name=run.settings.encoder))
    except UserError as error:
        st.error(translate_md(error.message))
    st.markdown(
        _(
            "No new headline can be read without it. What the run predicted in its test can still be looked up."
        )
    )
    _look_up(run, data)
    reminder(run)
    st.stop()


def _look_up(run: Run, data: Dataset) -> None:
    made = run.predictions.test
    made = made.where(~np.isin(made.positions(data), sealed_rows(data)))
    headlines = data.frame["headline"].iloc[made.positions(data)].tolist()
    place = st.selectbox(
        _("A headline of the test"),
        range(len(headlines)),
        format_func=lambda place: headlines[place],
        key=f"tested-{run.id}",
    )
    if place is None:
        return
    at = explained_class(run, -1) if run.classes else 0
    value = made[MEAN][place, at] if run.classes else made[MEAN][place]
    st.html(Verdict("", "", palette().text, written(run, float(value)), of=name(run, at)).html())
    st.caption(md("What followed: {outcome}.", outcome=_outcome(run, float(made.outcome[place]))))


def _outcome(run: Run, outcome: float) -> str:
    if np.isnan(outcome):
        return UNKNOWN
    return class_name(run.classes[int(outcome)]) if run.classes else signed_percent(outcome)
