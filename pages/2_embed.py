"""How do headlines become vectors? Choose an encoder and a pooling, and embed each distinct headline once."""

import streamlit as st

from core.ui import frame, jobs, state
from core.ui.embed import embed as draw
from core.ui.embed import encoders
from core.ui.text import _, md

frame.start("embed")
data = frame.need_dataset()

card = encoders.chooser()
if card is None:
    st.stop()
encoders.describe(card)

vectors = None
if not card.available:
    encoders.fetching(card)
elif not jobs.panel("embed", dataset=data.id, encoder=card.id):
    vectors = state.vectors(data)
    if vectors is None:
        st.markdown(
            md(
                "{distinct:,} distinct headlines of “{name}” will be embedded. Those already in the store"
                " are not computed again.",
                distinct=data.distinct_headlines,
                name=data.name,
            )
        )
        if st.button(_("Embed the headlines"), type="primary"):
            draw.start(data, card)

if vectors is not None:
    draw.result_line(card, data, vectors)
    draw.last_speed(data, card)
    frame.onward("train", _("Next: train the models"))
    draw.neighbours(data, card, vectors)

if card.available:
    with st.expander(_("Test the encoder on sentence pairs"), icon=":material/compare_arrows:"):
        draw.pair_test(card)
with st.expander(_("What the store holds"), icon=":material/database:"):
    draw.store_table()
