"""The typed table that every later stage works from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from core.data.classes import LOSE, WIN, order_classes
from core.data.plan import Plan, Roles
from core.errors import Message

FEATURE = "feature."


@dataclass(frozen=True)
class Problem:
    """Something that reading found: a code, a sentence, and the numbers of the rows in the file."""

    code: str
    message: Message
    rows: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Dataset:
    """A typed frame, its column roles and an id made from both.

    `frame` has one row per kept row of the file, in the file's order, and these columns:

    - `row`: the number of the row in the file, 1 for the first below the header;
    - `headline`: text in NFC, never missing or empty;
    - `press`, `company`: text, missing where unknown or where the file has no such column;
    - `time`: the naive local time of the headline, NaT where unknown;
    - `session`: the trading day it belongs to (midnight), NaT where unknown;
    - `target`: a return as a fraction (0.012 is 1.2%), or the label's text; missing where unknown;
    - `story`: the number of the near-duplicate group, the same for the same or nearly the same headline;
    - `feature.<name>`: one float64 column per continuous feature, NaN where missing.

    `target_kind` is "return", "label" or "" (no target); `problems` lists what reading left out or could not
    read; `plan` is how it was made, where that is known.
    """

    id: str
    name: str
    roles: Roles
    frame: pd.DataFrame
    target_kind: str
    problems: tuple[Problem, ...] = ()
    plan: Plan | None = None

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def headlines(self) -> list[str]:
        """The headline of each row."""
        return list(self.frame["headline"])

    @cached_property
    def features(self) -> pd.DataFrame:
        """The continuous features under their own names, `(rows, features)`, float64."""
        columns = [FEATURE + name for name in self.roles.numeric]
        return self.frame[columns].rename(columns=lambda name: name.removeprefix(FEATURE))

    @property
    def has_sessions(self) -> bool:
        """Whether rows are placed in time."""
        return bool(self.frame["session"].notna().any())

    @property
    def horizon(self) -> int:
        """How many sessions the target looks ahead, as the plan says; 1 where no plan is known."""
        return self.plan.target.horizon if self.plan else 1

    @cached_property
    def sessions(self) -> int:
        """The number of distinct sessions."""
        return int(self.frame["session"].nunique())

    @cached_property
    def event(self) -> np.ndarray:
        """The number of each row's event (company and session), `(rows,)`; -1 where the session is unknown."""
        if not self.has_sessions:
            return np.full(len(self), -1)
        company = pd.factorize(self.frame["company"].fillna(""))[0]
        session = pd.factorize(self.frame["session"])[0]
        number = pd.factorize(company.astype(np.int64) * (session.max() + 2) + session)[0]
        return np.where(session < 0, -1, number)

    @cached_property
    def events(self) -> int:
        """The number of events."""
        return len(set(self.event.tolist()) - {-1})

    @cached_property
    def distinct_headlines(self) -> int:
        """The number of different headlines."""
        return int(self.frame["headline"].nunique())

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The classes in order, the one that counts as "up" last: 패, 승 where the target is a return."""
        if self.target_kind == "return":
            return (LOSE, WIN)
        if self.target_kind == "label":
            return order_classes(self.frame["target"].dropna().unique().tolist())
        return ()

    def outcome(self, task: str) -> np.ndarray:
        """Return what happened, `(rows,)` float64, NaN where unknown.

        For `task="classify"` the index of the class in `classes` (a return above 0 is 승); for
        `task="regress"` the return as a fraction, for which the target must be a return.
        """
        target = self.frame["target"]
        if self.target_kind == "return":
            values = target.to_numpy(float)
            if task == "regress":
                return np.asarray(values)
            return np.where(np.isnan(values), np.nan, (values > 0).astype(float))
        if task == "regress" or self.target_kind != "label":
            raise ValueError(f"a {self.target_kind or 'missing'} target has no outcome for {task}")
        index = {name: float(i) for i, name in enumerate(self.classes)}
        return np.asarray(target.map(index).to_numpy(float))
