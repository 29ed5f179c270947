"""The presenter mode: one question after the other in large type, by the arrow keys, a presenter's remote or a button."""

from __future__ import annotations

import html

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate.predictions import MEAN
from core.predict import Precedents, Prediction, Question, predict_questions
from core.predict.sealed import require_open
from core.train.run import Run
from core.ui import explain
from core.ui.evaluate.answer import reminder
from core.ui.guards import Given
from core.ui.predict import answer, live
from core.ui.predict.asked.scenarios import (
    Scenario,
    go_to,
    leave,
    present_button,
    presenting,
    scenarios,
    step,
)
from core.ui.predict.known import known
from core.ui.text import _, as_typed, class_name, day, md, percent, translate_md
from core.ui.theme import palette

__all__ = ["present", "present_button", "presenting"]

_TYPE = 18  # pixels of the chart's type
_WORDS = "presented-words"  # the headlines whose words have been read in this session


def present(here: Given) -> None:
    """Draw the presented step of the chosen run: its prediction, its reasons, its precedents, and how good the run is."""
    st.html(
        f"<style>{_STYLE}.st-key-presenter-bar, .st-key-presenter-steps {{ background: {palette().surface}; }}</style>"
    )
    with st.container(key="presenter", gap="small"):
        steps = scenarios(here.run, here.data)
        at = step(len(steps))
        body = st.container(key="presenter-body", gap="small")
        with st.container(key="presenter-bar", horizontal=True, vertical_alignment="center"):
            with st.container(key="presenter-score"):
                reminder(here.run)
            with st.container(key="presenter-steps", horizontal=True, width="content"):
                _steps(at, len(steps))
    with body:
        if not steps:
            st.info(_("There is nothing to present: the table has no headline that may be predicted."))
            return
        _present(here, steps[at], st.container(key="presenter-hidden"))
    if at + 1 < len(steps):
        with st.container(key="presenter-ahead"):
            _read_ahead(here, steps[at + 1])


def _steps(at: int, steps: int) -> None:
    """Draw the large buttons to step by; the keys of a presenter's remote do the same."""
    first, last = at < 1, at + 1 >= steps
    back, on = (at - 1,), (at + 1,)
    st.button(_("Leave"), key="present-leave", type="tertiary", shortcut="Esc", on_click=leave)
    st.button(_("Back"), key="present-back", shortcut="Left", on_click=go_to, args=back, disabled=first)
    st.html(f'<p class="step">{min(at + 1, steps)} / {steps}</p>', width="content")
    st.button(
        _("Next"),
        key="present-next",
        type="primary",
        shortcut="Right",
        on_click=go_to,
        args=on,
        disabled=last,
    )
    with st.container(key="presenter-remote"):
        st.button(_("Back"), key="remote-back", shortcut="PageUp", on_click=go_to, args=back, disabled=first)
        st.button(_("Next"), key="remote-next", shortcut="PageDown", on_click=go_to, args=on, disabled=last)


def _present(here: Given, scenario: Scenario, hidden: DeltaGenerator) -> None:
    run, data, question = here.run, here.data, scenario.question
    _above(here, scenario)
    place = st.empty()
    place.html(_plain(question))
    if not _may_be_presented(question):
        return
    vectors, explained, made = _answered(run, question)
    read, mark = _read(), _mark(run, question, explained)
    if mark in read:
        _coloured(place, run, question, made, explained)
    left, right = st.columns([5, 6], gap="large", vertical_alignment="center")
    with left:
        answer.hero(run, data, made, explained)
        _every_class(run, made)
        if run.settings.reads_headline:
            _precedents(data, live.similar(data, here.vectors, vectors, question))
    with right:
        labels = explain.value_labels(made.reasons, dict(question.features), question.press)
        explain.waterfall(
            made.reasons, 0, "chart-presented", _("Why this number?"), labels=labels, size=_TYPE
        )
    answer.before_calibration(run, made, explained)
    if mark not in read:
        with hidden:
            live.words(run, question, made, explained)
        read.add(mark)
        _coloured(place, run, question, made, explained)


