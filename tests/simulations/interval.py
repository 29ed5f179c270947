"""The interval of a probability: how often does it hold what really follows predictions like it?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from core.evaluate.blocks import Blocks
from core.evaluate.event_outcomes import EventOutcomes
from core.predict.interval import local_shares
from tests.simulations.row import Row, percent
from tests.simulations.worlds import overlapping

COMPANIES, HEADLINES = 10, 2


def held(sessions: int, horizon: int, seed: int, effect: float = 0.3, sureness: float = 1.0) -> float:
    """Return the share of places at which the interval holds the truth, in one table.

    What is predicted moves the outcome by `effect` standard deviations, and the probabilities take it for `sureness`
    times as much: 1 is calibrated, more is too sure. Each event has two headlines that are predicted a little
    differently.
    """
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=(sessions, COMPANIES))
    outcome = overlapping(rng, sessions, COMPANIES, horizon) + effect * signal
    event = np.repeat(np.arange(signal.size), HEADLINES)
    noise = 0.1 * rng.normal(size=len(event))
    predicted = norm.cdf(sureness * effect * (signal.ravel()[event] + noise))
    won, session = (outcome > 0).ravel().astype(float), np.repeat(np.arange(sessions), COMPANIES)
    blocks = Blocks.of_numbers(session, True, won, horizon)
    outcomes = EventOutcomes(won, blocks.ids // blocks.length, pd.Series(event), blocks.widening, True)
    found = local_shares(predicted, np.arange(len(event)), outcomes)
    truth = _truth(predicted, norm.cdf(effect * signal.ravel())[event], found.centres, found.rows)
    return float(np.mean((found.ends[:, 0] <= truth) & (truth <= found.ends[:, 1])))


def _truth(predicted: np.ndarray, chance: np.ndarray, centres: np.ndarray, size: int) -> np.ndarray:
    """Return the mean chance `(centres,)` of the `size` predictions around each centre, by rank."""
    order = np.argsort(predicted, kind="stable")
    at = np.searchsorted(predicted[order], centres)
    first = np.clip(at - size // 2, 0, len(predicted) - size)
    sums = np.concatenate([[0.0], np.cumsum(chance[order])])
    result: np.ndarray = (sums[first + size] - sums[first]) / size
    return result


def missed(tables: int, sessions: int, horizon: int, **world: float) -> float:
    """Return the share of places and tables at which the interval leaves out the truth."""
    return 1 - float(np.mean([held(sessions, horizon, seed, **world) for seed in range(tables)]))


ROWS = (
    Row(
        "the interval of a probability, ten companies with a common shock, 120 sessions, horizon 1 / 5 / 20",
        "it leaves out how often predictions like it come true in at most 7%, two standard errors of the tables aside",
        "200 tables each, 51 places, seeds 0–199",
        lambda: percent(*(missed(200, 120, horizon) for horizon in (1, 5, 20))),
    ),
    Row(
        "the same where the probabilities are three times too sure, or say nothing, horizon 1",
        "the same",
        "200 tables each, 51 places, seeds 0–199",
        lambda: percent(missed(200, 120, 1, sureness=3.0), missed(200, 120, 1, effect=1e-9, sureness=3e8)),
    ),
)
