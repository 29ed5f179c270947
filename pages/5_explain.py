"""Why does the model think so? Contributions of headline, features and outlet, over all and for one row."""

import streamlit as st

from core.ui import explain as draw
from core.ui import frame
from core.ui.evaluate.answer import reminder
from core.ui.text import _

here = frame.start("explain")
data, run = here.data, here.run

reminder(run)
with st.spinner(_("Explaining the test rows …")):
    found = draw.explained(run, data, here.vectors, run.id)
draw.answer(run, found)
draw.importance_chart(run, found)

place = draw.row_picker(run, data, found)
draw.headline(data, found, place)
draw.waterfall(
    run,
    found,
    place,
    "chart-waterfall",
    _("From the average to this prediction (ensemble)"),
    _("one test row; the colour shows the direction, the number the size"),
)
draw.member_table(run, found, place)
here.onward()
