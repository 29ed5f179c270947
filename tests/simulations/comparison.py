"""Are models told apart that are equally good? Losses of forecasts that know nothing, with overlapping outcomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.evaluate.blocks import Blocks
from core.evaluate.comparison import block_size, difference, superior
from tests.simulations.row import Row, percent

COMPANIES, MODELS, SCALE, PERSISTENCE = 5, 5, 0.3, 0.9


@dataclass(frozen=True)
class Sizes:
    """Shares of worlds in which a test says that something is better, at a nominal 5%."""

    pair: float
    any_better: float


def sizes(
    horizon: int, sessions: int = 120, repetitions: int = 400, seed: int = 0, skill: float = 0.0
) -> Sizes:
    """Return how often the tests of two and of all models reject in a world of equally bad forecasts.

    The world: returns of five companies over `horizon` sessions, which overlap and share half of their variance within
    a session; five forecasts with an autocorrelation of 0.9 and 0.3 of the returns' spread, which know nothing, so all
    expected losses are the same. The truth: no model differs from any other, and none is better than the first; both
    tests should reject in at most 5%. With `skill` the second forecast knows this share of the returns and the tests
    should reject often.
    """
    rng = np.random.default_rng(seed)
    blocks = Blocks(np.arange(sessions), horizon, horizon)
    pair, better = 0, 0
    for repetition in range(repetitions):
        losses = _losses(rng, sessions, horizon, skill)
        named = {str(k): column for k, column in enumerate(losses.T)}
        pair += difference("1", "0", named, horizon).p_value < 0.05
        better += superior(losses[:, 0], losses[:, 1:], block_size(blocks), horizon, repetition, 300) < 0.05
    return Sizes(pair / repetitions, better / repetitions)


def _losses(rng: np.random.Generator, sessions: int, horizon: int, skill: float) -> np.ndarray:
    """Return the mean squared errors of each forecast, `(sessions, models)`."""
    days = sessions + horizon - 1
    shocks = (rng.normal(size=(days, 1)) + rng.normal(size=(days, COMPANIES))) / np.sqrt(2)
    returns = sum(shocks[k : k + sessions] for k in range(horizon)) / np.sqrt(horizon)
    forecasts = [SCALE * _persistent(rng, sessions) for _model in range(MODELS)]
    forecasts[1] = forecasts[1] + skill * returns
    return np.stack([((returns - forecast) ** 2).mean(axis=1) for forecast in forecasts], axis=1)


def _persistent(rng: np.random.Generator, sessions: int) -> np.ndarray:
    made = rng.normal(size=(sessions, COMPANIES))
    for k in range(1, sessions):
        made[k] = PERSISTENCE * made[k - 1] + np.sqrt(1 - PERSISTENCE**2) * made[k]
    return made


def _equal() -> str:
    found = {horizon: sizes(horizon, repetitions=400) for horizon in (1, 5)}
    return "; ".join(
        f"h = {horizon}: two models {percent(made.pair)}, any better {percent(made.any_better)}"
        for horizon, made in found.items()
    )


def _skilled() -> str:
    found = sizes(1, repetitions=200, seed=1, skill=0.1)
    return f"two models {percent(found.pair)}, any better {percent(found.any_better)}"


ROWS = (
    Row(
        "five equal forecasts of five companies, 120 sessions, slow predictions, overlapping outcomes",
        "told apart in at most 5% (Diebold-Mariano of two, SPA of all against one)",
        "400 tables a horizon, seed 0",
        _equal,
    ),
    Row(
        "the same with one forecast that knows 10% of the returns, h = 1",
        "found in more than half",
        "200 tables, seed 1",
        _skilled,
    ),
)