def _answered(run: Run, question: Question) -> tuple[np.ndarray, int, Prediction]:
    """Return the vectors, the class that is explained (of three and more the most likely one), and the prediction."""
    vectors, turned = live.read(run, question)
    explained = len(run.classes) - 1
    if len(run.classes) > 2:
        explained = int(predict_questions(run, [question], vectors[:1])[MEAN][0].argmax())
    return vectors, explained, live.predicted(run, vectors, question, turned, explained)


def _may_be_presented(question: Question) -> bool:
    """Say whether the headline may be predicted, and why not."""
    try:
        require_open(question.headline, question.time)
    except UserError as error:
        st.warning(translate_md(error.message), icon=":material/lock:")
        return False
    return True


def _above(here: Given, scenario: Scenario) -> None:
    """Draw the step's name, outlet, company and time, and whether the models learned from its headline."""
    question, learned = scenario.question, scenario.learned
    if learned is None:
        learned = known(here.run, here.data, here.vectors).learned_from(question.headline)
    when = ""
    if question.time is not None:
        at = f"{question.time:%H:%M}"
        when = f"{day(pd.Timestamp(question.time))} {at}".removesuffix(" 00:00")  # a day alone
    parts = [scenario.name, question.press or "", question.company or "", when]
    if learned:
        parts.append(_("the models learned from this headline"))
    written = " · ".join(html.escape(part) for part in parts if part)
    st.html(f'<p class="above">{written}</p>')


def _plain(question: Question) -> str:
    return f'<p class="presented">{html.escape(question.headline)}</p>'


def _coloured(place: DeltaGenerator, run: Run, question: Question, made: Prediction, explained: int) -> None:
    """Draw the headline in its words' colours, as it is where it has none."""
    with place.container(key="presenter-headline"):
        st.html(_plain(question))
        live.words(run, question, made, explained)


def _every_class(run: Run, made: Prediction) -> None:
    """Say how likely each of three and more classes is."""
    if len(run.classes) > 2:
        told = zip(run.classes, made.values[MEAN], strict=True)
        st.markdown(as_typed(" · ".join(f"{class_name(name)} {percent(float(p))}" for name, p in told)))


def _precedents(data: Dataset, made: Precedents) -> None:
    """Say in one line what followed the most similar earlier headlines."""
    if not made.found:
        st.markdown(_("No earlier headline of the table is similar enough to be a precedent."))
        return
    signs = {"+": _("up"), "-": _("down"), "0": _("unchanged")}
    counts = [
        f"{signs.get(kind, kind) if data.target_kind == 'return' else class_name(kind)} {n}"
        for kind, n in made.outcomes().items()
    ]
    st.markdown(
        md(
            "After the most similar earlier headlines ({n}): {counts}. The nearest: “{headline}”",
            n=len(made.found),
            counts=" · ".join(counts),
            headline=made.found[0].headline,
        )
    )


def _read_ahead(here: Given, scenario: Scenario) -> None:
    """Read the next step's headline, so that it stands there at once."""
    run, question = here.run, scenario.question
    try:
        require_open(question.headline, question.time)
    except UserError:
        return
    _vectors, explained, made = _answered(run, question)
    live.words(run, question, made, explained)
    _read().add(_mark(run, question, explained))


def _read() -> set[tuple[str, int, str]]:
    """Return the marks of the questions whose words have been read in this session."""
    read: set[tuple[str, int, str]] = st.session_state.setdefault(_WORDS, set())
    return read


def _mark(run: Run, question: Question, explained: int) -> tuple[str, int, str]:
    return run.id, explained, repr(question.record())


