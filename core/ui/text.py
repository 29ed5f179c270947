"""Words and numbers as the reader of the page expects them."""

from __future__ import annotations

import html
import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pandas as pd
import streamlit as st
from babel.dates import get_day_names

from core.data.classes import LOSE, WIN, class_message
from core.embed.pooling import POOLINGS
from core.errors import Message
from core.evaluate.written import UNKNOWN as UNKNOWN
from core.evaluate.written import count as count
from core.evaluate.written import fixed as fixed
from core.evaluate.written import interval as interval
from core.evaluate.written import percent as percent
from core.evaluate.written import points as points
from core.evaluate.written import points_interval as points_interval
from core.evaluate.written import signed_percent as signed_percent
from core.locale import N_, language_of, translate, translate_message
from core.pace import Left
from core.train.run import Run
from core.train.run_notes import notes_of
from core.train.settings import ALL, FEATURES

_MARKDOWN = re.compile(r"([!-/;-?\[-`{-~])")  # ASCII punctuation but for ":" and "@"
_JOINED = re.compile(r"(:|@|www(?=\.))", re.IGNORECASE)  # starts of emoji and colour codes, and of bare links


def language() -> str:
    """Return the language of this session: the reader's choice, else the browser's."""
    return st.session_state.get("language") or language_of(st.context.locale)


def _(template: str, /, **params: object) -> str:
    """Translate a template for a place that shows text as it is (tables, charts, plain text)."""
    return translate(template, language(), params)


def md(template: str, /, **params: object) -> str:
    """Translate a template for a place that reads Markdown: what is put in is shown as typed."""
    return translate(template, language(), _escaped(params))


def translate_md(message: Message) -> str:
    """Translate a message for a place that reads Markdown."""
    return translate_message(Message(message.template, _escaped(message.params)), language())


def plain(message: Message) -> str:
    """Translate a message for a place that shows text as it is."""
    return translate_message(message, language())


def bold(text: str) -> str:
    """Mark a text of ours as bold in Markdown."""
    return f"**{text}**"


def as_typed(text: str) -> str:
    """Escape a text so that Markdown, colour and emoji codes, links and formulas in it are shown as typed.

    For labels, help and paragraphs; the options of a selectbox are plain text already.
    """
    return _MARKDOWN.sub(r"\\\1", _JOINED.sub("\\1\u2060", " ".join(text.split())))


def hover(text: str, width: int = 40) -> str:
    """Escape and wrap a text for a Plotly label, which reads a kind of HTML."""
    return "<br>".join(html.escape(line) for line in textwrap.wrap(str(text), width)) or " "


def day(moment: pd.Timestamp | None) -> str:
    """Write a date with its weekday: 2024-01-02 (화)."""
    if moment is None or pd.isna(moment):
        return UNKNOWN
    weekday = get_day_names("abbreviated", locale=language())[moment.weekday()]
    return f"{moment:%Y-%m-%d} ({weekday})"


def duration(seconds: float) -> str:
    """Write a time span in the largest sensible unit."""
    if seconds < 90:
        return _("{seconds:.0f} s", seconds=max(seconds, 1))
    return _("{minutes:.0f} min", minutes=seconds / 60)


def time_left(left: Left) -> str:
    """Write a range of time left, rounded outwards: 20–40 s left, 1–2 min left."""
    words = _range_left(left)
    return _("longer than usual · {left}", left=words) if left.late else words


def _range_left(left: Left) -> str:
    if left.high <= 10:
        return _("a few seconds left")
    unit = 60 if left.high > 90 else 10 if left.high > 30 else 5
    low, high = math.floor(left.low / unit), math.ceil(left.high / unit)
    if unit == 60:
        return (
            _("{low}–{high} min left", low=low, high=high) if low else _("at most {high} min left", high=high)
        )
    low, high = low * unit, high * unit
    return _("{low}–{high} s left", low=low, high=high) if low else _("at most {high} s left", high=high)


def when(timestamp: float) -> str:
    """Write the local time of an event of the workspace."""
    return f"{datetime.fromtimestamp(timestamp):%Y-%m-%d %H:%M}"


def when_made(created: str) -> str:
    """Write when something was made, from its ISO time, in the server's time zone."""
    return f"{datetime.fromisoformat(created).astimezone():%m-%d %H:%M}"


def class_name(name: str) -> str:
    """Write a class: 승 and 패 are win and lose in English, any other label stays as it is."""
    return plain(class_message(name))


def pooling_name(pooling: str) -> str:
    """Write a pooling's short name."""
    entry = POOLINGS.get(pooling)
    return _(entry.short) if entry else pooling


TASKS = {"classify": N_("win or lose (class)"), "regress": N_("return (number)")}


def task_name(task: str, classes: Sequence[str]) -> str:
    """Write what is predicted: a return, win or lose, or one of the table's own classes."""
    if task == "classify" and not set(classes) <= {WIN, LOSE}:
        return _("class")
    return _(TASKS[task])


def run_label(run: Run) -> str:
    """Write what a run is: its name, else what it predicts, from what unless from all, its split, and when it was made."""
    if name := notes_of(run.id).name:
        return name
    parts = [task_name(run.task, run.classes)]
    if run.settings.features != ALL:
        parts.append(features_name(run))
    return " · ".join([*parts, _(run.rule.short), when_made(run.created)])


def features_name(run: Run) -> str:
    """Write what the models of a run are given: headline and table, or one of them alone."""
    return _(FEATURES[run.settings.features])


def encoder_name(run: Run) -> str:
    """Write the encoder and pooling that a run reads headlines by, "–" where it reads none."""
    if not run.settings.reads_headline:
        return UNKNOWN
    return f"{run.settings.encoder.rsplit('/', 1)[-1]} · {pooling_name(run.settings.pooling)}"


def file_name(title: str) -> str:
    """Return a title as the name of a file: its words, joined by hyphens."""
    return re.sub(r"\W+", "-", title).strip("-")


def today() -> date:
    """Return the current date of the server."""
    return date.today()


def _escaped(params: Mapping[str, object]) -> dict[str, object]:
    escaped: dict[str, object] = {}
    for key, value in params.items():
        if isinstance(value, Message):
            value = Message(value.template, _escaped(value.params))
        escaped[key] = as_typed(value) if isinstance(value, str) else value
    return escaped
