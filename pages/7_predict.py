"""What would the models say about this headline? A live prediction, what stands behind it, and what to do with it."""

import streamlit as st

from core.ui import frame
from core.ui.classes import class_selector
from core.ui.evaluate.answer import reminder
from core.ui.pages import DATASET, RUN
from core.ui.predict import answer, live, pictures
from core.ui.predict.asked.history import remember, take_from_link
from core.ui.predict.asked.presenter import present, present_button, presenting
from core.ui.predict.form import form
from core.ui.predict.known import known
from core.ui.predict.opposite_news import opposite_news
from core.ui.predict.sections import sections
from core.ui.predict.whatif import against_baseline
from core.ui.predict.without_encoder import without_encoder

here = frame.start("predict", alone=DATASET)
here.open(RUN)
data, run = here.data, here.run
without_encoder(run, data)
here.rest()
if presenting():
    present(here)
    st.stop()

take_from_link(run, data)
left, right = st.columns([5, 6], gap="large")
with left:
    question = form(run, data, known(run, data, here.vectors).ranges)
with left if len(run.classes) > 2 and not run.preparation.features else right:
    vectors, turned = live.read(run, question)
    every_class = st.container()
with right:
    explained = class_selector(run)
    made = live.predicted(run, vectors, question, turned, explained)
    asked = live.Asked(question, vectors, turned, made, explained)
    answer.hero(run, data, made, explained)
    answer.learned(run, data, question)
    against_baseline(run, asked)
    reminder(run)
    pictures.models(run, made, explained)
if len(run.classes) > 2:
    with every_class:
        answer.most_likely(run, made)
        pictures.all_classes(run, made)
opposite_news(run, question, turned, made, explained)
present_button()
remember(run, asked)
sections(here, asked)
here.onward()
