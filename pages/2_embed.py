"""How do headlines become vectors? Choose an encoder and a pooling, and embed each distinct headline once."""

import streamlit as st

from core.locale import P_
from core.ui import frame, jobs, state
from core.ui.embed import embed as draw
from core.ui.embed import encoders
from core.ui.text import _, md

here = frame.start("embed")
data = here.data

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
                P_(
                    "“{name}” has {n:,} distinct headline; it is embedded unless the store has its vector.",
                    "“{name}” has {n:,} distinct headlines; those that the store lacks are embedded.",
                ),
                n=data.distinct_headlines,
                name=data.name,
            )
        )
        if st.button(_("Embed the headlines"), type="primary"):
            draw.start(data, card)

if vectors is not None:
    draw.result_line(card, data, vectors)
    draw.last_speed(data, card)
    here.onward()
    draw.neighbours(data, card, vectors)

if card.available:
    with st.expander(_("Test the encoder on sentence pairs"), icon=":material/compare_arrows:"):
        draw.pair_test(card)
with st.expander(_("Contents of the store"), icon=":material/database:"):
    draw.store_table()
