"""Puts a question into the form of the predict page."""

from __future__ import annotations

import math

import streamlit as st

from core.data.dataset import Dataset
from core.predict import Question
from core.train.run import Run
from core.ui.predict.form import LONGEST


def put_into_form(run: Run, data: Dataset, question: Question) -> None:
    """Let the form show a question, as it was asked; called before the form is drawn.

    A feature that the question does not know becomes an empty field; without a time the one in the form stays.
    """
    state = st.session_state
    state[f"headline-{data.id}"] = question.headline[:LONGEST]
    state[f"press-{run.id}"] = question.press
    state[f"company-{data.id}"] = question.company
    for name in run.preparation.features:
        value = question.features.get(name, math.nan)
        state[f"feature-{run.id}-{name}"] = float(value) if math.isfinite(value) else None
    if question.time is not None:
        state["as-of"] = question.time.replace(second=0, microsecond=0)
