"""The form of a dataset's plan: which column is which, trading days and target, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.data.guess.horizon import HorizonGuess
from core.data.plan import Cleaning, Exchange, Plan, Roles, TargetRule
from core.errors import Message, UserError
from core.locale import N_
from core.ui.text import _, bold, translate_md

CLEANING = {
    "repeats": (N_("Rows that repeat a whole row"), {"drop": N_("leave out"), "keep": N_("keep")}),
    "contradictions": (
        N_("The same headline with contradictory outcomes"),
        {"keep": N_("keep all"), "first": N_("keep the first"), "drop": N_("leave all out")},
    ),
    "unmatched": (
        N_("Rows without a partner in the second file"),
        {"keep": N_("keep"), "drop": N_("leave out")},
    ),
    "without_session": (N_("Rows without a readable date"), {"keep": N_("keep"), "drop": N_("leave out")}),
}

UNTIMED_DAYS = {"same": N_("that day's session"), "next": N_("the next session")}


def plan_form(
    plan: Plan, reasons: Mapping[str, Message], table: pd.DataFrame, horizon: HorizonGuess
) -> Plan | None:
    """Ask for the plan of a table, starting from a guess and its reasons; return it once the button is pressed.

    What speaks for another `horizon` than the plan's is asked beside its input.
    """
    columns = list(table.columns)
    guessed = plan.roles

    def why(column: str | None) -> str | None:
        reason = reasons.get(column or "")
        return _("Guessed: {reason}.", reason=_(reason.template)) if reason else None

    def pick(label: str, wanted: str | None) -> str | None:
        options = [None, *columns]
        index = options.index(wanted) if wanted in options else 0
        chosen: str | None = st.selectbox(
            label,
            options,
            index=index,
            help=why(wanted),
            format_func=lambda name: _("(none)") if name is None else name,
        )
        return chosen

    if not guessed.headline:
        st.warning(_("No column looks like headlines. Choose it yourself."))
    with st.form("plan"):
        st.markdown(bold(_("Which column is which?")))
        left, right = st.columns(2)
        with left:
            index = columns.index(guessed.headline) if guessed.headline in columns else None
            headline = st.selectbox(_("Headline"), columns, index=index, help=why(guessed.headline))
            press = pick(_("Press outlet"), guessed.press)
            date = pick(_("Date or time"), guessed.date)
        with right:
            target = pick(_("Target: a return, or win/lose"), guessed.target)
            group = pick(_("Company"), guessed.group)
            numeric = st.multiselect(
                _("Continuous features"),
                columns,
                default=[n for n in guessed.numeric if n in columns],
                help=_("Numbers known before the headline. May be empty."),
                placeholder=_("none"),
            )
        asked = plan.target.source == "column" and horizon.speaks_against(plan.target.horizon)
        with st.expander(_("Trading days and the target"), asked, icon=":material/calendar_month:"):
            exchange, rule = _target_form(plan, columns, horizon, asked)
        with st.expander(_("What is left out"), icon=":material/filter_alt:"):
            cleaning = _cleaning_form(plan.cleaning, joined=plan.join is not None)
        pressed = st.form_submit_button(_("Use this table"), type="primary")
    if not pressed:
        return None
    if headline is None:
        st.error(_("Choose the column that holds the headlines."))
        return None
    try:
        roles = Roles(headline, press, date, group, tuple(numeric), target)
        return Plan(roles, Exchange(*exchange), plan.join, TargetRule(**rule), cleaning)
    except UserError as error:
        st.error(translate_md(error.message))
        return None


def _target_form(
    plan: Plan, columns: list[str], guess: HorizonGuess, asked: bool
) -> tuple[tuple[str, str, str], dict[str, Any]]:
    left, right = st.columns(2)
    names = {
        "column": _("the target column as it stands"),
        "return": _("made here from closing prices"),
        "adjusted": _("made from closing prices, less a benchmark"),
    }
    options = ["", *columns]

    def pick(label: str, wanted: str) -> str:
        index = options.index(wanted) if wanted in options else 0
        return st.selectbox(label, options, index=index, format_func=lambda c: c or _("(none)"))

    with left:
        calendar = st.text_input(_("Exchange calendar"), value=plan.exchange.calendar)
        close = st.text_input(_("Close (HH:MM)"), value=plan.exchange.close, placeholder=_("of the calendar"))
        untimed = st.selectbox(
            _("Headlines with a date alone belong to"),
            list(UNTIMED_DAYS),
            index=list(UNTIMED_DAYS).index(plan.exchange.untimed),
            format_func=lambda day: _(UNTIMED_DAYS[day]),
            help=_(
                "Without a time of day, a headline from the evening cannot be told from one of the morning. In "
                "the next session none looks ahead."
            ),
        )
        horizon = st.number_input(_("Horizon (sessions)"), 1, 250, plan.target.horizon)
        sentence = guess.sentence()
        if sentence is not None and plan.target.source == "column":
            (st.warning if asked else st.caption)(translate_md(sentence))
    with right:
        sources = list(names)
        source = st.selectbox(
            _("Where the target comes from"),
            sources,
            index=sources.index(plan.target.source),
            format_func=lambda s: names[s],
        )
        price = pick(_("Closing price"), plan.target.price)
        benchmark = pick(_("Benchmark index"), plan.target.benchmark)
        above = st.number_input(
            _("Win where the return is above (%), empty for returns"),
            value=None if plan.target.win_above is None else plan.target.win_above * 100,
            step=0.1,
        )
    st.caption(
        _(
            "The return runs from the close of the headline's own session to the close as many sessions later as the horizon says."
        )
    )
    rule = {
        "source": source,
        "horizon": int(horizon),
        "price": price,
        "benchmark": benchmark,
        "win_above": None if above is None else above / 100,
    }
    return (calendar.strip(), close.strip(), untimed), rule


def _cleaning_form(cleaning: Cleaning, joined: bool) -> Cleaning:
    chosen = {}
    for name, (label, words) in CLEANING.items():
        current = getattr(cleaning, name)
        if name == "unmatched" and not joined:
            chosen[name] = current
            continue
        chosen[name] = _choice(name, _(label), words, current)
    return Cleaning(**chosen)


def _choice(name: str, label: str, words: dict[str, str], current: str) -> str:
    options = list(words)
    index = options.index(current)
    picked = st.radio(
        label,
        options,
        index=index,
        horizontal=True,
        key=f"cleaning-{name}",
        format_func=lambda o: _(words[o]),
    )
    return picked or current
