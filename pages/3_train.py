"""Do the headlines really help? Three models learn on earlier sessions and are scored on later ones."""

import streamlit as st

from core.ui import frame, jobs, scores
from core.ui import train as draw
from core.ui.text import _

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
    if run.settings.split == "random":
        draw.warnings(run)
    draw.verdict(run)
    if run.settings.split != "random":
        draw.warnings(run)
    scores.score_chart(run)
    draw.split_line(run)
    scores.pictures(run)
    scores.score_table(run)
    frame.onward("explain", _("Next: why does the model think so?"))

with st.expander(_("Train"), expanded=run is None, icon=":material/model_training:"):
    if not jobs.panel("train", dataset=data.id):
        settings = draw.settings_form(data)
        if settings is not None:
            draw.start(data, vectors, settings)

with st.expander(_("Earlier runs of this table"), icon=":material/history:"):
    draw.run_list(data)
