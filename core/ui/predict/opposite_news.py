"""The prediction of the opposite news beside that of the headline: does the run read these words?"""

from __future__ import annotations

import streamlit as st

from core.locale import N_
from core.predict import Opposite, Prediction, Question, reading
from core.predict.finance_words.reading import READS, SMALL, WRONG
from core.train.features.registry import headline_groups
from core.train.run import Run
from core.ui.evaluate.verdict import Verdict
from core.ui.predict.answer import name, written
from core.ui.text import _, as_typed, bold, fixed, md, points
from core.ui.theme import palette

_ICONS = {READS: ":material/check:", SMALL: ":material/hearing_disabled:", WRONG: ":material/swap_vert:"}
_SENTENCES = {
    READS: N_(
        "The models read these words: turned round, they move the prediction by {moved} percentage points, more than the "
        "models differ about it ({noise})."
    ),
    SMALL: N_(
        "The models do not read these words: turned round, they move the prediction by only {moved} percentage points, "
        "and the models differ about it by {noise}."
    ),
    WRONG: N_(
        "The models read these words the wrong way round: with the opposite news the prediction moves by {moved} percentage "
        "points, to where it should not (the models differ by {noise})."
    ),
}
_ALONE = {  # one model has no other to differ from
    READS: N_(
        "The model reads these words: turned round, they move the prediction by {moved} percentage points."
    ),
    SMALL: N_(
        "The model does not read these words: turned round, they move the prediction by only {moved} percentage points."
    ),
    WRONG: N_(
        "The model reads these words the wrong way round: with the opposite news the prediction moves by {moved} percentage "
        "points, to where it should not."
    ),
}


def opposite_news(
    run: Run, question: Question, turned: Opposite | None, made: Prediction, explained: int
) -> None:
    """Show both predictions side by side and say whether the words moved anything; nothing where there is no opposite."""
    if turned is None or not made.others or not headline_groups() & set(made.reasons.groups):
        return
    found = reading(run, made.values, made.others[0], turned.turn, explained)
    st.markdown(bold(_("And if the news were the opposite?")))
    left, right = st.columns(2, gap="medium")
    with left:
        _side(name(run, explained), written(run, found.typed), question.headline)
    with right:
        swaps = ", ".join(f"{one} → {other}" for one, other in turned.words)
        _side(swaps, written(run, found.other), turned.text)
    places = 1 if run.classes else 2
    moved = fixed(abs(found.moved) * 100, places) if found.verdict == SMALL else points(found.moved, places)
    words = {"moved": moved, "noise": fixed(found.noise * 100, places)}
    say = st.success if found.verdict == READS else st.warning
    sentences = _SENTENCES if len(run.models) > 1 else _ALONE
    say(md(sentences[found.verdict], **words), icon=_ICONS[found.verdict])


def _side(above: str, value: str, headline: str) -> None:
    st.caption(as_typed(above))
    st.html(Verdict("", "", palette().text, value, of=headline).html("side"))
