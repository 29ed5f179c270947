"""How do headlines become vectors? Choose an encoder and a pooling, and embed each distinct headline once."""

import streamlit as st

from core.ui import frame, jobs, state
from core.ui.embed import embed as draw
from core.ui.embed import encoders, neighbours
from core.ui.embed.catalog import catalog_table
from core.ui.embed.pair_test import pair_test
from core.ui.embed.store import store_table
from core.ui.text import _

here = frame.start("embed")
data = here.data

top = st.container()
card = encoders.chooser()
if card is not None:
    encoders.describe(card)

found = vectors = None
if card is not None and not card.available:
    encoders.fetching(card)
elif card is not None and not jobs.panel("embed", dataset=data.id, encoder=card.id):
    vectors = state.vectors(data)
    if vectors is None:
        draw.offer(data, card)
    else:
        with top:
            found = draw.answer(data, card, vectors)
        here.onward()

likeness, catalog, pairs, store = st.tabs(
    [_("Nearest headlines"), _("All encoders"), _("Test on sentence pairs"), _("Store")]
)
with likeness:
    if found is None or card is None:
        st.markdown(_("Here stand the nearest and the farthest headlines, once they have vectors."))
    else:
        neighbours.pairs(found)
        with st.expander(_("Details"), icon=":material/functions:"):
            neighbours.details(found)
            draw.last_speed(data, card)
with catalog:
    catalog_table()
with pairs:
    if card is not None and card.available:
        pair_test(card)
    else:
        st.markdown(_("An encoder on this machine can be tested here."))
with store:
    store_table()
