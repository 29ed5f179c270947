"""Do the headlines really help? Models learn on earlier sessions and are scored on later ones."""

import streamlit as st

from core.ui import frame, jobs
from core.ui.evaluate import backtest, ledger, lift, scores, slices, trust
from core.ui.text import _
from core.ui.train import form
from core.ui.train import train as draw

frame.start("train")
data = frame.need_dataset()
if not data.target_kind:
    st.info(
        _(
            "This table has no target, so there is nothing to learn. Load it again and choose the target column."
        )
    )
    st.stop()
vectors = frame.need_vectors(data)

run = frame.chosen_run(data)
if run is not None:
    lift.answer(run)
    draw.verdict(run)
    draw.warnings(run, data)
    frame.onward("explain", _("Next: why does the model think so?"))
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

with st.expander(_("Train"), expanded=run is None, icon=":material/model_training:"):
    if not jobs.panel("train", dataset=data.id):
        settings = form.settings_form(data)
        if settings is not None:
            draw.start(data, vectors, settings)

with st.expander(_("Earlier runs of this table"), icon=":material/history:"):
    draw.run_list(data)
