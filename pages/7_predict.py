"""What would the models say about this headline? A live prediction, its reasons and its precedents."""

import streamlit as st

from core.ui import explain, frame
from core.ui.classes import class_selector
from core.ui.evaluate.answer import reminder
from core.ui.precedents import precedent_table
from core.ui.predict import answer, live, pictures
from core.ui.predict.form import form
from core.ui.predict.history import remember, take_from_link
from core.ui.predict.opposite_news import opposite_news
from core.ui.predict.presenter import present, presenting
from core.ui.predict.sections import sections
from core.ui.text import _

here = frame.start("predict")
data, run = here.data, here.run
if presenting():
    present(here)
    st.stop()

take_from_link(run, data)
left, right = st.columns([5, 6], gap="large")
with left:
    question = form(run, data)
with left if len(run.classes) > 2 and not run.preparation.features else right:
    vectors, turned = live.read(run, question)
    every_class = st.container()
with right:
    explained = class_selector(run)
    made = live.predicted(run, vectors, question, turned, explained)
    answer.hero(run, data, made, explained)
    pictures.models(run, made, explained)
if len(run.classes) > 2:
    with every_class:
        answer.most_likely(run, made)
        pictures.all_classes(run, made)
opposite_news(run, question, turned, made, explained)
reminder(run)
answer.before_calibration(run, made, explained)
labels = explain.value_labels(made.reasons, dict(question.features), question.press)
explain.waterfall(made.reasons, 0, "chart-live", _("Why: from the average to this prediction"), labels=labels)
words = st.container()
precedent_table(data, live.similar(data, here.vectors, vectors, question))
with words:  # after what is known at once
    live.words(run, question, made, explained)
asked = live.Asked(question, vectors, turned, made, explained)
remember(run, asked)
sections(here, asked)
here.onward()
