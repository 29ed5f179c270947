"""Do the headlines really help? The answer with its interval, and what stands behind it."""

import streamlit as st

from core.ui import frame, jobs
from core.ui.evaluate import (
    answer,
    backtest,
    ceiling,
    coverage,
    decision_threshold,
    information_coefficient,
    leakage,
    ledger,
    overfitting,
    performance,
    reliability,
    scores,
    slices,
)
from core.ui.text import _

here = frame.start("evaluate")
data, run, vectors = here.data, here.run, here.vectors
if jobs.panel("train", dataset=data.id):
    answer.earlier(run)

answer.answer(run)
answer.verdict(run)
answer.warnings(run, data)
here.onward()
tabs = st.tabs(
    [
        _("Scores"),
        _("Leakage staircase"),
        _("Can it be acted on?"),
        _("Where it differs"),
        _("Test accesses"),
    ]
)
with tabs[0]:
    scores.score_chart(run, data)
    answer.split_line(run)
    scores.walk_chart(run, data)
    performance.pictures(run, data)
    scores.score_table(run)
    overfitting.lasting_choice(run, data)
with tabs[1]:
    leakage.staircase(run, data, vectors)
with tabs[2]:
    if run.classes:
        reliability.calibration(run, data)
        decision_threshold.threshold(run, data)
    else:
        coverage.intervals(run, data)
        backtest.portfolio(run, data)
        information_coefficient.by_session(run, data)
with tabs[3]:
    slices.by_slice(run, data)
    ceiling.ceiling(run, data)
with tabs[4]:
    ledger.ledger(run, data, vectors)
