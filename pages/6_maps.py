"""Which headlines lie close together? A map of the embeddings, coloured by what is known of the headlines."""

import streamlit as st

from core.ui import frame
from core.ui.maps import answer
from core.ui.maps.clusters import clusters, labels
from core.ui.maps.search.newcomer import newcomer_marks
from core.ui.maps.search.words_or_meaning import search_marks
from core.ui.maps.selection.panel import selected
from core.ui.maps.view import lay_out, show_view, view_form

here = frame.start("maps")
data, vectors = here.data, here.vectors
run = frame.chosen_run(data)

found = answer.answer(data, vectors)
view = view_form(data, vectors, run)
laid = lay_out(view, vectors)
if laid is not None:
    fields, chart, lists = st.columns(2, vertical_alignment="bottom"), st.container(), st.container()
    with fields[0]:
        marks = search_marks(data, vectors, laid.places, view.rows, below=lists)
    with fields[1]:
        marks += newcomer_marks(data, vectors, laid.places, laid.settings, view.rows, below=lists)
    with chart:
        rows = show_view(view, laid, marks, labels(view.topics, laid.places, view.rows))
    if view.selectable:
        selected(here, run, vectors, rows)
    clusters(data, vectors)
    answer.details(found)
if run is not None:
    here.onward()
