"""Small typed datasets for the tests of what the data package finds in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.data.dataset import FEATURE, Dataset, Problem
from core.data.near_duplicates import stories
from core.data.plan import Plan, Roles
from core.data.quality import quality_report
from core.data.sessions import sessions_around
from core.errors import Message

_CALENDAR = sessions_around(np.array(["2024-01-02", "2024-12-30"], "datetime64[s]"))
SESSIONS = _CALENDAR.days[_CALENDAR.days >= np.datetime64("2024-01-02")]


def table(
    headlines: Sequence[str],
    target: Sequence[object] | None = None,
    session: Sequence[int | None] | None = None,
    company: Sequence[str] | None = None,
    press: Sequence[str | None] | None = None,
    features: dict[str, Sequence[float]] | None = None,
    problems: tuple[Problem, ...] = (),
    hour: int = 9,
) -> tuple[Dataset, Plan]:
    """Return a dataset and its plan; `session` numbers the trading days of 2024 from 0, None is unknown."""
    n, features = len(headlines), features or {}
    unknown = np.datetime64("NaT", "s")
    days = np.array([unknown if s is None else SESSIONS[s] for s in session or [None] * n], "datetime64[s]")
    dropped = {row for problem in problems for row in problem.rows}
    rows = [row for row in range(1, n + len(dropped) + 1) if row not in dropped]
    frame = pd.DataFrame({"row": rows, "headline": pd.Series(list(headlines), dtype="str")})
    frame["press"] = pd.Series(list(press or [None] * n), dtype="str")
    frame["company"] = pd.Series(list(company or [None] * n), dtype="str")
    frame["time"], frame["session"] = days + np.timedelta64(hour, "h"), days
    for name, values in features.items():
        frame[FEATURE + name] = np.array(values, float)
    kind = "" if target is None else "label" if any(isinstance(t, str) for t in target) else "return"
    cells = [None if t is None else t for t in target or [np.nan] * n]
    frame["target"] = pd.Series(cells, dtype="str" if kind == "label" else "float64")
    frame["story"] = stories(list(headlines))
    roles = Roles(
        "제목",
        "언론사" if press else None,
        "일자" if session else None,
        "종목" if company else None,
        tuple(features),
        "결과" if kind else None,
    )
    return Dataset("0" * 16, "test", roles, frame, kind, problems), Plan(roles)


def news(n: int, seed: int = 0) -> list[str]:
    """Return headlines that have nothing in common."""
    rng = np.random.default_rng(seed)
    syllables = np.array([chr(code) for code in range(ord("가"), ord("힣"), 7)])
    return ["".join(rng.choice(syllables, 14)) for _ in range(n)]


def found_in(data, plan, counter=None):
    """Return the findings by their code, and by code and name where they are about one column or class."""
    found = {}
    for finding in quality_report(data, plan, counter).findings:
        found[finding.code] = finding
        found[f"{finding.code}:{finding.message.params.get('name')}"] = finding
    return found


def balanced(n=120, **columns):
    """Return a table of n different headlines on n sessions with nothing wrong but its size."""
    columns.setdefault("target", np.random.default_rng(5).normal(0, 0.02, n).tolist())
    return table(news(n), session=list(range(n)), **columns)


def problem(code, *rows, **params):
    return Problem(code, Message("What reading said of {column}.", {"column": "RSI", **params}), rows)
