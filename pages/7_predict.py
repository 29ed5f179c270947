"""What would the models say about this headline? A live prediction, its reasons and its precedents."""

import streamlit as st

from core.ui import explain, frame
from core.ui import predict as draw
from core.ui.evaluate.answer import reminder
from core.ui.text import _

here = frame.start("predict")
data, run = here.data, here.run

typed = draw.form(run, data)
with st.spinner(_("Reading the headline …")):
    vector = draw.vector_or_error(run, typed.headline)
made = draw.predicted(run, vector, typed)
draw.prediction(run, made)
draw.interval(run, data)
reminder(run)
draw.before_calibration(run, made)
explain.waterfall(
    run, made.reasons, 0, "chart-live", _("Why: from the average to this prediction (ensemble)")
)
draw.precedent_table(data, draw.similar(data, here.vectors, vector, typed))
here.onward()
