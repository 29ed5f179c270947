"""The prediction of what was typed, made once: with its reasons, its opposite and what is usual."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.data.library import saved_plan
from core.data.plan import Exchange
from core.errors import UserError
from core.explain import encode_headlines, readable
from core.predict import (
    Opposite,
    Precedents,
    Prediction,
    Question,
    inputs_of,
    opposite_news,
    predict_headline,
    predictions_of_test,
    session_at,
    unread_part,
)
from core.train.run import Run
from core.ui import explain, precedents
from core.ui.text import _, md, translate_md

_SHOWN = 30  # characters of the part that was not read


def exchange_of(data: Dataset) -> Exchange:
    """Return the exchange of a table."""
    plan = saved_plan(data.id)
    return plan.exchange if plan else Exchange()


@dataclass(frozen=True, eq=False)
class Asked:
    """What was asked on the page, and what was answered.

    `vectors (1 or 2, dim)` are those of the headline and of its opposite, where there is one (`turned`); `explained` is
    the number of the class that is looked at, -1 for the last one (or the return).
    """

    question: Question
    vectors: np.ndarray
    turned: Opposite | None
    made: Prediction
    explained: int


@st.cache_data(max_entries=256, show_spinner=False, scope="session")
def _vectors(_run: Run, run_id: str, headlines: tuple[str, ...]) -> np.ndarray:
    return encode_headlines(_run, headlines)


@st.cache_resource(max_entries=16, show_spinner=False)
def usual(_run: Run, run_id: str, explained: int) -> np.ndarray:
    """Return the ensemble's predictions of the run's test, `(n,)`, once per server."""
    return predictions_of_test(_run, explained)


def read(run: Run, question: Question) -> tuple[np.ndarray, Opposite | None]:
    """Encode the headline and its opposite, `(1 or 2, dim)`; where it cannot be, say why and end the page."""
    with st.spinner(_("Reading the headline …")):
        try:
            turned = opposite_news(question) if run.settings.reads_headline else None
            texts = (question.headline,) if turned is None else (question.headline, turned.text)
            vectors = _vectors(run, run.id, texts)
            unread = unread_part(run, question.headline)
        except UserError as error:
            st.error(translate_md(error.message))
            st.stop()
    if unread:
        st.warning(
            md(
                "The headline is longer than the encoder reads: it was cut before “{end}”.",
                end=unread[:_SHOWN],
            ),
            icon=":material/content_cut:",
        )
    return vectors, turned


def predicted(
    run: Run, vectors: np.ndarray, question: Question, turned: Opposite | None, explained: int
) -> Prediction:
    """Predict a question, with the reasons; end the page where its headline is one of a sealed holdout."""
    try:
        with st.spinner(_("Predicting …")):
            usual(run, run.id, explained)  # slow the first time: under this spinner
            return predict_headline(run, vectors, question, [turned.text] if turned else [], explained)
    except UserError as error:
        st.warning(translate_md(error.message), icon=":material/lock:")
        st.stop()


def words(run: Run, question: Question, made: Prediction, explained: int) -> None:
    """Draw the headline that was typed with its words coloured by what each adds."""
    row = inputs_of(run, [question], np.empty((1, 0)))._replace(vectors=None, text=None)
    beside = json.dumps({**question.record(), "headline": ""}, ensure_ascii=False, sort_keys=True)
    explain.coloured_words(run, readable(question.headline), row, made.reasons, 0, explained, beside)


def similar(data: Dataset, table: np.ndarray, vectors: np.ndarray, question: Question) -> Precedents:
    """Find the most similar headlines of the table from sessions before that of the question's time."""
    before = None if question.time is None else session_at(question.time, exchange_of(data))
    return precedents.similar(data, table, vectors[:1], question.headline, before)
