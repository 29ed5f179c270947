"""Which headlines lie close together? A map of the embeddings, coloured by target, outlet or prediction."""

import streamlit as st

from core.ui import frame
from core.ui.maps import layout as draw
from core.ui.maps.picture import colour_form, picture

here = frame.start("maps")
run = frame.chosen_run(here.data)

left, right = st.columns(2)
with left:
    settings = draw.settings_form()
with right:
    colour = colour_form(here.data, run)
draw.warm_up_once()
points = draw.layout(here.data, here.vectors, settings)
if points is not None:
    picture(here.data, points, settings, colour, run)
if run is not None:
    here.onward()
