"""What a split is, what a splitter is, and what rows have in common: sessions, companies and stories."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.errors import UserError
from core.locale import P_

NONE = np.empty(0, np.int64)
PARTS = (
    "train",
    "test",
    "purged",
    "embargoed",
    "grouped",
    "left_out",
)  # where a split puts rows, by its fields


@dataclass(frozen=True, eq=False)
class Split:
    """Positions of rows in a frame, each ascending and none in two parts.

    `purged` rows lie within the horizon of the test; `embargoed` rows in the sessions left out beside it;
    `grouped` rows were taken from the training because their near-duplicate story stands in the test;
    `left_out` rows have no known outcome, no session where sessions split, no company where companies are held
    out, or lie outside a fold's stretch of time or a test's companies. `cut` is the first session of the test where
    time splits.
    """

    train: np.ndarray
    test: np.ndarray
    purged: np.ndarray = field(default_factory=NONE.copy)
    embargoed: np.ndarray = field(default_factory=NONE.copy)
    grouped: np.ndarray = field(default_factory=NONE.copy)
    left_out: np.ndarray = field(default_factory=NONE.copy)
    cut: pd.Timestamp | None = None

    @property
    def development(self) -> np.ndarray:
        """The rows outside the test that may be learned from or tested on before it, ascending."""
        return np.sort(np.concatenate([self.train, self.purged, self.embargoed, self.grouped]))


class Splitter(ABC):
    """What scikit-learn expects of a splitter; `parts` is what each kind adds."""

    @abstractmethod
    def parts(self, X: pd.DataFrame) -> Iterator[Split]:
        """Yield each split of the rows of `X`; raises `UserError` where there is too little to split."""

    def split(
        self, X: pd.DataFrame, y: object = None, groups: object = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield positions to train and to test on; `y` and `groups` are not looked at."""
        for split in self.parts(X):
            yield split.train, split.test

    def get_n_splits(self, X: object = None, y: object = None, groups: object = None) -> int:
        """Return how many splits there are."""
        return 1


def apart(X: pd.DataFrame, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take from the training the rows whose story is in the test; return what stays and what was taken."""
    story = column(X, "story").to_numpy()
    shared = np.isin(story[train], story[test])
    return train[~shared], train[shared]


def require_two_sessions(sessions: int) -> None:
    """Raise `UserError` for fewer than two sessions."""
    if sessions < 2:
        raise UserError(
            P_(
                "The rows with a known outcome lie in {n} session (trading day); a split by time needs at least "
                "2: bring a longer period or split by group.",
                "The rows with a known outcome lie in {n} sessions (trading days); a split by time needs at "
                "least 2: bring a longer period or split by group.",
            ),
            n=sessions,
        )


def share_of(share: float, count: int) -> int:
    """Return how many of `count` a share of them is, rounded up."""
    return math.ceil(share * count - 1e-9)


def numbered(X: pd.DataFrame) -> tuple[np.ndarray, pd.Index]:
    """Number the sessions in order, `(n,)`, -1 where unknown; return the sessions too."""
    number, sessions = pd.factorize(column(X, "session"), sort=True)
    return number, pd.Index(sessions)


def column(X: pd.DataFrame, name: str) -> pd.Series:
    """Return a column; raises `ValueError` where the frame lacks it."""
    if name not in X.columns:
        raise ValueError(f"the frame has no column {name!r}, only {list(X.columns)}")
    return X[name]
