"""Which headlines lie close together? A map of the embeddings, coloured by what is known of the headlines."""

from core.ui import frame
from core.ui.maps import answer, layout
from core.ui.maps.marks import holding, words_form
from core.ui.maps.view import lay_out, show_view, view_form

here = frame.start("maps")
data, vectors = here.data, here.vectors
run = frame.chosen_run(data)
layout.warm_up_once()

found = answer.answer(data, vectors)
view = view_form(data, vectors, run)
words = words_form()
laid = lay_out(view, vectors)
if laid is not None:
    show_view(view, laid, holding(data, laid.places, view.rows, words))
    answer.details(laid.vectors, laid.places, laid.settings, found)
if run is not None:
    here.onward()
