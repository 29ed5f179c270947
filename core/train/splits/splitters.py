"""Splitters over sessions, stories and companies, by scikit-learn's contract.

Each works on a frame of rows with the columns `session` (missing where unknown), `story` and `company`, and
can stand as `cv=` wherever scikit-learn takes a splitter. `parts` says besides why a row was left out.

Training lies before the test in time; what reaches from one into the other is purged, and an embargo leaves
further sessions out: López de Prado, "Advances in Financial Machine Learning" (2018), chapter 7. Sessions are
counted among those of the table, which are never more than those of the exchange: gaps make the purge longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import Message, UserError
from core.locale import N_, P_
from core.train.splits.partition import (
    NONE,
    Split,
    Splitter,
    apart,
    column,
    companies,
    groups,
    numbered,
    require_two_sessions,
    share_of,
)

WINDOWS = {"expanding": N_("all earlier sessions"), "rolling": N_("as many sessions each time")}


@dataclass(frozen=True)
class SessionHoldout(Splitter):
    """The last `test_share` of the sessions is the test; the training ends `horizon + embargo` before it."""

    test_share: float = 0.2
    horizon: int = 1
    embargo: int = 0
    separate_stories: bool = True

    def parts(self, X: pd.DataFrame) -> Iterator[Split]:
        """Yield the one split; raises `UserError` for fewer than two sessions."""
        number, sessions = numbered(X)
        require_two_sessions(len(sessions))
        cut = len(sessions) - share_of(self.test_share, len(sessions))
        yield _before(X, number, sessions, 0, cut, len(sessions), self)


@dataclass(frozen=True)
class WalkForward(Splitter):
    """`folds` tests of equally many sessions follow one another up to the last session.

    Each learns from the sessions before it, less those within `horizon + embargo`: from all of them
    (`window` "expanding") or from as many as the first fold has ("rolling"), which are at the least as many as
    a test has. The tests do not depend on `window` or `separate_stories`.
    """

    folds: int = 5
    window: str = "expanding"
    horizon: int = 1
    embargo: int = 0
    separate_stories: bool = True

    def __post_init__(self) -> None:
        if self.folds < 1 or self.window not in WINDOWS:
            raise ValueError(
                f"folds {self.folds}, window {self.window!r}; expected 1 or more, one of {tuple(WINDOWS)}"
            )

    @property
    def fewest_sessions(self) -> int:
        """The fewest sessions that can be split: one for each test, one to learn from, and the gap."""
        return self.folds + 1 + self.horizon + self.embargo

    def parts(self, X: pd.DataFrame) -> Iterator[Split]:
        """Yield the folds in order of time; raises `UserError` for too few sessions."""
        number, sessions = numbered(X)
        gap = self.horizon + self.embargo
        size = (len(sessions) - gap) // (self.folds + 1)
        if size < 1:
            raise UserError(
                P_(
                    "The rows lie in {sessions} (trading days); {n} fold needs at least {needed}, with a horizon "
                    "of {horizon} and an embargo of {embargo}: bring a longer period.",
                    "The rows lie in {sessions} (trading days); {n} folds one after another need at least "
                    "{needed}, with a horizon of {horizon} and an embargo of {embargo}: choose fewer folds or "
                    "bring a longer period.",
                ),
                sessions=Message(P_("{n:,} session", "{n:,} sessions"), {"n": len(sessions)}),
                n=self.folds,
                needed=self.fewest_sessions,
                horizon=self.horizon,
                embargo=self.embargo,
            )
        first = len(sessions) - self.folds * size
        for cut in range(first, len(sessions), size):
            start = cut - first if self.window == "rolling" else 0
            yield _before(X, number, sessions, start, cut, cut + size, self)

    def get_n_splits(self, X: object = None, y: object = None, groups: object = None) -> int:
        """Return the number of folds."""
        return self.folds


@dataclass(frozen=True)
class GroupHoldout(Splitter):
    """Whole groups of rows are the test, in a random order up to `test_share` of the rows.

    A group holds what hangs together by stories and events (`groups`). In a dated table a company's training
    rows near its test rows in time are purged on both sides and embargoed after them.
    """

    test_share: float = 0.2
    horizon: int = 1
    embargo: int = 0
    seed: int = 0

    def parts(self, X: pd.DataFrame) -> Iterator[Split]:
        """Yield the one split; raises `UserError` where all rows hang together."""
        group = groups(X)
        if len(group) == 0 or group.max() == 0:
            raise UserError(
                N_(
                    "All rows hang together: each is nearly the same headline as another, or of the same "
                    "company and session, so no group of them can be held out as a test."
                )
            )
        yield _aside(X, _drawn(group, self.test_share, self.seed), self.horizon, self.embargo)


@dataclass(frozen=True)
class CompanyHoldout(Splitter):
    """Whole companies are the test, in a random order up to `test_share` of the rows.

    Training rows that tell a story of the test are taken out; rows without a company are left out. Purge and
    embargo follow a company's own rows, none of which stands on both sides here: other companies' headlines
    of the same sessions do stand in the training, so the score is one for a new company, not for a new day.
    """

    test_share: float = 0.2
    horizon: int = 1
    embargo: int = 0
    seed: int = 0

    def parts(self, X: pd.DataFrame) -> Iterator[Split]:
        """Yield the one split; raises `UserError` for fewer than two known companies."""
        company, names = pd.factorize(column(X, "company"))
        if not len(names):
            raise UserError(
                N_(
                    "No row names its company, so none can be held out: choose the column with the company on "
                    "the data page, or split by time."
                )
            )
        if len(names) == 1:
            raise UserError(
                N_("All rows are of one company ({company}), so none can be held out: split by time."),
                company=str(names[0]),
            )
        known = np.flatnonzero(company >= 0)
        test = np.zeros(len(X), bool)
        test[known] = _drawn(company[known], self.test_share, self.seed)
        yield _aside(X, test, self.horizon, self.embargo, usable=company >= 0)


@dataclass(frozen=True)
class RandomHoldout(Splitter):
    """A random `test_share` of the rows is the test. It leaks: rows of one session share their outcome."""

    test_share: float = 0.2
    seed: int = 0

    def parts(self, X: pd.DataFrame) -> Iterator[Split]:
        """Yield the one split."""
        shuffled = np.random.default_rng(self.seed).permutation(len(X))
        count = share_of(self.test_share, len(X))
        yield Split(np.sort(shuffled[count:]), np.sort(shuffled[:count]))


@dataclass(frozen=True)
class RandomFolds(Splitter):
    """Every row is the test once, in random folds of equal size (k-fold). It leaks like `RandomHoldout`."""

    folds: int = 5
    seed: int = 0

    def parts(self, X: pd.DataFrame) -> Iterator[Split]:
        """Yield the folds; raises `ValueError` for fewer than two folds or more folds than rows."""
        if not 2 <= self.folds <= len(X):
            raise ValueError(f"{self.folds} folds of {len(X)} rows")
        order = np.random.default_rng(self.seed).permutation(len(X))
        for test in np.array_split(order, self.folds):
            yield Split(np.setdiff1d(order, test), np.sort(test))

    def get_n_splits(self, X: object = None, y: object = None, groups: object = None) -> int:
        """Return the number of folds."""
        return self.folds


def _before(
    X: pd.DataFrame,
    number: np.ndarray,
    sessions: pd.Index,
    start: int,
    cut: int,
    end: int,
    rule: SessionHoldout | WalkForward,
) -> Split:
    """Test the sessions from `cut` to before `end`; learn from those from `start` on, less the gap."""
    purge = cut - rule.horizon
    embargo = purge - rule.embargo
    inside = number >= start  # also leaves out rows without a session
    test = np.flatnonzero(inside & (number >= cut) & (number < end))
    train, grouped = np.flatnonzero(inside & (number < embargo)), NONE
    if rule.separate_stories:
        train, grouped = apart(X, train, test)
    return Split(
        train,
        test,
        purged=np.flatnonzero(inside & (number >= purge) & (number < cut)),
        embargoed=np.flatnonzero(inside & (number >= embargo) & (number < purge)),
        grouped=grouped,
        left_out=np.flatnonzero(~inside | (number >= end)),
        cut=sessions[cut],
    )


def _aside(
    X: pd.DataFrame, test: np.ndarray, horizon: int, embargo: int, usable: np.ndarray | None = None
) -> Split:
    """Learn from the rows beside a test `(n,)` bool of whole groups or companies."""
    usable = np.ones(len(X), bool) if usable is None else usable
    near, after = _beside(X, test, horizon, embargo)
    rest = usable & ~test
    train, grouped = apart(X, np.flatnonzero(rest & ~near & ~after), np.flatnonzero(test))
    return Split(
        train,
        np.flatnonzero(test),
        purged=np.flatnonzero(rest & near),
        embargoed=np.flatnonzero(rest & after & ~near),
        grouped=grouped,
        left_out=np.flatnonzero(~usable),
    )


def _beside(X: pd.DataFrame, test: np.ndarray, horizon: int, embargo: int) -> tuple[np.ndarray, np.ndarray]:
    """Say which rows lie within the horizon of a test row of their company, and which in the embargo after."""
    number, company = numbered(X)[0], companies(X)
    dated = number >= 0
    last = number.max(initial=0)
    width = last + 1
    tested = np.zeros((company.max(initial=0) + 1, width), bool)
    tested[company[dated & test], number[dated & test]] = True
    near, after = tested.copy(), np.zeros_like(tested)
    for step in range(1, min(horizon + embargo, last) + 1):
        after[:, step:] |= tested[:, :-step]
        if step <= horizon:
            near[:, step:] |= tested[:, :-step]
            near[:, :-step] |= tested[:, step:]
    return dated & near[company, number], dated & after[company, number]


def _drawn(group: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Draw whole groups `(n,)` up to a share of the rows, else the smallest one; return `(n,)` bool."""
    sizes = np.bincount(group)
    room = share_of(share, len(group))
    chosen: list[int] = []
    for number in np.random.default_rng(seed).permutation(len(sizes)):
        if sizes[number] <= room:
            chosen.append(number)
            room -= sizes[number]
    return np.isin(group, chosen or [sizes.argmin()])
