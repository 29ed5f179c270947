"""A question pinned as the baseline, and what has changed since."""

from __future__ import annotations

import difflib
import html
import json
from datetime import datetime
from typing import Any

import streamlit as st

from core.errors import UserError
from core.evaluate.predictions import MEAN
from core.predict import Prediction, Question, predict_headline
from core.predict.sealed import require_open
from core.predict.whatif import Changed, changed, moves, way
from core.predict.whatif.changes import COMPANY, FEATURE, HEADLINE, PRESS, TIME
from core.train.features.outlets import PRESS as OUTLET_GROUP
from core.train.run import Run
from core.ui.evaluate.text import model_name
from core.ui.explain import waterfall
from core.ui.explain.names import group_name, number
from core.ui.guards import Given
from core.ui.predict.answer import name
from core.ui.predict.live import Asked
from core.ui.predict.whatif.amounts import change_html, exact
from core.ui.predict.whatif.encoded import encoded
from core.ui.text import UNKNOWN, _, translate_md
from core.ui.theme import model_colours

_LONG = 12  # characters of a value beside a group's name


def baseline(here: Given, asked: Asked) -> None:
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
        if pinned is not None:
            st.button(_("Unpin"), key="unpin-baseline", type="tertiary", on_click=_unpin, args=(key,))
    if pinned is None:
        st.caption(_("Pin what is asked now, change the form above, and see here what the change does."))
    elif not (differing := changed(Question.of_record(pinned), asked.question)):
        st.info(
            _("This is the baseline. Change the form above, and what that does stands here."),
            icon=":material/push_pin:",
        )
    else:
        _compared(run, asked, pinned, differing)


def against_baseline(run: Run, asked: Asked) -> None:
    """Draw one line with the change of the ensemble since the pinned question; nothing where none is pinned or it is asked."""
    pinned = st.session_state.get(_key(run))
    if pinned is None or not changed(Question.of_record(pinned), asked.question):
        return
    try:
        before, after = moves(run, _made(run, asked, pinned), asked.made, asked.explained)[MEAN]
    except UserError:
        return
    line = html.escape(
        _("against the baseline: {before} → {after}", before=exact(run, before), after=exact(run, after))
    )
    st.html(f'<p style="margin: 0">{line} &ensp;{change_html(run, before, after)}</p>')


def _key(run: Run) -> str:
    return f"baseline-{run.id}"


def _pin(key: str, record: dict[str, Any]) -> None:
    st.session_state[key] = record


def _unpin(key: str) -> None:
    st.session_state.pop(key, None)


def _made(run: Run, asked: Asked, pinned: dict[str, Any]) -> Prediction:
    """Predict the pinned question with its reasons, once. Raises `UserError` where it is sealed or cannot be read."""
    question = Question.of_record(pinned)
    require_open(question.headline, question.time)
    asking = json.dumps(pinned, ensure_ascii=False, sort_keys=True)
    return _predicted(run, asked, run.id, asking, asked.explained)


@st.cache_data(max_entries=64, show_spinner=False, scope="session")
def _predicted(_run: Run, _asked: Asked, run_id: str, asking: str, explained: int) -> Prediction:
    question = Question.of_record(json.loads(asking))
    return predict_headline(_run, encoded(_run, _asked, [question.headline]), question, (), explained)


def _compared(run: Run, asked: Asked, pinned: dict[str, Any], differing: tuple[Changed, ...]) -> None:
    try:
        before = _made(run, asked, pinned)
    except UserError as error:
        st.warning(translate_md(error.message), icon=":material/lock:")
        return
    st.html("".join(_difference(one) for one in differing))
    st.html(_cards(run, moves(run, before, asked.made, asked.explained)))
    note = _("From the prediction of the baseline to the present one; red moves it up, blue down.")
    if run.parts.calibrators:
        note += " " + _("The steps are those before calibration.")
    waterfall(
        way(before.reasons, asked.made.reasons),
        0,
        "chart-baseline",
        _("What changed the prediction: {what}", what=name(run, asked.explained)),
        note,
        labels=_labels(asked.made.reasons.groups, differing),
        ends=(_("baseline"), _("now")),
    )


def _difference(one: Changed) -> str:
    """Return what differs as a line of HTML; of two headlines the words that differ stand out."""
    title = {
        HEADLINE: _("Headline"),
        PRESS: _("Press outlet"),
        COMPANY: _("Company"),
        TIME: _("As of"),
        FEATURE: one.name,
    }[one.kind]
    if one.kind == HEADLINE:
        before, after = _marked(str(one.before), str(one.after))
    else:
        before, after = (html.escape(_value(value)) for value in (one.before, one.after))
    return (
        '<p style="margin: 0 0 .3rem; overflow-wrap: anywhere">'
        f'<span style="opacity: .75">{html.escape(title)}</span>&ensp;{before} &nbsp;→&nbsp; {after}</p>'
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


def _cards(run: Run, moved: dict[str, tuple[float, float]]) -> str:
    """Return a card for the ensemble and each model: what it says now, what it said, and the change in its colour."""
    names = [model for model in model_colours(moved) if model in moved]
    return (
        f'<div class="cards">{"".join(_card(run, model_name(model), *moved[model]) for model in names)}</div>'
    )


def _card(run: Run, title: str, before: float, after: float) -> str:
    was = html.escape(_("before: {value}", value=exact(run, before)))
    return (
        f'<div class="card"><p>{html.escape(title)}</p><b>{html.escape(exact(run, after))}</b>'
        f"<small>{was}</small><small>{change_html(run, before, after).replace('<b ', '<strong ').replace('</b>', '</strong>')}</small></div>"
    )


def _labels(groups: tuple[str, ...], differing: tuple[Changed, ...]) -> dict[str, str]:
    """Return the names of the groups that changed with their values before and after."""
    labels = {}
    for one in differing:
        group = {PRESS: OUTLET_GROUP, FEATURE: one.name}.get(one.kind)
        found = next((known for known in groups if group in (known, known.removeprefix("feature."))), None)
        if found:
            values = (_value(value)[:_LONG] for value in (one.before, one.after))
            labels[found] = f"{group_name(found)} {' → '.join(values)}"
    return labels
