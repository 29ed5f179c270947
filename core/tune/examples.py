"""What an encoder is tuned on: texts, or pairs of texts, with a class or a score each; and who learns from which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from core.errors import Message
from core.train.splits.partition import NONE


@dataclass(frozen=True, eq=False)
class Examples:
    """Labelled texts, or labelled pairs of texts.

    `columns` has one sequence of n texts, or two for pairs; `labels` `(n,)` is the number of the class in `classes`
    (int64), or a score (float64) where `classes` is empty; float64 with classes are returns, of which `split` makes
    the classes' numbers. `story` `(n,)` numbers the near-duplicate groups,
    `session` the trading days (NaT where unknown), `dataset_id` the table they come from (empty: none of the library).
    `from_outcome` says that labels tell what happened after the session, so that sessions of training are known.
    `rows` `(n,)` are the positions in the dataset's frame; `notes` say what was left out.
    """

    columns: tuple[Sequence[str], ...]
    labels: np.ndarray
    classes: tuple[str, ...]
    story: np.ndarray
    session: pd.Series
    rows: np.ndarray
    name: str = ""
    dataset_id: str = ""
    from_outcome: bool = False
    horizon: int = 1
    notes: tuple[Message, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def texts(self) -> Sequence[str]:
        """The texts of examples that are no pairs."""
        return self.columns[0]

    def take(self, positions: np.ndarray) -> Examples:
        """Return the examples at these positions, in their order."""
        return replace(
            self,
            columns=tuple([texts[i] for i in positions] for texts in self.columns),
            labels=self.labels[positions],
            story=self.story[positions],
            session=self.session.iloc[positions].reset_index(drop=True),
            rows=self.rows[positions],
        )

    @property
    def has_sessions(self) -> bool:
        """Whether the examples are placed in time."""
        return bool(self.session.notna().any())


@dataclass(frozen=True, eq=False)
class Parts:
    """Positions in the examples: what teaches, what chooses the epoch, what is tested once, and what is in none.

    No near-duplicate group, and where there are dates no session and nothing within the horizon, is in two of the
    first three.
    """

    train: np.ndarray
    valid: np.ndarray
    test: np.ndarray
    left_out: np.ndarray = field(default_factory=lambda: NONE)
