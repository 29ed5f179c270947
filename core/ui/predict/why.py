"""Why the models say so: the reasons by group, the words, and what followed similar headlines."""

from __future__ import annotations

import streamlit as st

from core.ui import explain
from core.ui.guards import Given
from core.ui.precedents import no_precedents, precedent_table
from core.ui.predict import answer, live
from core.ui.text import _


def why(here: Given, asked: live.Asked) -> None:
    """Draw the way from the average to the prediction, the coloured words, and the precedents."""
    run, made, question, explained = here.run, asked.made, asked.question, asked.explained
    answer.before_calibration(run, made, explained)
    labels = explain.value_labels(made.reasons, dict(question.features), question.press)
    explain.waterfall(
        made.reasons, 0, "chart-live", _("Why: from the average to this prediction"), labels=labels
    )
    words = st.container()
    if run.settings.reads_headline:
        similar = live.similar(here.data, here.vectors, asked.vectors, question)
        precedent_table(run, here.data, similar, explained)
    else:
        no_precedents()
    with words:  # they take longest: after everything else
        live.words(run, question, made, explained)
