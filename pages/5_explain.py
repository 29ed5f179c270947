"""Why does the model think so? Contributions of headline, features and outlet; by topic, and for one row by word."""

import streamlit as st

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
draw.importance_chart(run, found, draw.spread(run, chosen))
draw.steadiness(run, data, here.vectors, found, chosen)
reminder(run)
draw.sections(here, found, chosen)
here.onward()
