"""Does fine-tuning make the encoder better? The verdict, what stands behind it, and the settings of the next tuning."""

import streamlit as st

from core.ui import frame, state
from core.ui.text import _
from core.ui.tune import live, shelf
from core.ui.tune.form import form
from core.ui.tune.hero import hero
from core.ui.tune.results import results

here = frame.start("tune")

running = live.panel()
tuned = None if running else shelf.chosen()
if tuned is not None:
    hero(tuned)
    results(tuned)
    st.subheader(_("Tune another"), anchor=False)
form(state.dataset(), running)
shelf.shelf()
here.onward()
