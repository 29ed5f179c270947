"""The verdict that leads the page: one large number with its interval and its state, three cards, one sentence."""

from __future__ import annotations

import html

import streamlit as st

from core.data.dataset import Dataset
from core.evaluate.arms import ARMS
from core.evaluate.lift import Lift
from core.evaluate.lift_text import reason
from core.evaluate.metrics import METRICS, shown
from core.evaluate.scoring import main_score
from core.evaluate.verdict import Evidence
from core.locale import P_
from core.train.run import Run
from core.ui.cards import Card
from core.ui.cards import cards as draw_cards
from core.ui.evaluate import verdict
from core.ui.evaluate.answer import judgement
from core.ui.evaluate.cache import evaluated
from core.ui.evaluate.text import ends_of, metric_title, model_name
from core.ui.text import _, as_typed, count, plain


def hero(run: Run, data: Dataset) -> None:
    """Draw the verdict: of the headlines where they can be compared with the table, else of the models."""
    lift = run.lift
    meter = _meter(lift) if lift is not None and lift.believable else ""
    st.html(verdict.of_run(run).html(below=meter))
    st.markdown(judgement(run) if lift is None else as_typed(plain(reason(lift))))
    _cards(run, data)


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
    arm = ARMS.get(lift.arm, lift.arm)
    score = evaluated(main_score, run, data, arm, holdout_alone=run.lift_of_holdout)
    sure = lift.evidence.enough and not lift.withheld
    scale = METRICS[lift.metric]
    return Card(
        f"{metric_title(run, lift.metric)} · {model_name(arm)}",
        shown(scale, score.value),
        ends_of(lift.metric, score, sure) or _("no interval"),
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
