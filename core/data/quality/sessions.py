"""Rows over time: sessions without rows, sessions with too many, and how many observations there really are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.plan import Plan
from core.data.quality.finding import Finding, file_rows
from core.data.sessions import sessions_around
from core.errors import Message
from core.locale import N_

FEW, TOO_FEW = 60, 20
FEW_OBSERVATIONS, TOO_FEW_OBSERVATIONS = 500, 100
HALF = 0.5
CROWDED_SESSIONS, ABSENT_SESSIONS = 0.1, 0.2


@dataclass(frozen=True, eq=False)
class Calendar:
    """Rows per session in order (`per_session`), the exchange's sessions without any between the first and the
    last (`absent`), and the fewest sessions that hold half of the rows (`half`, the fullest first).

    `untimed` is the share of dated rows at 00:00, whose time of day is unknown.
    """

    per_session: pd.Series
    absent: pd.DatetimeIndex
    half: pd.DatetimeIndex
    untimed: float

    @property
    def spanned(self) -> int:
        """The exchange's sessions from the first to the last."""
        return len(self.per_session) + len(self.absent)


def place_in_time(data: Dataset, plan: Plan) -> Calendar:
    """Count the rows of each session against the exchange's calendar."""
    counts = data.frame["session"].value_counts().sort_index()
    times = data.frame["time"].dropna()
    untimed = float((times == times.dt.normalize()).mean()) if len(times) else 0.0
    if counts.empty:
        return Calendar(counts, pd.DatetimeIndex([]), pd.DatetimeIndex([]), untimed)
    held = counts.index.to_numpy("datetime64[s]")
    days = sessions_around(held, plan.exchange).days
    days = days[(days >= held[0]) & (days <= held[-1])]
    fullest = counts.sort_values(ascending=False, kind="stable")
    enough = int(np.searchsorted(fullest.cumsum().to_numpy(), HALF * counts.sum())) + 1
    return Calendar(
        counts, pd.DatetimeIndex(np.setdiff1d(days, held)), pd.DatetimeIndex(fullest.index[:enough]), untimed
    )


def observations(data: Dataset) -> int:
    """Return how many separate observations the rows stand for: events, or different stories without sessions."""
    return data.events or int(data.frame["story"].nunique())


def of_independence(data: Dataset, rows_in_file: int) -> Iterator[Finding]:
    """Say how many observations the rows stand for."""
    number = observations(data)
    level = "serious" if number < TOO_FEW_OBSERVATIONS else "warning" if number < FEW_OBSERVATIONS else "info"
    params = {"rows": rows_in_file, "sessions": data.sessions, "events": number}
    if not data.has_sessions:
        message = Message(
            N_("{rows:,} rows, {events:,} different stories: treat this as {events:,} observations."), params
        )
        meaning = N_(
            "The same story told twice is no second observation; the intervals beside the scores take this "
            "into account."
        )
    else:
        template = (
            N_("{rows:,} rows, {sessions:,} sessions: treat this as {events:,} observations.")
            if number == data.sessions
            else N_(
                "{rows:,} rows, {sessions:,} sessions, {events:,} events (one company in one session): treat this "
                "as {events:,} observations, and fewer where companies move together."
            )
        )
        message = Message(template, params)
        meaning = N_(
            "All headlines of a company in a session share one outcome, so more rows do not make the scores "
            "surer; the intervals count sessions."
        )
    yield Finding("shared_outcome", level, message, Message(meaning))


def of_sessions(data: Dataset, calendar: Calendar) -> Iterator[Finding]:
    """Find too few sessions, sessions with too many rows or none, and times that are unknown."""
    if not data.has_sessions:
        yield Finding(
            "no_sessions",
            "warning",
            Message(N_("The rows have no dates.")),
            Message(
                N_(
                    "A test on later sessions is impossible: the scores say how well the past is recognised, not how "
                    "well the future is told."
                )
            ),
        )
        return
    if data.sessions < FEW:
        yield Finding(
            "few_sessions",
            "serious" if data.sessions < TOO_FEW else "warning",
            Message(N_("There are only {sessions:,} sessions."), {"sessions": data.sessions}),
            Message(N_("Training and testing on different sessions is not possible."))
            if data.sessions < 2
            else Message(N_("The intervals of all scores are wide: good and bad models will look alike.")),
        )
    yield from _crowded(data, calendar)
    yield from _absent(calendar)
    if calendar.untimed > HALF:
        yield Finding(
            "no_time_of_day",
            "info",
            Message(
                N_("{share:.0%} of the rows have a date without a time of day."), {"share": calendar.untimed}
            ),
            Message(
                N_(
                    "They count as known before that day's close; a headline from the evening is placed a session too "
                    "early."
                )
            ),
        )


def _crowded(data: Dataset, calendar: Calendar) -> Iterator[Finding]:
    days, total = calendar.half, int(calendar.per_session.sum())
    if data.sessions < 2 or len(days) > max(1, CROWDED_SESSIONS * data.sessions):
        return
    rows = file_rows(data, data.frame["session"].isin(days).to_numpy())
    if len(days) == 1:
        yield Finding(
            "crowded_session",
            "serious",
            Message(
                N_("One session, {date}, holds {share:.0%} of all rows."),
                {"date": f"{days[0]:%Y-%m-%d}", "share": calendar.per_session.max() / total},
            ),
            Message(
                N_(
                    "What happened on that one day decides what the models see; counted by rows, any score is mostly "
                    "this day's."
                )
            ),
            rows,
        )
    else:
        yield Finding(
            "crowded_session",
            "warning",
            Message(
                N_("{count:,} of {sessions:,} sessions hold half of all rows: {dates}."),
                {"count": len(days), "sessions": data.sessions, "dates": _listed(days)},
            ),
            Message(N_("What happened on these few days decides most of what the models see.")),
            rows,
        )


def _absent(calendar: Calendar) -> Iterator[Finding]:
    if len(calendar.absent):
        share = len(calendar.absent) / calendar.spanned
        yield Finding(
            "absent_sessions",
            "warning" if share > ABSENT_SESSIONS else "info",
            Message(
                N_("{count:,} of {all:,} sessions from {first} to {last} have no row: {dates}."),
                {
                    "count": len(calendar.absent),
                    "all": calendar.spanned,
                    "dates": _listed(calendar.absent),
                    "first": f"{calendar.per_session.index[0]:%Y-%m-%d}",
                    "last": f"{calendar.per_session.index[-1]:%Y-%m-%d}",
                },
            ),
            Message(
                N_(
                    "Either nothing was written, or the collection failed; in the second case the models do not know "
                    "these days."
                )
            ),
        )


def _listed(days: pd.DatetimeIndex, most: int = 5) -> str:
    return ", ".join(f"{day:%Y-%m-%d}" for day in days[:most]) + (" …" if len(days) > most else "")
