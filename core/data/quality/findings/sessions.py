"""Too few sessions, sessions with too many rows or none, and times that are unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from core.data.plan import Plan
from core.data.quality.calendar import HALF
from core.data.quality.facts import Facts
from core.data.quality.finding import Action, Case, Kind
from core.locale import N_

FEW, TOO_FEW = 60, 20
SOME_UNTIMED = 0.05  # fewer may be headlines of midnight
CROWDED, ABSENT = 0.1, 0.2


def _undated(facts: Facts) -> Iterator[Case]:
    if not facts.data.has_sessions:
        yield Case()


def _few(facts: Facts) -> Iterator[Case]:
    sessions = facts.data.sessions
    if 0 < sessions < FEW:
        impossible = N_("Training and testing on different sessions is not possible.")
        level = "serious" if sessions < TOO_FEW else ""
        yield Case({"sessions": sessions}, level=level, meaning=impossible if sessions < 2 else "")


def _crowded(facts: Facts) -> Iterator[Case]:
    data, calendar = facts.data, facts.calendar
    days = calendar.half
    if data.sessions < 2 or len(days) > max(1, CROWDED * data.sessions):
        return
    rows = facts.numbers(data.frame["session"].isin(days).to_numpy())
    if len(days) > 1:
        yield Case({"count": len(days), "sessions": data.sessions, "dates": _listed(days)}, rows)
        return
    share = calendar.per_session.max() / int(calendar.per_session.sum())
    yield Case(
        {"date": f"{days[0]:%Y-%m-%d}", "share": share},
        rows,
        "serious",
        N_("One session, {date}, holds {share:.0%} of all rows."),
        N_(
            "What happened on that one day decides what the models see; counted by rows, any score is mostly "
            "this day's."
        ),
    )


def _absent(facts: Facts) -> Iterator[Case]:
    calendar = facts.calendar
    if len(calendar.absent):
        share = len(calendar.absent) / calendar.spanned
        params = {
            "count": len(calendar.absent),
            "all": calendar.spanned,
            "dates": _listed(calendar.absent),
            "first": f"{calendar.per_session.index[0]:%Y-%m-%d}",
            "last": f"{calendar.per_session.index[-1]:%Y-%m-%d}",
        }
        yield Case(params, level="warning" if share > ABSENT else "")


def _untimed(facts: Facts) -> Iterator[Case]:
    share, dated = facts.calendar.untimed, int(facts.data.frame["time"].notna().sum())
    if not facts.data.has_sessions or share <= SOME_UNTIMED:
        return
    params = {"count": round(share * dated), "all": dated}
    if facts.plan.exchange.untimed == "next":
        yield Case(params, meaning=_PLACED_NEXT)
        return
    meaning = _AS_IT_STANDS if facts.plan.target.source == "column" else ""
    yield Case(params, level="warning" if share > HALF else "", meaning=meaning)


def _place_next(plan: Plan, case: Case) -> Action | None:
    if plan.target.source == "column" or plan.exchange.untimed == "next":
        return None
    return Action(
        N_("Place them in the next session"), replace(plan, exchange=replace(plan.exchange, untimed="next"))
    )


_PLACED_NEXT = N_(
    "They are placed in the session after their date, so that none looks ahead; one from before the close is placed "
    "a session too late."
)
_AS_IT_STANDS = N_(
    "They count as known before that day's close. A headline from the evening looks ahead if its outcome begins at "
    "that close: make sure that the outcomes in the file begin after the headlines, or bring the times."
)


def _listed(days: pd.DatetimeIndex, most: int = 5) -> str:
    return ", ".join(f"{day:%Y-%m-%d}" for day in days[:most]) + (" …" if len(days) > most else "")


KINDS = (
    Kind(
        "no_sessions",
        "warning",
        N_("The rows have no dates."),
        N_(
            "Without dates there is no test on later sessions: the scores say how well the past is recognised, not how well the future is predicted."
        ),
        _undated,
    ),
    Kind(
        "few_sessions",
        "warning",
        N_("There are only {sessions:,} sessions."),
        N_("The intervals of all scores are wide: good and bad models will look alike."),
        _few,
    ),
    Kind(
        "crowded_session",
        "warning",
        N_("{count:,} of {sessions:,} sessions hold half of all rows: {dates}."),
        N_("What happened on these few days decides most of what the models see."),
        _crowded,
    ),
    Kind(
        "absent_sessions",
        "info",
        N_("{count:,} of {all:,} sessions from {first} to {last} have no row: {dates}."),
        N_(
            "Either nothing was written, or the collection failed; in the second case the models do not know "
            "these days."
        ),
        _absent,
    ),
    Kind(
        "no_time_of_day",
        "info",
        N_("{count:,} of {all:,} dated rows have no time of day."),
        N_(
            "They count as known before that day's close, at which their return begins: a headline from the evening "
            "looks ahead. Place them in the next session, or bring the times."
        ),
        _untimed,
        _place_next,
    ),
)
