"""Several headlines pasted at once, ranked by what the models say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from core.errors import UserError
from core.evaluate.predictions import MEAN
from core.locale import P_
from core.predict.whatif import MOST_VARIANTS, Variants, ask, read_variants
from core.predict.whatif.variants import LONGEST
from core.train.run import Run
from core.ui.evaluate.text import model_name
from core.ui.explain.names import PLACES
from core.ui.guards import Given
from core.ui.predict.answer import name
from core.ui.predict.live import Asked
from core.ui.predict.whatif.amounts import axis_title, difference, exact, shade
from core.ui.predict.whatif.encoded import encoded
from core.ui.predict.whatif.take import take_button
from core.ui.tables import table
from core.ui.text import _, fixed, md, points, translate_md

_PASTED = 200_000  # characters that can be pasted
_SHOWN = 60  # characters of a headline in a sentence


def several_headlines(here: Given, asked: Asked) -> None:
    """Take headlines, one on each line, and list them with the present one, the highest prediction first."""
    run = here.run
    typed = st.text_area(
        _("Headlines, one on each line"),
        key=f"variants-{here.data.id}",
        persist_state="session",
        height=150,
        max_chars=_PASTED,
        placeholder=_(
            "Paste up to {n} headlines; outlet, features and time stay as they are above.", n=MOST_VARIANTS
        ),
    )
    read = read_variants(str(typed or ""), asked.question.time)
    _left_out(read)
    if not read.headlines:
        return
    try:
        vectors = encoded(run, asked, read.headlines)
    except UserError as error:
        st.error(translate_md(error.message))
        return
    questions = [replace(asked.question, headline=text) for text in read.headlines]
    said = ask(run, questions, vectors, asked.explained)
    now = float(asked.made.values[MEAN][asked.explained if run.classes else 0])
    _ranking(here, asked, read, said, now)


def _left_out(read: Variants) -> None:
    """Say what was not taken as it was pasted."""
    said = [
        (
            read.beyond,
            P_(
                "{n:,} headline beyond the first {most} is left out.",
                "{n:,} headlines beyond the first {most} are left out.",
            ),
        ),
        (
            read.sealed,
            P_(
                "{n:,} headline of a sealed holdout is left out.",
                "{n:,} headlines of a sealed holdout are left out.",
            ),
        ),
        (
            read.cut,
            P_(
                "{n:,} headline was cut to {longest:,} characters.",
                "{n:,} headlines were cut to {longest:,} characters.",
            ),
        ),
        (read.repeats, P_("{n:,} repeated line counts once.", "{n:,} repeated lines count once.")),
    ]
    words = [md(template, n=n, most=MOST_VARIANTS, longest=LONGEST) for n, template in said if n]
    if read.beyond or read.sealed or read.cut:
        st.warning(" ".join(words), icon=":material/content_cut:")
    elif words:
        st.caption(" ".join(words))


def _ranking(here: Given, asked: Asked, read: Variants, said: dict[str, np.ndarray], now: float) -> None:
    run, values = here.run, said[MEAN]
    order = np.argsort(-values, kind="stable")
    best, higher = int(order[0]), sum(difference(run, now, float(value)) > 0 for value in values)
    st.markdown(
        md(
            "{n} of {all} are higher than the present headline ({now}). The highest is {best}: “{headline}”.",
            n=higher,
            all=len(values),
            now=exact(run, now),
            best=exact(run, float(values[best])),
            headline=_short(read.headlines[best]),
        )
    )
    frame = _frame(run, asked, read, said, now, order)
    title = _("Headlines by {what}", what=name(run, asked.explained))
    drawn = table(
        _coloured(run, frame),
        "variants",
        title,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            _("rank"): st.column_config.NumberColumn(width=55),
            _("headline"): st.column_config.TextColumn(width="large"),
        },
    )
    chosen = [row for row in drawn.selection.rows if row < len(order)]
    if chosen:
        take_button(here.data, read.headlines[int(order[chosen[0]])], "variant", _("Ask the chosen headline"))
    else:
        st.caption(_("Choose a row to put its headline into the form above."))


def _frame(
    run: Run, asked: Asked, read: Variants, said: dict[str, np.ndarray], now: float, order: np.ndarray
) -> pd.DataFrame:
    """Return the table: numbers in percent and in percentage points, rounded as they are shown."""
    places = PLACES[bool(run.classes)]
    columns: dict[str, object] = {
        _("rank"): np.arange(1, len(order) + 1),
        axis_title(run, asked.explained): np.round(said[MEAN][order] * 100, places),
        _("change (pp)"): [difference(run, now, float(value)) for value in said[MEAN][order]],
        _("headline"): [read.headlines[place] for place in order],
    }
    for model in run.models:
        columns[model_name(model)] = np.round(said[model][order] * 100, places)
    return pd.DataFrame(columns)


def _coloured(run: Run, frame: pd.DataFrame) -> Styler:
    places = PLACES[bool(run.classes)]
    change = frame.columns[2]
    numbers = [column for column in frame.columns[1:] if column not in (change, _("headline"))]
    written = {change: lambda value: points(value / 100, places)}
    written |= dict.fromkeys(numbers, lambda value: fixed(value, places))
    styler = frame.style.format(written)
    return styler.map(lambda value: f"color: {shade(value)}", subset=[change])


def _short(headline: str) -> str:
    return headline if len(headline) <= _SHOWN else headline[:_SHOWN] + "…"
