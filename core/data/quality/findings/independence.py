"""How many observations the rows stand for."""

from __future__ import annotations

from collections.abc import Iterator

from core.data.quality.facts import Facts
from core.data.quality.finding import Case, Kind
from core.locale import N_

FEW, TOO_FEW = 500, 100


def _observations(facts: Facts) -> Iterator[Case]:
    data, number = facts.data, facts.observations
    level = "serious" if number < TOO_FEW else "warning" if number < FEW else "info"
    params = {"rows": facts.rows.in_file, "sessions": data.sessions, "events": number}
    if not data.has_sessions:
        yield Case(
            params,
            level=level,
            message=N_("{rows:,} rows, {events:,} different stories: treat this as {events:,} observations."),
            meaning=N_(
                "The same story published twice is not a second observation; the intervals beside the scores take this into account."
            ),
        )
    elif number == data.sessions:
        message = N_("{rows:,} rows, {sessions:,} sessions: treat this as {events:,} observations.")
        yield Case(params, level=level, message=message)
    else:
        yield Case(params, level=level)


KINDS = (
    Kind(
        "shared_outcome",
        "info",
        N_(
            "{rows:,} rows, {sessions:,} sessions, {events:,} events (one company in one session): treat this "
            "as {events:,} observations, and fewer where companies move together."
        ),
        N_(
            "All headlines of a company in a session share one outcome, so more rows do not make the scores "
            "surer; the intervals count sessions."
        ),
        _observations,
    ),
)
