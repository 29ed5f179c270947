"""What would it say about this headline? A live prediction, its reasons and its precedents."""

import pandas as pd
import streamlit as st

from core.predict import precedents, predict_headline
from core.ui import explain, frame
from core.ui import predict as draw
from core.ui.evaluate.answer import reminder
from core.ui.text import _, today

frame.start("predict")
data = frame.need_dataset()
run = frame.need_run(data)
vectors = frame.need_vectors(data)

headline = draw.headline_input(data)
features = draw.feature_inputs(run, data)
left, right = st.columns(2)
with left:
    press = draw.press_input(run)
with right:
    before = st.date_input(_("Precedents from before"), value=today(), key="precedents-before")

with st.spinner(_("Reading the headline …")):
    vector = draw.vector_or_error(run, headline)
made = predict_headline(run, vector, features, press, headline)
draw.prediction(run, made)
draw.interval(run, data)
reminder(run)
draw.before_calibration(run, made)
explain.waterfall(
    run, made.reasons, 0, "chart-live", _("Why: from the average to this prediction (ensemble)")
)
found = precedents(data, vectors, vector, headline, pd.Timestamp(before) if data.has_sessions else None)
draw.precedent_table(data, found)
