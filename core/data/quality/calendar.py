"""Rows over time: how many each session has, and which sessions have none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.plan import Plan
from core.data.sessions import sessions_around

HALF = 0.5


@dataclass(frozen=True, eq=False)
class Calendar:
    """Rows per session in order (`per_session`), the exchange's sessions without any between the first and the
    last (`absent`), and the fewest sessions that hold half of the rows (`half`, the fullest first).

    `untimed` is the share of dated rows at 00:00, whose time of day is unknown.
    """

    per_session: pd.Series
    absent: pd.DatetimeIndex
    half: pd.DatetimeIndex
    untimed: float

    @property
    def spanned(self) -> int:
        """The exchange's sessions from the first to the last."""
        return len(self.per_session) + len(self.absent)


def place_in_time(data: Dataset, plan: Plan) -> Calendar:
    """Count the rows of each session against the exchange's calendar."""
    counts = data.frame["session"].value_counts().sort_index()
    times = data.frame["time"].dropna()
    untimed = float((times == times.dt.normalize()).mean()) if len(times) else 0.0
    if counts.empty:
        return Calendar(counts, pd.DatetimeIndex([]), pd.DatetimeIndex([]), untimed)
    held = counts.index.to_numpy("datetime64[s]")
    days = sessions_around(held, plan.exchange).days
    days = days[(days >= held[0]) & (days <= held[-1])]
    fullest = counts.sort_values(ascending=False, kind="stable")
    enough = int(np.searchsorted(fullest.cumsum().to_numpy(), HALF * counts.sum())) + 1
    return Calendar(
        counts, pd.DatetimeIndex(np.setdiff1d(days, held)), pd.DatetimeIndex(fullest.index[:enough]), untimed
    )
