"""What do the models learn from? The splits over time, the training, and the runs of this table."""

import streamlit as st

from core.ui import frame, jobs
from core.ui.text import _
from core.ui.train import form, runs

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
if runs.just_trained(data):
    frame.go("evaluate")

if not jobs.panel("train", dataset=data.id):
    settings = form.settings_form(data)
    if settings is not None:
        runs.start(data, vectors, settings)

st.subheader(_("Runs of this table"), anchor=False)
runs.run_list(data)
