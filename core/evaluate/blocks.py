"""What an interval resamples: sessions in order of time, in blocks that outlast the horizon, or stories.

Rows of one session share their outcome, and outcomes over several sessions overlap: at lag k, outcomes over h
sessions have 1 - k/h of their variance in common. So sessions are resampled in circular blocks (Politis & Romano,
"A circular block-resampling procedure for stationary data", 1992), never shorter than the horizon, and longer
where the outcomes hang together for longer than that: Politis & White, "Automatic block-length selection for the
dependent bootstrap" (2004), corrected by Patton, Politis & White (2009).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.locale import N_

BLOCK_UNITS = {"session": N_("sessions"), "story": N_("stories")}  # what is resampled
FEWEST_BLOCKS = (
    6  # for a verdict: in five, all five of one sign come by chance in 2 of 32 cases, more than 5%
)
SIGNIFICANT = 0.05
FEWEST_SESSIONS, MOST_LAGS = 20, 10  # of a test of autocorrelation


@dataclass(frozen=True, eq=False)
class Blocks:
    """The block that each row is resampled with.

    `ids (n,)` are the numbers of the rows' sessions in order of time, from 0 on (of their stories where `unit` is
    "story"); `length` is how many sessions in a row make a block, at least the `horizon`, over which outcomes
    overlap. Raises `ValueError` for a block shorter than that.
    """

    ids: np.ndarray
    length: int = 1
    horizon: int = 1
    unit: str = "session"

    def __post_init__(self) -> None:
        if self.length < max(self.horizon, 1):
            raise ValueError(f"blocks of {self.length} sessions under a horizon of {self.horizon}")

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, dataset: Dataset, rows: np.ndarray, outcome: np.ndarray, horizon: int = 1) -> Blocks:
        """Return the blocks of the rows at these positions, whose outcomes `(n,)` span so many sessions."""
        classes = len(dataset.classes) if dataset.target_kind == "label" else 0
        return cls.of_numbers(block_numbers(dataset, rows), dataset.has_sessions, outcome, horizon, classes)

    @classmethod
    def of_numbers(
        cls, ids: np.ndarray, dated: bool, outcome: np.ndarray, horizon: int = 1, classes: int = 0
    ) -> Blocks:
        """Return the blocks of rows whose sessions, or stories where they are not `dated`, have these numbers `(n,)`.

        The outcomes `(n,)`, of so many classes (0 for returns), span `horizon` sessions.
        """
        if not dated:
            return cls(ids, unit="story")
        horizon = max(horizon, 1)
        return cls(ids, block_length(outcome, ids, horizon, classes), horizon)

    @property
    def sessions(self) -> int:
        """The number of sessions (or stories) that have rows."""
        return len(np.unique(self.ids))

    @property
    def count(self) -> int:
        """The number of blocks that the rows lie in, 0 without a row."""
        if not len(self.ids):
            return 0
        windows = len(np.unique(self.ids // self.length))
        return max(1, min(windows, (int(self.ids.max()) + 1) // self.length))

    @property
    def enough(self) -> bool:
        """Whether there are enough blocks for a verdict."""
        return self.count >= FEWEST_BLOCKS

    @property
    def widening(self) -> float:
        """By how much an interval is widened for the overlap that reaches from one block into the next; 1 for none.

        Of what outcomes k sessions apart have in common, 1 - k/h, a block of L sessions shows the part 1 - k/L
        (Künsch, "The jackknife and the bootstrap for general stationary observations", 1989). The factor is the
        root of the whole over what is shown, for predictions that stay the same: where they move, it is too much.
        """
        lags = np.arange(1 - self.horizon, self.horizon)
        shared = 1 - np.abs(lags) / max(self.horizon, 1)
        return (
            math.sqrt(shared.sum() / (shared * (1 - np.abs(lags) / self.length)).sum()) if len(lags) else 1.0
        )

    def take(self, rows: np.ndarray) -> Blocks:
        """Return the blocks of some of the rows, by position or mask; in longer ones they keep their places in time."""
        ids = self.ids[rows]
        return replace(self, ids=ids if self.length > 1 else np.unique(ids, return_inverse=True)[1])


def block_numbers(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Return the number of each row's session in order of time, `(n,)`, or of its story where it has none."""
    return numbers_of(dataset.frame["session"].iloc[rows], dataset.frame["story"].iloc[rows])


def numbers_of(session: pd.Series, story: Sequence[int] | pd.Series) -> np.ndarray:
    """Return the number of each row's session `(n,)` in order of time, or of its story `(n,)` where it is NaT."""
    keys = [
        f"day {d}" if known else f"story {s}"
        for d, s, known in zip(session, story, session.notna(), strict=True)
    ]
    return np.unique(keys, return_inverse=True)[1]


def block_length(outcome: np.ndarray, ids: np.ndarray, horizon: int = 1, classes: int = 0) -> int:
    """Return how many sessions in a row are resampled together: the horizon, or more where outcomes ask for it.

    `outcome (n,)` returns or class numbers, `ids (n,)` sessions in order of time; `classes` above 2 are looked at
    one by one. More than the horizon is taken where the mean outcomes of the sessions are autocorrelated (Ljung &
    Box, "On a measure of lack of fit in time series models", 1978, at 5%): the length of Politis & White.
    A prediction that says nothing has an error that hangs together no longer than the outcomes do.
    """
    columns = np.eye(classes)[outcome.astype(int)] if classes > 2 else outcome[:, None]
    sessions, session = np.unique(ids, return_inverse=True)
    sums = np.zeros((len(sessions), columns.shape[1]))
    np.add.at(sums, session, columns)
    means = sums / np.bincount(session)[:, None]
    return max(horizon, *(_automatic(series) for series in means.T))


def _automatic(series: np.ndarray) -> int:
    """Return Politis & White's length for circular blocks; 1 where nothing speaks against independence."""
    lags = min(MOST_LAGS, len(series) // 5)
    if len(series) < FEWEST_SESSIONS or np.ptp(series) == 0:
        return 1
    from statsmodels.stats.diagnostic import acorr_ljungbox

    if acorr_ljungbox(series, lags=[lags])["lb_pvalue"].iloc[0] > SIGNIFICANT:
        return 1
    return max(1, round(circular_length(series)))


def circular_length(series: np.ndarray) -> float:
    """Return the length of circular blocks that a series `(n,)` asks for, 1 where none can be found.

    Politis & White, "Automatic block-length selection for the dependent bootstrap" (2004), corrected by Patton,
    Politis & White (2009).
    """
    from arch.bootstrap import optimal_block_length

    found = float(optimal_block_length(series)["circular"].iloc[0])
    return found if math.isfinite(found) else 1.0
