"""The verdict that leads the page: one large number with its interval and its state, three cards, one sentence."""

from __future__ import annotations

import html
import math

import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.arms import ARMS
from core.evaluate.lift import Lift
from core.evaluate.lift_text import HELP, NOTHING, STATES, UNSURE, reason, state
from core.evaluate.metrics import METRICS, main_metric, shown
from core.evaluate.predictions import MEAN
from core.evaluate.scoring import main_score
from core.evaluate.verdict import Evidence
from core.locale import P_
from core.train.run import Run
from core.ui.cards import Card
from core.ui.cards import cards as draw_cards
from core.ui.evaluate.answer import against_chance, judgement
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import metric_title, model_name, written
from core.ui.text import _, as_typed, count, plain
from core.ui.theme import palette

MARKS = {HELP: "✓", UNSURE: "?", NOTHING: "–"}


def hero(run: Run, data: Dataset) -> None:
    """Draw the verdict: of the headlines where they can be compared with the table, else of the models."""
    if run.lift is None:
        _of_models(run)
    else:
        _of_headlines(run, run.lift)
    _cards(run, data)


def verdict_card(kind: str, title: str, number: str, interval: str, of: str, meter: str = "") -> str:
    """Return a verdict as HTML: its state by mark, word and colour, the number with its interval and what it is of."""
    colours = palette()
    shade = {HELP: colours.good, UNSURE: colours.unsure}.get(kind, colours.muted)
    return (
        f'<div class="verdict" style="--state: {shade}">'
        f'<p class="state"><span>{MARKS[kind]}</span>{html.escape(title)}</p>'
        f'<p class="number">{html.escape(number)} <small>{html.escape(interval)}</small></p>'
        f'<p class="of">{html.escape(of)}</p>{meter}</div>'
    )


def told(lift: Lift) -> bool:
    """Whether the interval of a lift is shown: there is one, it may be believed, and it holds more than 0."""
    enough = math.isfinite(lift.low) and lift.evidence.enough
    return enough and not lift.unread and not lift.withheld


def lift_card(lift: Lift, metric: str) -> str:
    """Return the verdict on the headlines as HTML; `metric` is what the lift is of, as the reader calls it."""
    kind, known = state(lift), told(lift)
    scale = METRICS[lift.metric]
    ends = (shown(scale, end, difference=True) for end in (lift.low, lift.high))
    return verdict_card(
        kind,
        _(STATES[kind]),
        _("±0") if lift.unread else shown(scale, lift.value, difference=True),
        f"[{', '.join(ends)}]" if known else "",
        _("{metric} with headlines minus without", metric=metric),
        _meter(lift) if known else "",
    )


def _of_headlines(run: Run, lift: Lift) -> None:
    st.html(lift_card(lift, metric_title(run, lift.metric)))
    st.markdown(as_typed(plain(reason(lift))))


def _of_models(run: Run) -> None:
    metric = main_metric(run.task).name
    score = run.scores[MEAN].get(metric)
    if score is None:
        return
    sign = against_chance(run)
    kind = HELP if sign > 0 else NOTHING if sign < 0 else UNSURE
    title = {
        HELP: _("The models beat chance"),
        UNSURE: _("Whether the models beat chance cannot be told"),
        NOTHING: _("The models do not beat chance"),
    }[kind]
    number, ends = written(metric, score, sure=_sure(run)).partition(" ")[::2]
    st.html(verdict_card(kind, title, number, ends, metric_title(run, metric)))
    st.markdown(judgement(run))


def _sure(run: Run) -> bool:
    """Whether a verdict may rest on the scores of a run."""
    return not run.withheld and (run.evidence is None or run.evidence.enough)


def _cards(run: Run, data: Dataset) -> None:
    """Draw the score, the independent observations and the sessions, a card each."""
    cards = [] if run.lift is None else [_score_card(run, run.lift, data)]
    if run.effective is not None:
        rows = _(P_("of {n:,} row", "of {n:,} rows"), n=run.effective.rows)
        worth = f"≈\u00a0{count(run.effective.effective_n)}"
        cards.append(Card(_("Independent observations"), worth, rows, plain(run.effective.sentence())))
    if (evidence := run.lift.evidence if run.lift else run.evidence) is not None:
        cards.append(_tested_card(evidence))
    draw_cards(cards)


def _score_card(run: Run, lift: Lift, data: Dataset) -> Card:
    alone = (
        not run.settings.sealed
        and bool(run.split.test_sessions)
        and lift.sessions == run.split.test_sessions
        and run.walk is not None
    )
    arm = ARMS.get(lift.arm, lift.arm)
    score = evaluated(main_score, run, data, arm, holdout_alone=alone)
    known = lift.evidence.enough and not lift.withheld and math.isfinite(score.low)
    scale = METRICS[lift.metric]
    return Card(
        f"{metric_title(run, lift.metric)} · {model_name(arm)}",
        shown(scale, score.value),
        f"[{shown(scale, score.low)}, {shown(scale, score.high)}]" if known else _("no interval"),
        _(
            "{with_text} with the headlines, {without_text} without, on the same rows.",
            with_text=shown(scale, lift.with_text),
            without_text=shown(scale, lift.without_text),
        ),
    )


def _tested_card(evidence: Evidence) -> Card:
    tested = count(evidence.sessions or evidence.blocks)
    if evidence.unit != "session":
        return Card(
            _("Stories tested"),
            tested,
            _("each story once"),
            _("Rows of one story share their outcome, so stories are what the intervals count."),
        )
    blocks = _(
        P_("{n:,} block of {length}", "{n:,} blocks of {length}"), n=evidence.blocks, length=evidence.length
    )
    return Card(
        _("Sessions tested"),
        tested,
        blocks if evidence.length > 1 else _("each by itself"),
        _("Rows of one session share a day and its market, so sessions are what the intervals count."),
    )


def _meter(lift: Lift) -> str:
    """Return the interval as a bar over the line of no difference, worse at the left and better at the right."""
    better = 1 if METRICS[lift.metric].higher_is_better else -1
    low, value, high = sorted(better * end for end in (lift.low, lift.value, lift.high))
    reach = 1.15 * max(abs(low), abs(high), 1e-9)
    at = [50 + 50 * end / reach for end in (low, value, high)]
    return (
        f'<div class="meter" aria-hidden="true"><i style="left:{at[0]:.1f}%;width:{at[2] - at[0]:.1f}%"></i>'
        f'<b style="left:{at[1]:.1f}%"></b></div>'
        f'<div class="ends"><span>{html.escape(_("← worse with them"))}</span><span>0</span>'
        f"<span>{html.escape(_('they help →'))}</span></div>"
    )
