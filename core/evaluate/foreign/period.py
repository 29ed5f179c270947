"""The period that a model learned from: which of the rows that it predicted lie inside, and which before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.foreign.settings import ForeignSettings


@dataclass(frozen=True, eq=False)
class Inside:
    """Masks `(n,)`: rows inside the training period or so near that their outcome reaches into it, and rows before it.

    `near` are those of the inside ones that lie after the period, within the horizon. `until` is the last day that
    counts as inside.
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
    day, those whose outcome reaches into the period. Sessions are counted among those of the table.
    """
    none = np.zeros(len(positions), bool)
    session = dataset.frame["session"].to_numpy("datetime64[D]")[positions]
    if not settings.trained_until or not dataset.has_sessions:
        return Inside(none, none, none)
    days = np.unique(dataset.frame["session"].dropna().to_numpy("datetime64[D]"))
    number = np.where(np.isnat(session), -1, np.searchsorted(days, session))
    dated = number >= 0
    last = int(np.searchsorted(days, np.datetime64(settings.trained_until), "right")) - 1
    first = int(np.searchsorted(days, np.datetime64(settings.trained_from))) if settings.trained_from else 0
    inside = dated & (number >= first - max(horizon - 1, 0)) & (number <= last + horizon)
    if last < first:  # the period holds no session of the table
        gap = np.datetime64(settings.trained_until) >= days[0]
        inside &= bool(gap) & (number > last)
    return Inside(inside, inside & (number > last), dated & (number < first) & ~inside)
