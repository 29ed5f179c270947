"""A question pinned as the baseline, and what has changed since."""

from __future__ import annotations

import difflib
import html
from datetime import datetime
from typing import Any

import numpy as np
import streamlit as st

from core.errors import UserError
from core.evaluate.predictions import MEAN
from core.explain import Contributions
from core.predict import Question
from core.predict.sealed import require_open
from core.predict.whatif import Changed, Comparison, ask, changed, compare, is_read
from core.predict.whatif.changes import COMPANY, FEATURE, HEADLINE, PRESS, TIME
from core.train.run import Run
from core.ui.evaluate.text import model_name
from core.ui.explain import waterfall
from core.ui.explain.names import number
from core.ui.guards import Given
from core.ui.predict.live import Asked
from core.ui.predict.whatif.amounts import change_html, exact
from core.ui.predict.whatif.encoded import encoded
from core.ui.text import UNKNOWN, _, translate_md
from core.ui.theme import model_colours

_LONG = 12  # characters of a value beside its name in the chart


def since_baseline(here: Given, asked: Asked) -> None:
    """Let the reader pin the present question, and show what has changed since one was pinned."""
    run, key = here.run, _key(here.run)
    pinned, now = st.session_state.get(key), asked.question.record()
    with st.container(key="baseline", horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            _("Pin as baseline") if pinned is None else _("Pin this instead"),
            key="pin-baseline",
            icon=":material/push_pin:",
            disabled=pinned == now,
            on_click=_pin,
            args=(key, now),
        )
        if pinned is None:
            st.caption(_("Pin what is asked now, change the form above, and see here what the change does."))
            return
        st.button(_("Unpin"), key="unpin-baseline", type="tertiary", on_click=_unpin, args=(key,))
    try:
        both, vectors = _both(run, asked, pinned)
    except UserError as error:
        st.warning(translate_md(error.message), icon=":material/lock:")
        return
    found = compare(run, *both, vectors, asked.explained)
    if not found.differences:
        st.info(
            _("This is the baseline. Change the form above, and what that does stands here."),
            icon=":material/push_pin:",
        )
        return
    _draw(run, asked, found)


def against_baseline(run: Run, asked: Asked) -> None:
    """Draw one line with the change since the pinned question; nothing where none is pinned, or it is the one asked."""
    pinned = st.session_state.get(_key(run))
    if pinned is None or not changed(Question.of_record(pinned), asked.question):
        return
    try:
        both, vectors = _both(run, asked, pinned)
    except UserError:
        return
    before, after = map(float, ask(run, both, vectors, asked.explained)[MEAN])
    line = _("against the baseline: {before} → {after}", before=exact(run, before), after=exact(run, after))
    st.html(f'<p style="margin: 0">{html.escape(line)} &ensp;{change_html(run, before, after)}</p>')


def _key(run: Run) -> str:
    return f"baseline-{run.id}"


def _pin(key: str, record: dict[str, Any]) -> None:
    st.session_state[key] = record


def _unpin(key: str) -> None:
    st.session_state.pop(key, None)


def _both(run: Run, asked: Asked, pinned: dict[str, Any]) -> tuple[tuple[Question, Question], np.ndarray]:
    """Return the pinned question and the present one, and the vectors `(2, dim)` of their headlines.

    Raises `UserError` where the pinned one is sealed or cannot be read.
    """
    before, after = Question.of_record(pinned), asked.question
    require_open(before.headline, before.time)
    return (before, after), encoded(run, asked, [before.headline, after.headline])


def _draw(run: Run, asked: Asked, found: Comparison) -> None:
    several = sum(is_read(run, one) for one in found.differences) > 1
    effects = found.effects[MEAN]
    for one, effect in zip(found.differences, effects, strict=True):
        st.html(_difference(run, one, float(effect), several))
    st.html(_cards(run, found))
    if not several:
        return
    note = _(
        "n = {n} changes; a bar is how far one of them moved the prediction, on average over the orders in which they can "
        "be made (Shapley value).",
        n=len(effects),
    )
    if not found.exact:
        note += " " + _("Some orders were drawn: there are too many for all.")
    places = [str(place) for place in range(len(effects))]
    steps = Contributions(
        groups=tuple(places),
        values={MEAN: effects[None]},
        base={MEAN: found.before[MEAN]},
        prediction={MEAN: np.array([found.after[MEAN]])},
        rows=np.arange(1),
        label=run.classes[asked.explained] if run.classes else None,
    )
    labels = {place: _label(one) for place, one in zip(places, found.differences, strict=True)}
    ends = (_("baseline"), _("now"))
    waterfall(
        steps, 0, "chart-baseline", _("What each change did (ensemble)"), note, labels=labels, ends=ends
    )


def _title(one: Changed) -> str:
    titles = {
        HEADLINE: _("Headline"),
        PRESS: _("Press outlet"),
        COMPANY: _("Company"),
        TIME: _("As of"),
        FEATURE: one.name,
    }
    return titles[one.kind]


def _label(one: Changed) -> str:
    """Return a change as the name of a bar: a headline by its word alone."""
    if one.kind == HEADLINE:
        return _title(one)
    return f"{_title(one)} {_value(one.before)[:_LONG]} → {_value(one.after)[:_LONG]}"


def _difference(run: Run, one: Changed, effect: float, several: bool) -> str:
    """Return what differs as a line of HTML, with what it did where there is more than one change.

    Of two headlines the words that differ stand out.
    """
    if one.kind == HEADLINE:
        before, after = _marked(str(one.before), str(one.after))
    else:
        before, after = (html.escape(_value(value)) for value in (one.before, one.after))
    did = ""
    if not is_read(run, one):
        told = html.escape(_("(this run does not read it)"))
        did = f'<span style="opacity: .75">{told}</span>'
    elif several:
        did = change_html(run, 0.0, effect)
    return (
        '<p style="margin: 0; overflow-wrap: anywhere">'
        f'<span style="opacity: .75">{html.escape(_title(one))}</span>&ensp;{before} &nbsp;→&nbsp; {after}&ensp;{did}</p>'
    )


def _marked(before: str, after: str) -> tuple[str, str]:
    """Return two headlines as HTML, the words that only one of them has struck through and bold."""
    one, other = before.split(), after.split()
    found = difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    left, right = [], []
    for kind, start, end, from_, to in found:
        kept = kind == "equal"
        left += [html.escape(word) if kept else f"<s>{html.escape(word)}</s>" for word in one[start:end]]
        right += [html.escape(word) if kept else f"<b>{html.escape(word)}</b>" for word in other[from_:to]]
    return " ".join(left), " ".join(right)


def _value(value: str | float | datetime | None) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value if isinstance(value, str) else number(value)


def _cards(run: Run, found: Comparison) -> str:
    """Return a card for the ensemble and each model: what it says now, what it said, and the change in its colour."""
    names = [model for model in model_colours(found.after) if model in found.after]
    cards = [_card(run, model_name(model), found.before[model], found.after[model]) for model in names]
    return f'<div class="cards">{"".join(cards)}</div>'


def _card(run: Run, title: str, before: float, after: float) -> str:
    was = html.escape(_("before: {value}", value=exact(run, before)))
    return (
        f'<div class="card"><p>{html.escape(title)}</p><b>{html.escape(exact(run, after))}</b>'
        f"<small>{was}</small><small>{change_html(run, before, after)}</small></div>"
    )
