"""Why does the model think so? Contributions of headline, features and outlet, over all and for one row."""

import streamlit as st

from core.explain.path import reach
from core.ui import explain as draw
from core.ui import frame
from core.ui.classes import class_selector
from core.ui.evaluate.answer import reminder
from core.ui.text import _

here = frame.start("explain")
data, run = here.data, here.run

chosen = class_selector(run)
with st.spinner(_("Explaining the test rows …")):
    found = draw.explained(run, data, here.vectors, chosen)
draw.answer(found)
draw.notes(run)
draw.importance_chart(run, found)
reminder(run)

place = draw.chosen_row(run, data, found, chosen)
draw.headline(run, data, found, place, chosen)
draw.words_of_row(run, data, found, place, chosen)
draw.waterfall(
    found,
    place,
    "chart-waterfall",
    _("From the average to this prediction"),
    _("the mean of the models for this row; sign and colour show the direction; one scale for all rows"),
    draw.row_labels(data, found, place),
    reach(found),
)
draw.details(run, found, place)
here.onward()
