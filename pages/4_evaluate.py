"""Do the headlines really help? The answer of a run, its scores, and what they are worth."""

import streamlit as st

from core.ui import frame
from core.ui.evaluate import backtest, ledger, lift, scores, slices, trust
from core.ui.text import _
from core.ui.train import train as draw

here = frame.start("evaluate")
data, run, vectors = here.data, here.run, here.vectors

lift.answer(run)
draw.verdict(run)
draw.warnings(run, data)
here.onward()
tabs = st.tabs(
    [
        _("Scores"),
        _("Leakage staircase"),
        _("Can it be acted on?"),
        _("Where it differs"),
        _("Looks at the test"),
    ]
)
with tabs[0]:
    scores.score_chart(run, data)
    draw.split_line(run)
    lift.walk_chart(run, data)
    scores.pictures(run, data)
    scores.score_table(run)
with tabs[1]:
    lift.staircase(run, data, vectors)
with tabs[2]:
    if run.classes:
        trust.calibration(run, data)
        trust.threshold(run, data)
    else:
        trust.intervals(run, data)
        backtest.portfolio(run, data)
        backtest.by_session(run, data)
with tabs[3]:
    slices.by_slice(run, data)
    slices.ceiling(run, data)
with tabs[4]:
    ledger.ledger(run, data, vectors)
