"""What a dataset holds, counted: the figures behind the data page and `headline-lab check`."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.data.dataset import Dataset, Problem
from core.errors import Message
from core.locale import N_

FEW_SESSIONS = 60
CROWDED = 0.5
OUTLETS_SHOWN = 15


@dataclass(frozen=True, eq=False)
class Summary:
    """Counts of a dataset.

    `missing` has the number of missing cells of each role and feature; `per_session` the rows of each session
    in order; `outlets` the rows of each outlet, the most frequent first; `independent` is how many separate
    observations the rows stand for: events where there are sessions, else different stories.
    """

    rows: int
    distinct_headlines: int
    sessions: int
    events: int
    stories: int
    missing: dict[str, int]
    per_session: pd.Series
    outlets: pd.Series
    findings: tuple[Problem, ...]

    @property
    def independent(self) -> int:
        """The number of separate observations."""
        return self.events or self.stories


def summarise(data: Dataset) -> Summary:
    """Count what a dataset holds."""
    frame = data.frame
    per_session = frame["session"].value_counts().sort_index()
    return Summary(
        rows=len(data),
        distinct_headlines=data.distinct_headlines,
        sessions=data.sessions,
        events=data.events,
        stories=int(frame["story"].nunique()),
        missing=_missing(data),
        per_session=per_session,
        outlets=frame["press"].value_counts(),
        findings=(*data.problems, *_findings(data, per_session)),
    )


def _missing(data: Dataset) -> dict[str, int]:
    roles = {"press": data.roles.press, "time": data.roles.date, "company": data.roles.group,
             "target": data.roles.target}  # fmt: skip
    counts = {name: int(data.frame[column].isna().sum()) for column, name in roles.items() if name}
    return counts | {str(name): int(number) for name, number in data.features.isna().sum().items()}


def _findings(data: Dataset, per_session: pd.Series) -> list[Problem]:
    found = []

    def add(code: str, template: str, **params: object) -> None:
        found.append(Problem(code, Message(template, params), ()))

    if data.has_sessions and data.events < len(data):
        add("shared_outcome",
            N_("{rows:,} rows share the outcomes of {events:,} events (company and session) on {sessions:,} sessions: "
               "treat them as {events:,} observations."),
            rows=len(data), events=data.events, sessions=data.sessions)  # fmt: skip
    if data.has_sessions and data.sessions < FEW_SESSIONS:
        add("few_sessions",
            N_("There are only {sessions:,} sessions: every score will have a wide interval."),
            sessions=data.sessions)  # fmt: skip
    if len(per_session) > 1 and per_session.max() > CROWDED * len(data):
        add("crowded_session",
            N_("One session ({date}) holds {share:.0%} of all rows: its outcome decides what the model sees."),
            date=f"{per_session.idxmax():%Y-%m-%d}", share=per_session.max() / len(data))  # fmt: skip
    return found
