"""The period that a model learned from: which of the rows that it predicted lie inside, and which before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.data.plan import Exchange
from core.data.sessions import sessions_around
from core.evaluate.foreign.settings import ForeignSettings

_FAR = np.timedelta64(400, "D")


@dataclass(frozen=True, eq=False)
class Inside:
    """Masks `(n,)`: rows inside the training period or so near that their outcome reaches into it, and rows before it.

    `near` are those of the inside ones that lie after the period, within the horizon.
    """

    inside: np.ndarray
    near: np.ndarray
    before: np.ndarray


def inside_training(
    dataset: Dataset, positions: np.ndarray, settings: ForeignSettings, horizon: int
) -> Inside:
    """Mark the rows at these positions `(n,)` by the training period; none is marked where it is not known.

    The sessions within the horizon after the last day count as inside, as those before a test are purged from a
    training: López de Prado, "Advances in Financial Machine Learning" (2018), chapter 7. So do, before the first
    day, those whose outcome reaches into the period. Sessions are counted by the exchange's calendar.
    """
    none = np.zeros(len(positions), bool)
    if not settings.trained_until or not dataset.has_sessions:
        return Inside(none, none, none)
    session = dataset.frame["session"].to_numpy("datetime64[s]")[positions]
    begin, end = (_near(session, day) for day in (settings.trained_from, settings.trained_until))
    exchange = dataset.plan.exchange if dataset.plan else Exchange()
    calendar = sessions_around(np.r_[session, begin, end], exchange)
    dated = ~np.isnat(session)
    number = np.where(dated, calendar.position(np.where(dated, session, end)), -1)
    last = int(np.searchsorted(calendar.days, end, "right")) - 1
    first = 0 if np.isnat(begin) else int(np.searchsorted(calendar.days, begin))
    inside = dated & (number > first - max(horizon, 1)) & (number <= last + horizon)
    return Inside(inside, inside & (number > last), dated & (number < first) & ~inside)


def _near(session: np.ndarray, day: str) -> np.datetime64:
    """Return a day, no farther from the sessions `(n,)` than any horizon reaches; NaT where it is not known."""
    if not day:
        return np.datetime64("NaT", "s")
    first, last = np.nanmin(session) - _FAR, np.nanmax(session) + _FAR
    return np.datetime64(np.clip(np.datetime64(day, "s"), first, last))
