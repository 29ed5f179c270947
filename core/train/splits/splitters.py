"""Splitters in the order of time, by scikit-learn's contract; others stand in `holdouts`.

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
