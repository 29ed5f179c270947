"""Splitters that hold out whole sessions, companies or single rows, by scikit-learn's contract.

As those of `splitters` they work on a frame with the columns `session` (missing where unknown), `story` and
`company`. What a common shock and a topic of the day do to tests beside other rows of their session:
`tests/simulations/splits.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.errors import UserError
from core.locale import N_, P_
from core.train.splits.partition import (
    Split,
    Splitter,
    apart,
    column,
    numbered,
    require_two_sessions,
    share_of,
)

_TOGETHER = P_(
    "The rows lie in {n} session (trading day); holding out whole sessions needs more than the horizon "
    "({horizon}): bring a longer period.",
    "The rows lie in {n} sessions (trading days); holding out whole sessions needs more than the horizon "
    "({horizon}): bring a longer period.",
)
_ONE_STORY = N_("All rows are nearly the same headline, so no story can be held out as a test.")


@dataclass(frozen=True)
class GroupHoldout(Splitter):
    """Whole sessions are the test, in a random order up to `test_share` of the rows; stories where undated.

    Rows of one session share a shock and the day's topic, whatever their company, so none of it stands on both
    sides. Sessions are drawn in runs as long as the horizon: single ones would have most of the others purged.
    Around each the training of all companies is purged on both sides and embargoed after it, and loses the
    stories of the test. Rows without a session are left out, since it may be one of the test's; in a table of
    none, stories are held together alone.
    """

    test_share: float = 0.2
    horizon: int = 1
    embargo: int = 0
    seed: int = 0

    def parts(self, X: pd.DataFrame) -> Iterator[Split]:
        """Yield the one split; raises `UserError` where all rows hang together."""
        number, sessions = numbered(X)
        usable = (number >= 0) | (len(sessions) == 0)
        group = number // max(1, self.horizon) if len(sessions) else pd.factorize(column(X, "story"))[0]
        if len(X) == 0 or group.max() == 0:
            raise UserError(_TOGETHER if len(sessions) else _ONE_STORY, n=len(sessions), horizon=self.horizon)
        test = np.zeros(len(X), bool)
        test[usable] = _drawn(group[usable], self.test_share, self.seed)
        near, after = _beside(number, test, self.horizon, self.embargo)
        yield _aside(X, test, usable, near, after)


@dataclass(frozen=True)
class CompanyHoldout(Splitter):
    """Whole companies are tested on the last sessions, and others teach in the sessions before.

    Both are needed: other companies' rows of a tested session would give away its shock and its topic. Companies
    (in a random order) and sessions are held out at the root of `test_share` each, so that the test has about
    that share of the rows; the other two quarters of the table, and rows that lack a company or a session, are
    left out. The training ends `horizon + embargo` before the test and loses its stories. In an undated table
    companies are held out alone, up to `test_share` of the rows.
    """

    test_share: float = 0.2
    horizon: int = 1
    embargo: int = 0
    seed: int = 0

    def parts(self, X: pd.DataFrame) -> Iterator[Split]:
        """Yield the one split; raises `UserError` for fewer than two known companies, or dated sessions."""
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
        number, sessions = numbered(X)
        dated = len(sessions) > 0
        share = math.sqrt(self.test_share) if dated else self.test_share
        usable = (company >= 0) & ((number >= 0) | (not dated))
        held = np.zeros(len(X), bool)
        held[usable] = _drawn(company[usable], share, self.seed)
        never = np.zeros(len(X), bool)
        if not dated:
            yield _aside(X, held, usable, never, never)
            return
        require_two_sessions(len(sessions))
        cut = len(sessions) - share_of(share, len(sessions))
        test = held & (number >= cut)
        usable &= test | (~held & (number < cut))
        near = number >= cut - self.horizon
        split = _aside(X, test, usable, near, number >= cut - self.horizon - self.embargo)
        yield replace(split, cut=sessions[cut])


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


def _aside(
    X: pd.DataFrame, test: np.ndarray, usable: np.ndarray, near: np.ndarray, after: np.ndarray
) -> Split:
    """Test some rows and learn from the other usable ones that are neither purged nor embargoed; `(n,)` bool."""
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


def _beside(
    number: np.ndarray, test: np.ndarray, horizon: int, embargo: int
) -> tuple[np.ndarray, np.ndarray]:
    """Say which rows `(n,)` lie within the horizon of a tested session, and which in the embargo after one.

    `number (n,)` is that of a row's session, -1 where unknown: such a row lies beside none.
    """
    dated = number >= 0
    last = number.max(initial=0)
    tested = np.zeros(last + 1, bool)
    tested[number[dated & test]] = True
    near, after = tested.copy(), np.zeros_like(tested)
    for step in range(1, min(horizon + embargo, last) + 1):
        after[step:] |= tested[:-step]
        if step <= horizon:
            near[step:] |= tested[:-step]
            near[:-step] |= tested[step:]
    return dated & near[number], dated & after[number]


def _drawn(group: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Draw whole groups `(n,)` up to a share of the rows, else the smallest one; return `(n,)` bool."""
    group = np.unique(group, return_inverse=True)[1]
    sizes = np.bincount(group)
    room = share_of(share, len(group))
    chosen: list[int] = []
    for number in np.random.default_rng(seed).permutation(len(sizes)):
        if sizes[number] <= room:
            chosen.append(number)
            room -= sizes[number]
    return np.isin(group, chosen or [sizes.argmin()])
