"""Sessions whose outcomes overlap and companies that share a daily shock: made-up worlds for simulations."""

from __future__ import annotations

import numpy as np


def overlapping(rng: np.random.Generator, sessions: int, companies: int, horizon: int, common: float = 0.5):
    """Return standard normal outcomes over `horizon` sessions `(sessions, companies)`.

    Each is the sum of the shocks of so many sessions, a share `common` of whose variance all companies have in common.
    """

    def summed(columns: int) -> np.ndarray:
        shocks = rng.normal(size=(sessions + horizon - 1, columns))
        total = np.cumsum(np.r_[np.zeros((1, columns)), shocks], axis=0)
        return (total[horizon:] - total[:-horizon]) / np.sqrt(horizon)

    return np.sqrt(common) * summed(1) + np.sqrt(1 - common) * summed(companies)


def persistent(rng: np.random.Generator, sessions: int, companies: int, memory: float = 0.9) -> np.ndarray:
    """Return standard normal signals `(sessions, companies)`, autocorrelated by `memory`, half shared by companies."""
    fresh = rng.normal(size=(sessions, companies)) * np.sqrt(0.5) + rng.normal(size=(sessions, 1)) * np.sqrt(
        0.5
    )
    made = fresh.copy()
    for day in range(1, sessions):
        made[day] = memory * made[day - 1] + np.sqrt(1 - memory**2) * fresh[day]
    return made
