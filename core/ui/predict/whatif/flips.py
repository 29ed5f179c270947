"""The words of the headline turned round one by one, each with the change that it makes."""

from __future__ import annotations

import html

import streamlit as st

from core.errors import UserError
from core.locale import N_
from core.predict.finance_words.reading import SMALL, WRONG
from core.predict.whatif import FlipAnswer, flip_answers, open_flips
from core.train.run import Run
from core.ui.guards import Given
from core.ui.predict.answer import name
from core.ui.predict.live import Asked
from core.ui.predict.whatif.amounts import change_html, exact
from core.ui.predict.whatif.encoded import encoded
from core.ui.predict.whatif.take import take_button
from core.ui.text import _, bold, md, translate_md
from core.ui.theme import palette

_GOOD, _BAD, _STILL = N_("✓ as it should"), N_("✗ the wrong way"), N_("＝ hardly moves")


def words_turned(here: Given, asked: Asked) -> None:
    """List the flips of the headline: the words, the new prediction, the change, and whether it goes the right way."""
    run = here.run
    turned = open_flips(asked.question)
    if not turned:
        st.info(
            _(
                "The headline has no word of good or bad news that could be turned round, and no amount to change."
            ),
            icon=":material/swap_horiz:",
        )
        return
    try:
        vectors = encoded(run, asked, [flip.text for flip in turned])
    except UserError as error:
        st.error(translate_md(error.message))
        return
    answers = flip_answers(run, asked.question, asked.made, turned, vectors, asked.explained)
    st.markdown(bold(md("{what}: {now} now. Press a change to ask it.", **_now(run, asked, answers[0]))))
    for number, answer in enumerate(answers):
        with st.container(key=f"flip-{number}", horizontal=True, vertical_alignment="center", gap="small"):
            flip = answer.flip
            take_button(here.data, flip.text, f"flip-{number}", f"{flip.before} → {flip.after}")
            st.html(_line(run, answer), width="content")
    st.caption(
        _(
            "A change is called right where better news is given the higher prediction and worse news the lower. It "
            "hardly moves where the models differ about it as much as it moves."
        )
    )


def _now(run: Run, asked: Asked, answer: FlipAnswer) -> dict[str, str]:
    return {"what": name(run, asked.explained), "now": exact(run, answer.reading.typed)}


def _line(run: Run, answer: FlipAnswer) -> str:
    """Return the new prediction, its change and whether that goes the right way, as HTML."""
    found = answer.reading
    mark, colour = _mark(answer)
    return (
        f'<p style="margin: 0">{html.escape(exact(run, found.other))} &ensp;'
        f"{change_html(run, found.typed, found.other)}"
        f' &ensp;<span style="color: {colour}; white-space: nowrap">{html.escape(mark)}</span></p>'
    )


def _mark(answer: FlipAnswer) -> tuple[str, str]:
    """Return whether a flip moves the prediction as it should, in words, and the colour; "" where that is not known."""
    colours = palette()
    if answer.reading.verdict == SMALL:
        return _(_STILL), colours.muted
    if not answer.known:
        return "", colours.muted
    return (_(_BAD), colours.unsure) if answer.reading.verdict == WRONG else (_(_GOOD), colours.good)
