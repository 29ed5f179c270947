"""Do the headlines really help? The answer with its interval, and what stands behind it."""

import streamlit as st

from core.ui import frame, jobs
from core.ui.evaluate import answer, brought, hero, leakage, notes
from core.ui.evaluate.sections import sections
from core.ui.pages import DATASET

here = frame.start("evaluate", alone=DATASET)
brought.instead(here.data)
here.rest()
data, run = here.data, here.run
if jobs.panel("train", dataset=data.id):
    answer.earlier(run)

left, right = st.columns([5, 6], gap="large")
with left:
    hero.hero(run, data)
    notes.news(run, data)
    here.onward()
with right:
    leakage.staircase(run, data, here.vectors)
notes.warnings(run)
sections(here)
brought.offer(data)
