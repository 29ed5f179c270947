"""Why does the model think so? Contributions of headline, features and outlet, over all and for one row."""

import streamlit as st

from core.ui import explain as draw
from core.ui import frame
from core.ui.evaluate.answer import reminder
from core.ui.text import _, as_typed

frame.start("explain")
data = frame.need_dataset()
run = frame.need_run(data)
vectors = frame.need_vectors(data)

reminder(run)
with st.spinner(_("Explaining the test rows …")):
    found = draw.explained(run, data, vectors, run.id)
draw.answer(run, found)
draw.importance_chart(run, found)

place = draw.row_picker(run, data, found)
headline = data.headlines[int(found.rows[place])]
st.markdown(f"> {as_typed(headline)}")
draw.waterfall(
    run,
    found,
    place,
    "chart-waterfall",
    _("From the average to this prediction (ensemble)"),
    _("one row; red and blue say up and down, the number says how far"),
)
draw.member_table(run, found, place)
frame.onward("maps", _("Next: see the headlines on a map"))
