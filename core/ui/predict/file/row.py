"""Chosen rows of a scored file, closely: what was asked, what speaks against it, and which words matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.predictions import MEAN
from core.explain import encode_headlines
from core.locale import N_
from core.predict import Question, Scored, predict_headline
from core.train.features.vector import HEADLINE
from core.train.run import Run
from core.ui.guards import Given
from core.ui.predict.answer import name, written
from core.ui.predict.asked.fill import put_into_form
from core.ui.predict.live import words
from core.ui.text import _, as_typed, bold, md, translate_md

MOST = 5  # rows shown closely


def chosen_rows(here: Given, scored: Scored, places: Sequence[int], explained: int) -> None:
    """Show the rows at these places of a scored file with their words coloured, up to `MOST`."""
    for place in places[:MOST]:
        _row(here, scored, place, explained)
    if len(places) > MOST:
        st.caption(_("Only the first {n} of the chosen rows are shown.", n=MOST))


def _row(here: Given, scored: Scored, place: int, explained: int) -> None:
    run, question, number = here.run, scored.question(place), int(scored.values("row")[place])
    with st.container(border=True):
        st.markdown(bold(as_typed(question.headline)))
        when = f"{question.time:%Y-%m-%d %H:%M}".removesuffix(" 00:00") if question.time else ""
        facts = [_("row {n}", n=number), question.press, when]
        st.caption(" · ".join(as_typed(fact) for fact in facts if fact))
        label = f":{run.classes[explained]}" if run.classes else ""
        value = written(run, float(scored.values(MEAN + label)[place]))
        st.markdown(md("{name}: **{value}**", name=name(run, explained), value=value))
        said = [f":material/warning: {translate_md(one.sentence)}" for one in scored.cautions.at(place)]
        if said:
            st.markdown("  \n".join(said))
        _words(run, question, explained)
        st.button(
            _("Ask about this headline above"),
            key=f"ask-{number}",
            icon=":material/arrow_upward:",
            on_click=_into_form,
            args=(run, here.data, question),
        )


def _words(run: Run, question: Question, explained: int) -> None:
    """Draw the words of a row coloured; say why where that cannot be done."""
    vectors = np.zeros((1, 0), np.float32)
    try:
        if HEADLINE in run.preparation.groups:
            vectors = encode_headlines(run, [question.headline])
        made = predict_headline(run, vectors, question, (), explained)
        words(run, question, made, explained)
    except UserError as error:
        st.caption(translate_md(error.message))


def _into_form(run: Run, data: Dataset, question: Question) -> None:
    """Put a question into the live form; an outlet that the row lacks stays as it is there."""
    press = question.press or st.session_state.get(f"press-{run.id}")
    put_into_form(run, data, replace(question, press=press))
    st.session_state["done"] = Message(N_("The row of the file stands in the form now."))
