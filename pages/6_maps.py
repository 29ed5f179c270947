"""Which headlines lie close together? A map of the embeddings, coloured by outcome, prediction, company or outlet."""

import streamlit as st

from core.ui import frame
from core.ui.maps import answer, layout
from core.ui.maps.picture import colour_form, known_topics, picture, words_form

here = frame.start("maps")
data, vectors = here.data, here.vectors
run = frame.chosen_run(data)

found = answer.answer(data, vectors)
topics = known_topics(data, vectors)
with st.container(horizontal=True, gap="medium"):
    settings = layout.settings_form()
    colour = colour_form(data, run, topics)
    words = words_form()
layout.note(settings)
points = layout.layout(data, vectors, settings)
if points is not None:
    picture(data, points, settings, colour, run, words, topics)
    answer.trust_line(vectors, points, settings)
    answer.details(found)
if run is not None:
    here.onward()
