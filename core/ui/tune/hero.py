"""The verdict on a tuned encoder: go or no-go, the difference with its interval, before and after."""

from __future__ import annotations

import math

import streamlit as st

from core.evaluate.bootstrap import Interval
from core.evaluate.metrics import Metric, shown
from core.tune.record import Tuned
from core.ui.cards import Card, cards
from core.ui.evaluate.verdict import Verdict
from core.ui.text import _, as_typed, count, md, plain, translate_md
from core.ui.theme import palette


def of_tuned(tuned: Tuned) -> Verdict:
    """Return the verdict: go, no-go, or that it cannot be told, with the paired difference on the test."""
    colours, judged = palette(), tuned.judged
    metric = judged.metric_of(judged.metric)
    change = judged.difference[judged.metric]
    if tuned.verdict.go:
        mark, word, shade = "✓", _("Go: the tuned encoder is better"), colours.good
    elif judged.collapsed:
        mark, word, shade = "–", _("No-go: the encoder has collapsed"), colours.muted
    elif change.high < 0:
        mark, word, shade = "–", _("No-go: the tuned encoder is worse"), colours.muted
    else:
        mark, word, shade = "?", _("No-go: no improvement is shown"), colours.unsure
    of = _("{metric}, after minus before, on the test", metric=_(metric.title))
    return Verdict(mark, word, shade, *written_parts(metric, change, difference=True), of)


def hero(tuned: Tuned) -> None:
    """Draw the verdict, its sentence, and the cards."""
    judged = tuned.judged
    st.html(of_tuned(tuned).html())
    st.markdown(as_typed(plain(tuned.verdict.message)))
    if tuned.verdict.note is not None:
        st.markdown(f":material/info: {translate_md(tuned.verdict.note)}")
    metric = judged.metric_of(judged.metric)
    before, after = (table[judged.metric] for table in (judged.before, judged.after))
    cards(
        [
            Card(
                _("Before"), *written_parts(metric, before), _("The encoder as it was, with a linear model.")
            ),
            Card(
                _("After"),
                *written_parts(metric, after),
                _("The tuned head.") if judged.head else _("The tuned encoder, with a linear model."),
            ),
            Card(
                _("Pairs tested") if judged.pairs else _("Texts tested"),
                count(judged.tests),
                _("in {over}", over=plain(judged.evidence.over)),
                _("The training never saw them."),
            ),
        ]
    )
    st.caption(_about(tuned))


def written_parts(metric: Metric, score: Interval, difference: bool = False) -> tuple[str, str]:
    """Write a score, and its interval in brackets, "" where it has none."""
    value, low, high = (
        shown(metric, end, difference=difference) for end in (score.value, score.low, score.high)
    )
    return value, "" if math.isnan(score.low) else f"[{low}, {high}]"


def _about(tuned: Tuned) -> str:
    made = md("**{name}**, made of {encoder}", name=tuned.name, encoder=tuned.encoder)
    learned = md("learned from {n:,} of {table}", n=tuned.data.train, table=tuned.data.name)
    dates = (
        md("sessions {first} to {last}", first=tuned.data.first, last=tuned.data.last)
        if tuned.data.first
        else ""
    )
    return " · ".join(filter(None, (made, learned, dates)))
