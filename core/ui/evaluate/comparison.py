"""Can the models be told from the baseline, and from each other?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.comparison import LOSSES, Comparison, best_sentence, compare, sentence
from core.evaluate.metrics import METRICS
from core.locale import N_
from core.train.models.titles import title
from core.train.run import Run
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import details, model_name
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, translate_md

_IN_SENTENCES = {  # the baselines to compare with, the first that is there
    "table_only": N_("the table alone"),
    "majority": N_("the class frequencies"),
    "average": N_("the average return"),
}
FEW = 60  # sessions, below which only large differences can be found


def compared(run: Run, data: Dataset, models: Sequence[str] = ()) -> None:
    """Say whether any of the models (by default all of the run's) is better than the table alone."""
    baseline = next((name for name in _IN_SENTENCES if name in run.predictions.names), "")
    looks = run.looks
    found = evaluated(compare, run, data, tuple(models or run.scores), baseline, looks)
    st.subheader(_("Can the models be told apart?"), anchor=False)
    if isinstance(found, Message):
        st.info(translate_md(found))
        return
    st.markdown(f"**{translate_md(sentence(found, _named))}**")
    if best := best_sentence(found, _named):
        st.markdown(translate_md(best))
    if found.sessions < FEW:
        st.caption(
            _("{n:,} sessions are few: only large differences can be found with them.", n=found.sessions)
        )
    if found.against:
        _table(found)


def _table(found: Comparison) -> None:
    loss = _(LOSSES[found.loss])
    against = model_name(found.against[0].other)
    scale = 1.0 if found.loss in METRICS else 1e4
    rows = [
        {
            _("model"): model_name(pair.model),
            _("{loss} minus that of {baseline}", loss=loss, baseline=model_name(pair.other)): _difference(
                pair.value * scale, pair.low * scale, pair.high * scale
            ),
            "p": f"{pair.p_value:.3f}" if np.isfinite(pair.p_value) else UNKNOWN,
        }
        for pair in found.against
    ]
    table(
        pd.DataFrame(rows), "table-compared", _("Each model against “{baseline}”", baseline=against), rows=15
    )
    details(
        _(
            "Losses of {sessions:,} sessions, after each model was brought to the level and the spread that fit this test best; "
            "below 0 the model is better; in brackets the 95% interval. Each model by the test of "
            "Diebold and Mariano (long-run variance, corrected for small samples); the sentence is Hansen's test (SPA) of "
            "all models at once, with blocks of {length} sessions.",
            sessions=found.sessions,
            length=found.length,
        )
    )


def _difference(value: float, low: float, high: float) -> str:
    text = _signed(value)
    return f"{text} [{_signed(low)}, {_signed(high)}]" if np.isfinite(low) else text


def _signed(value: float) -> str:
    """Write a difference of losses with its sign; what rounds to 0 has none."""
    return f"{value:+.4f}" if round(value, 4) else "0.0000"


def _named(name: str) -> Message:
    """Return what a sentence calls a model; the name of a brought column is no template."""
    known = _IN_SENTENCES.get(name) or title(name)
    return Message("{name}", {"name": name}) if known == name else Message(known)
