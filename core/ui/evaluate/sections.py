"""What stands behind the answer, a tab each: what is entered here is drawn."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.locale import N_
from core.ui.evaluate import (
    answer,
    backtest,
    ceiling,
    comparison,
    coverage,
    decision_threshold,
    event_study,
    ic_decay,
    information_coefficient,
    leakage,
    ledger,
    overfitting,
    performance,
    reliability,
    scores,
    slices,
)
from core.ui.guards import Given
from core.ui.text import _


def _scores(here: Given) -> None:
    answer.verdict(here.run)
    scores.score_chart(here.run, here.data)
    answer.split_line(here.run)
    scores.walk_chart(here.run, here.data)
    performance.pictures(here.run, here.data)
    scores.score_table(here.run)
    comparison.compared(here.run, here.data)
    overfitting.lasting_choice(here.run, here.data)


def _lift(here: Given) -> None:
    answer.details(here.run)


def _staircase(here: Given) -> None:
    leakage.step_by_step(here.run)


def _acting(here: Given) -> None:
    if here.run.classes:
        reliability.calibration(here.run, here.data)
        decision_threshold.threshold(here.run, here.data)
    else:
        coverage.intervals(here.run, here.data)
        backtest.portfolio(here.run, here.data)
        information_coefficient.by_session(here.run, here.data)


def _lasting(here: Given) -> None:
    if not here.data.has_sessions:
        st.info(_("The table has no dates, so there are no results by session."))
        return
    ic_decay.decay(here.run, here.data)
    event_study.around(here.run, here.data)


def _differing(here: Given) -> None:
    slices.by_slice(here.run, here.data)
    ceiling.ceiling(here.run, here.data)


def _accesses(here: Given) -> None:
    ledger.ledger(here.run, here.data, here.vectors)


SECTIONS: dict[str, Callable[[Given], None]] = {
    N_("Scores"): _scores,
    N_("What the headlines add"): _lift,
    N_("Leaks, step by step"): _staircase,
    N_("Can it be acted on?"): _acting,
    N_("How long does it last?"): _lasting,
    N_("Where it differs"): _differing,
    N_("Test accesses"): _accesses,
}


def sections(here: Given) -> None:
    """Draw every section in a tab of its own."""
    for tab, draw in zip(st.tabs([_(title) for title in SECTIONS]), SECTIONS.values(), strict=True):
        with tab:
            draw(here)
