"""How do headlines become vectors? Choose an encoder and a pooling, and embed each distinct headline once."""

import streamlit as st

from core.ui import embed as draw
from core.ui import frame, jobs, state
from core.ui.text import _, md

frame.start("embed")
data = frame.need_dataset()

card = draw.chooser()
if card is None:
    st.stop()
draw.describe(card)

if jobs.panel("embed", dataset=data.id, encoder=card.id):
    st.stop()

vectors = state.vectors(data)
if vectors is None:
    st.markdown(
        md("{distinct:,} distinct headlines of “{name}” will be embedded; what the store has already is not "
           "computed again.", distinct=data.distinct_headlines, name=data.name)
    )  # fmt: skip
    if st.button(_("Embed the headlines"), type="primary", disabled=not card.available):
        draw.start(data, card)
else:
    draw.result_line(card, data, vectors)
    draw.last_speed(data, card)
    draw.glance(data, vectors)
    frame.onward("train", _("Next: train the models"))

with st.expander(_("What the store holds"), icon=":material/database:"):
    draw.store_table()
