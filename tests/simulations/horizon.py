"""Worlds of returns that overlap over a known number of sessions: is a horizon that is too short noticed?"""

from __future__ import annotations

import numpy as np

from core.data.target.overlap import Outcomes, overlap_beyond
from tests.simulations.row import Row, percent

SESSIONS = 120
WARM_UP = 300  # sessions before the first, so that volatility has found its level


def warned(
    overlap: int,
    horizon: int = 1,
    companies: int = 1,
    clustered: bool = False,
    labels: bool = False,
    repetitions: int = 300,
    seed: int = 0,
) -> float:
    """Return the share of tables in which the report warns that `horizon` is too short.

    World: 120 sessions, one event a session of each of one or ten companies. Daily returns are independent over
    time, half of their variance a shock that all companies share; where `clustered`, volatility is a GARCH(1,1) with
    0.15 and 0.80 (kurtosis above 5). The outcome is the sum of the next `overlap` daily returns, or its sign
    (`labels`). Truth: the horizon is too short where `overlap` is above it. Level: at least 95% warned for an
    overlap of 5, 10 and 20 under a horizon of 1; at most 2.5% where the horizon is right.
    """
    rng = np.random.default_rng(seed)
    found = [_seen(rng, overlap, horizon, companies, clustered, labels) for _ in range(repetitions)]
    return float(np.mean([sessions > 0 for sessions in found]))


def seen_overlap(
    overlap: int, companies: int = 1, repetitions: int = 300, seed: int = 0
) -> tuple[float, float, float]:
    """Return the 10%, 50% and 90% quantiles of the overlap that the report names, where it warns; see `warned`."""
    rng = np.random.default_rng(seed)
    found = np.array([_seen(rng, overlap, 1, companies, False, False) for _ in range(repetitions)])
    low, middle, high = np.quantile(found[found > 0], [0.1, 0.5, 0.9])
    return float(low), float(middle), float(high)


def _seen(
    rng: np.random.Generator, overlap: int, horizon: int, companies: int, clustered: bool, labels: bool
) -> int:
    length = SESSIONS + overlap
    daily = _returns(rng, length, companies, clustered)
    if companies > 1:
        daily = np.sqrt(0.5) * daily + np.sqrt(0.5) * _returns(rng, length, 1, clustered)
    level = np.vstack([np.zeros((1, companies)), daily.cumsum(axis=0)])
    outcome = (level[overlap:] - level[:-overlap])[:SESSIONS]
    session, company = np.indices(outcome.shape).reshape(2, -1)
    y = (outcome > 0).astype(float) if labels else outcome
    return overlap_beyond(Outcomes.of(company, session, y.ravel(), labels), horizon)


def _returns(rng: np.random.Generator, length: int, companies: int, clustered: bool) -> np.ndarray:
    drawn = rng.standard_normal((length + WARM_UP, companies))
    if clustered:
        variance = np.ones(companies)
        for row in drawn:
            row *= np.sqrt(variance)
            variance = 0.05 + 0.15 * row**2 + 0.80 * variance
    return np.asarray(drawn[WARM_UP:])


def _short() -> str:
    found = [
        f"{companies} × {'win/lose' if labels else 'returns'} "
        + percent(*(warned(overlap, companies=companies, labels=labels) for overlap in (5, 10, 20)))
        for companies in (1, 10)
        for labels in (False, True)
    ]
    return "; ".join(found)


def _right() -> str:
    found = [
        f"{companies} × {'win/lose' if labels else 'returns'} "
        + percent(
            *(
                warned(1, companies=companies, clustered=clustered, labels=labels, repetitions=1000)
                for clustered in (False, True)
            )
        )
        for companies in (1, 10)
        for labels in (False, True)
    ]
    return "even / clustered volatility: " + "; ".join(found)


def _right_and_longer() -> str:
    return "; ".join(
        f"{companies} × " + percent(*(warned(h, h, companies, repetitions=600) for h in (2, 5)))
        for companies in (1, 10)
    )


def _named() -> str:
    return "; ".join(
        f"{companies} × "
        + " / ".join("{1:.0f} [{0:.0f}, {2:.0f}]".format(*seen_overlap(h, companies)) for h in (5, 10, 20))
        for companies in (1, 10)
    )


ROWS = (
    Row(
        "a ready-made target over 5 / 10 / 20 sessions under a horizon of 1; 120 sessions × 1 or 10 companies with a "
        "common daily shock",
        "the quality report warns in at least 95%",
        "300 each, seed 0",
        _short,
    ),
    Row(
        "the same over 1 session, volatility even or in clusters (GARCH)",
        "warns in at most 2.5%",
        "1,000 each, seed 0",
        _right,
    ),
    Row(
        "the same over 2 / 5 sessions under that horizon",
        "warns in at most 2.5%",
        "600 each, seed 0",
        _right_and_longer,
    ),
    Row(
        "the overlap that is named for 5 / 10 / 20 sessions under a horizon of 1",
        "median the truth [10%, 90%]",
        "300 each, seed 0",
        _named,
    ),
)
