"""The prediction of what was typed, made once: with its reasons, its opposite and what is usual."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.explain import encode_headlines, readable
from core.predict import (
    Opposite,
    Precedents,
    Prediction,
    opposite_news,
    predict_headline,
    predictions_of_test,
    unread_part,
)
from core.train.features.inputs import Inputs
from core.train.run import Run
from core.ui import explain, precedents
from core.ui.predict.form import Typed
from core.ui.text import _, md, translate_md

_SHOWN = 30  # characters of the part that was not read


@st.cache_data(max_entries=256, show_spinner=False, scope="session")
def _vectors(_run: Run, run_id: str, headlines: tuple[str, ...]) -> np.ndarray:
    return encode_headlines(_run, headlines)


@st.cache_resource(max_entries=16, show_spinner=False)
def usual(_run: Run, run_id: str, explained: int) -> np.ndarray:
    """Return the ensemble's predictions of the run's test, `(n,)`, once per server."""
    return predictions_of_test(_run, explained)


def read(run: Run, headline: str) -> tuple[np.ndarray, Opposite | None]:
    """Encode the headline and its opposite, `(1 or 2, dim)`; where it cannot be, say why and end the page."""
    with st.spinner(_("Reading the headline …")):
        try:
            turned = opposite_news(headline)
            texts = (headline,) if turned is None else (headline, turned.text)
            vectors = _vectors(run, run.id, texts)
            unread = unread_part(run, headline)
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
    run: Run, vectors: np.ndarray, typed: Typed, turned: Opposite | None, explained: int
) -> Prediction:
    """Predict what was typed, with the reasons; end the page where the headline is one of a sealed holdout."""
    texts = (typed.headline,) if turned is None else (typed.headline, turned.text)
    try:
        with st.spinner(_("Predicting …")):
            usual(run, run.id, explained)  # slow the first time: under this spinner
            return predict_headline(run, vectors, typed.features, typed.press, texts, explained)
    except UserError as error:
        st.warning(translate_md(error.message), icon=":material/lock:")
        st.stop()


def words(run: Run, typed: Typed, made: Prediction, explained: int) -> None:
    """Draw the headline that was typed with its words coloured by what each adds."""
    press = pd.Series([typed.press], dtype="str") if run.settings.use_press else None
    row = Inputs(None, pd.DataFrame([dict(typed.features)], index=[0], dtype=float), press)
    beside = f"{sorted(typed.features.items())} {typed.press}"
    explain.coloured_words(run, readable(typed.headline), row, made.reasons, 0, explained, beside)


def similar(data: Dataset, table: np.ndarray, vectors: np.ndarray, typed: Typed) -> Precedents:
    """Find the most similar headlines of the table from before the date that was typed."""
    before = None if typed.before is None else pd.Timestamp(typed.before)
    return precedents.similar(data, table, vectors[:1], typed.headline, before)
