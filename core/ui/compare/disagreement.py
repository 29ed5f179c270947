"""The headlines on which two candidates differ most, with what happened, and with the words that moved each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.compare.candidate import Candidate
from core.compare.disagreement import Disagreement, disagreement
from core.data.dataset import Dataset
from core.errors import UserError
from core.explain import explain_matrix
from core.explain.encoding import encode_texts
from core.train.features.inputs import Inputs
from core.ui.compare.cache import board_of, named
from core.ui.compare.choice import another, two
from core.ui.compare.shown import Shown
from core.ui.explain.words import coloured_words
from core.ui.tables import table
from core.ui.text import (
    UNKNOWN,
    _,
    as_typed,
    bold,
    class_name,
    day,
    md,
    percent,
    signed_percent,
    translate_md,
)

_NEARER = 20  # of the headlines that differ most


def disagreements(shown: Shown) -> None:
    """Let two candidates be chosen, list the headlines on which they differ most, and explain one that is chosen."""
    try:
        board = board_of(shown)
        if len(board.places) < 2:
            st.info(_("There is one candidate only: train another model or another run to compare it with."))
            return
        told = named(board)
        one, other = two(board, told, "differ", another(board))
        if one.key == other.key:
            st.info(_("Choose two different candidates."))
            return
        found = _found(shown.data, one, other, one.key, other.key)
    except UserError as error:
        st.info(translate_md(error.message))
        return
    if not found.distance.max() > 0:
        st.markdown(_("The two say the same of every one of {n:,} tested headlines.", n=found.rows))
        return
    _told(found, told[one.key], told[other.key])
    row = _listed(shown.data, found, one)
    if row is not None:
        _words(shown.data, found, row, (one, other), (told[one.key], told[other.key]))


@st.cache_resource(max_entries=32, show_spinner=False)
def _found(_data: Dataset, _one: Candidate, _other: Candidate, one: str, other: str) -> Disagreement:
    return disagreement(_data, _one, _other)


def _told(found: Disagreement, one: str, other: str) -> None:
    nearer = found.nearer[:_NEARER]
    st.markdown(
        bold(
            md(
                "Of the {n:,} headlines on which they differ most, {one} was nearer to what happened in {first}, {other} in "
                "{second}.",
                n=len(nearer),
                one=one,
                other=other,
                first=int((nearer > 0).sum()),
                second=int((nearer < 0).sum()),
            )
        )
    )
    st.caption(
        _(
            "Chosen of {n:,} tested headlines by how far the two differ, without a look at what happened. So few are no test: "
            "whether one is better stands under “Is A better than B?”.",
            n=found.rows,
        )
    )


def _listed(data: Dataset, found: Disagreement, one: Candidate) -> int | None:
    """Draw the list; return the number of the row that is chosen in it."""
    frame, classes = data.frame.iloc[found.positions], one.run.classes
    rows = {
        _("outcome"): [_outcome(value, classes) for value in found.outcome],
        _("A says"): [_said(said, classes) for said in found.one],
        _("B says"): [_said(said, classes) for said in found.other],
        _("headline"): frame["headline"].tolist(),
        _("nearer"): [{1: "A", -1: "B"}.get(int(side), UNKNOWN) for side in found.nearer],
        _("difference (points)"): [
            round(float(each) * 100, 2 if not classes else 0) for each in found.distance
        ],
    }
    if data.has_sessions:
        rows[_("session")] = [day(when) for when in frame["session"]]
    drawn = table(
        pd.DataFrame(rows),
        "disagreement",
        _("Headlines on which they differ most: choose one to see its words"),
        column_config={_("headline"): st.column_config.TextColumn(width=380)},
        on_select="rerun",
        selection_mode="single-row",
    )
    chosen = [row for row in drawn.selection.rows if row < len(found)]
    return chosen[0] if chosen else None


def _outcome(value: float, classes: tuple[str, ...]) -> str:
    return class_name(classes[int(value)]) if classes else signed_percent(value)


def _said(said: np.ndarray, classes: tuple[str, ...]) -> str:
    if not classes:
        return signed_percent(float(said))
    likeliest = int(np.argmax(said))
    return f"{class_name(classes[likeliest])} {percent(float(said[likeliest]))}"


def _words(
    data: Dataset,
    found: Disagreement,
    row: int,
    two_of: tuple[Candidate, Candidate],
    told: tuple[str, str],
) -> None:
    """Draw the words of one headline as each candidate's run reads them, once where both are of one run."""
    position = int(found.positions[row])
    headline = str(data.frame["headline"].iloc[position])
    st.markdown(as_typed(headline))
    target = int(found.outcome[row]) if two_of[0].run.classes else -1
    same = two_of[0].run.id == two_of[1].run.id
    for column, side, candidate, name in zip(st.columns(2, gap="large"), "AB", two_of, told, strict=True):
        with column:
            st.markdown(bold(as_typed(f"{side}: {name}")))
            st.caption(_said_in_full(found, row, side, candidate))
            if not same:
                _words_of(data, position, headline, candidate, target)
    if same:
        _words_of(data, position, headline, two_of[0], target)
    st.caption(_("Words are those of the run's ensemble, whichever of its models is compared."))


def _said_in_full(found: Disagreement, row: int, side: str, candidate: Candidate) -> str:
    said, classes = (found.one if side == "A" else found.other)[row], candidate.run.classes
    if not classes:
        return _("said {value}", value=signed_percent(float(said)))
    each = [f"{class_name(label)} {percent(float(p))}" for label, p in zip(classes, said, strict=True)]
    return " · ".join(each)


def _words_of(data: Dataset, position: int, headline: str, candidate: Candidate, target: int) -> None:
    run = candidate.run
    if not run.settings.reads_headline and not run.settings.extras:
        st.info(_("This one reads no headline: no word moved it."))
        return
    row = Inputs.of(data, None, run.settings.use_press).take(np.array([position]))
    try:
        vectors = encode_texts(run, [headline]) if run.settings.reads_headline else None
    except UserError as error:
        st.caption(translate_md(error.message))
        return
    row = row._replace(vectors=vectors)
    X = run.preparation.matrix(row)
    found = explain_matrix(run, X, run.predict_by_models(X), target)
    coloured_words(run, headline, row, found, 0, target, f"compare-{position}-{target}")
