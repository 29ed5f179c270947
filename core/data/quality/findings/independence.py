"""How many observations the rows stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.data.guess.horizon import header_horizon
from core.data.plan import Plan
from core.data.quality.facts import Facts
from core.data.quality.finding import Action, Case, Kind
from core.locale import N_

FEW, TOO_FEW = 500, 100


def _observations(facts: Facts) -> Iterator[Case]:
    data, number = facts.data, facts.observations
    level = "serious" if number < TOO_FEW else "warning" if number < FEW else "info"
    params = {"rows": facts.rows.kept, "sessions": data.sessions, "events": number}
    if not data.has_sessions:
        yield Case(
            params,
            level=level,
            message=N_("{rows:,} rows tell {events:,} different stories."),
            meaning=N_(
                "The same story published twice is not a second observation; the intervals beside the scores take this into account."
            ),
        )
    elif facts.plan.target.horizon > 1 and data.target_kind:
        horizon = facts.plan.target.horizon
        stretches = max(1, data.sessions // horizon)
        level = "serious" if stretches < TOO_FEW else "warning" if stretches < FEW else level
        yield Case(
            params | {"horizon": horizon, "stretches": stretches},
            level=level,
            message=N_(
                "{rows:,} rows lie in {sessions:,} sessions ({events:,} events), and outcomes over {horizon} sessions "
                "overlap: {stretches:,} such stretches of time do not."
            ),
        )
    elif number == data.sessions:
        message = N_("{rows:,} rows lie in {sessions:,} sessions only.")
        yield Case(params, level=level, message=message)
    else:
        yield Case(params, level=level)


def _short_horizon(facts: Facts) -> Iterator[Case]:
    rule, column = facts.plan.target, facts.data.roles.target
    if rule.source != "column" or column is None:
        return
    seen, named = facts.overlap, header_horizon(column)
    params = {"sessions": max(seen, named), "horizon": rule.horizon, "column": column}
    if seen:
        yield Case({**params, "seen": seen})
    elif named > rule.horizon and facts.data.has_sessions:
        yield Case(
            params,
            message=N_(
                "The target {column} speaks in its name of {sessions} sessions, but the horizon is {horizon}."
            ),
        )


def _long_horizon(facts: Facts) -> Iterator[Case]:
    rule = facts.plan.target
    if rule.source == "column" and rule.horizon > 1 and facts.data.target_kind:
        yield Case({"horizon": rule.horizon})


def _set_horizon(plan: Plan, case: Case) -> Action:
    sessions = int(str(case.params["sessions"]))
    return Action(N_("Set the horizon to that"), replace(plan, target=replace(plan.target, horizon=sessions)))


KINDS = (
    Kind(
        "short_horizon",
        "serious",
        N_(
            "The outcomes look as if they overlapped over about {seen} sessions, but the horizon is {horizon}."
        ),
        N_(
            "Intervals and purge would be too short, so that headlines seem to help where they do not. Set the "
            "horizon to the number of sessions that the target looks ahead."
        ),
        _short_horizon,
        _set_horizon,
    ),
    Kind(
        "horizon",
        "info",
        N_("The target is taken to look {horizon} sessions ahead."),
        N_(
            "So many sessions before each test are left out of training, and intervals take so many together. If "
            "that is wrong, change the horizon."
        ),
        _long_horizon,
    ),
    Kind(
        "shared_outcome",
        "info",
        N_("{rows:,} rows are {events:,} events (one company in one session) of {sessions:,} sessions."),
        N_(
            "All headlines of a company in a session share one outcome, and companies move together, so more rows "
            "do not make the scores surer; the intervals count sessions."
        ),
        _observations,
    ),
)