_STYLE = """
html { font-size: clamp(15px, min(1.04vw, 1.67vh), 30px) !important; }
[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"], [data-testid="stHeader"], [data-testid="stToolbar"] { display: none !important; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] > :not(:has(.st-key-presenter), :has([data-testid="stAlert"]), .st-key-presenter) { display: none; }
[data-testid="stLayoutWrapper"]:has(> .st-key-presenter-hidden, > .st-key-presenter-ahead, > .st-key-presenter-remote) { display: none; }
.block-container { max-width: 104rem; padding: 1.1rem 3.2rem 8rem; }
.st-key-presenter .above { margin: 0; font-size: 1.25rem; opacity: .75; }
.st-key-presenter .presented, .st-key-presenter .coloured { margin: 0; font-size: clamp(2.2rem, 3.1vw, 3.4rem); font-weight: 750; letter-spacing: -.01em; word-break: keep-all; overflow-wrap: anywhere; }
.st-key-presenter .presented { line-height: 1.3; }
.st-key-presenter .coloured { line-height: 1.95; margin: -.55em 0 0; }
.st-key-presenter .coloured b { font-weight: 750; line-height: 1.25; padding: 0 .18em; }
.st-key-presenter .coloured small { top: 3.05em; font-size: .4em; line-height: 1.3; font-weight: 600; letter-spacing: 0; }
.st-key-presenter-headline:has(.coloured) .presented { display: none; }
.st-key-presenter-headline [data-testid="stMarkdown"]:not(:has([data-testid="stCaptionContainer"])) { display: none; }
.st-key-presenter .verdict .state { font-size: 1.8rem; }
.st-key-presenter .verdict .state span { width: 2.3rem; height: 2.3rem; font-size: 1.3rem; }
.st-key-presenter .verdict .number { font-size: clamp(6rem, 10vw, 10rem); line-height: 1; }
.st-key-presenter .verdict .number small { font-size: 1.9rem; }
.st-key-presenter .verdict .of { margin-top: .5rem; font-size: 1.35rem; }
.st-key-presenter-body [data-testid="stMarkdownContainer"] p { font-size: 1.3rem; line-height: 1.5; }
.st-key-presenter-body [data-testid="stCaptionContainer"] p { font-size: 1.05rem; }
.st-key-presenter [class*="st-key-under-"] { display: none; }
.stApp .st-key-presenter-bar { position: fixed; z-index: 90; left: 0; bottom: 0; width: 100vw; padding: .6rem 3.2rem; gap: 1.6rem; flex-wrap: nowrap; align-items: center; border-top: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
.st-key-presenter-bar > :first-child { flex: 1 1 0; min-width: 0; }
.st-key-presenter-bar > :last-child { flex: none; }
.st-key-presenter-score [data-testid="stAlertContainer"] { padding: .5rem .8rem; }
.st-key-presenter-score [data-testid="stAlert"] p { font-size: 1.05rem; line-height: 1.4; }
.st-key-presenter-steps { flex-wrap: nowrap; align-items: center; }
.st-key-presenter-steps .step { margin: 0; min-width: 5.5rem; text-align: center; font-size: 1.5rem; font-weight: 650; white-space: nowrap; }
.st-key-presenter-steps button { min-height: 3rem; min-width: 9rem; padding: .4rem 1.2rem; }
.st-key-presenter-steps button p { font-size: 1.35rem; font-weight: 650; }
.st-key-presenter-steps .st-key-present-leave { position: fixed; width: auto; top: .9rem; right: 1.6rem; }
.st-key-presenter-steps .st-key-present-leave button { min-height: 0; min-width: 0; padding: .2rem .4rem; opacity: .75; }
.st-key-presenter-steps .st-key-present-leave button p { font-size: 1.05rem; font-weight: 400; }
@media (max-width: 900px) {
  .block-container { padding: 3.2rem 1.1rem 7rem; }
  .stApp .st-key-presenter-bar { position: static; width: auto; padding: 0; gap: 0; border: 0; }
  .st-key-presenter-steps { position: fixed; z-index: 90; left: 0; bottom: 0; width: 100vw !important; padding: .6rem .8rem; gap: .4rem; justify-content: center; border-top: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
  .st-key-presenter-steps button { min-width: 7.4rem; padding: .4rem .6rem; }
  .st-key-presenter-steps .step { min-width: 3.4rem; font-size: 1.2rem; }
  .st-key-presenter .coloured span { white-space: normal; overflow-wrap: anywhere; }
}
"""
