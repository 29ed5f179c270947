"""Headline Lab's home page: the last verdicts, the sample in one click, and the way from file to prediction."""

import streamlit as st

from core.ui import frame
from core.ui.home import results, sample, way
from core.ui.text import _

frame.start("home")

st.markdown(
    _(
        "Bring a table of Korean headlines, a few features and what happened next. Headline Lab embeds the headlines, "
        "trains models on earlier sessions and tests them on later ones. It shows whether the headlines add anything, "
        "with an interval beside every score. Nothing leaves this machine."
    )
)
drawn = results.last_results()
if not drawn:
    sample.miniature()
sample.buttons(primary=not drawn)
way.stages()
way.tables()
