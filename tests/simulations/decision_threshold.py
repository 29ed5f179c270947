"""How often a model without skill is said to save costs."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from core.evaluate.blocks import Blocks
from core.evaluate.decision_threshold import cost_curve, saving
from tests.simulations.row import Row, percent
from tests.simulations.worlds import overlapping, persistent

SIZES = [(sessions, companies) for sessions in (30, 60, 240) for companies in (1, 10)]
REPETITIONS = 200


def said_to_save(
    sessions: int,
    companies: int,
    horizon: int = 1,
    miss: float = 1.0,
    skill: float = 0.0,
    repetitions: int = REPETITIONS,
    seed: int = 0,
) -> float:
    """Return the share of made-up tables of which it is said that the model saves costs, of a false alarm 1.

    World: the log odds predicted are persistent (0.9); wins are `skill` times as much in their favour, outcomes over
    `horizon` sessions overlap and companies share half of each shock. Truth: without skill (0) nothing is saved, which
    may be said in 5% at the most; at 1 the probabilities are right.
    """
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(sessions), companies)
    blocks = Blocks(day, horizon, horizon)
    said = 0
    for repetition in range(repetitions):
        score = persistent(rng, sessions, companies)
        noise = overlapping(rng, sessions, companies, horizon)
        y, p = (skill * 0.6 * score + noise > 0).ravel().astype(float), expit(score).ravel()
        curve = cost_curve(y, p, 1.0, miss)
        said += saving(y, p, blocks, curve, 1.0, miss, repetition).low > 0
    return said / repetitions


ROWS = (
    Row(
        "a model without skill, 30 to 240 sessions, 1 or 10 companies, a miss that costs 1 or 3 false alarms",
        "is said to save costs in at most 5%",
        f"{REPETITIONS} each, seed 0",
        lambda: (
            "at most " + percent(max(said_to_save(*size, miss=miss) for size in SIZES for miss in (1.0, 3.0)))
        ),
    ),
    Row(
        "the same with right probabilities, 60 sessions, 10 companies",
        "is said to save in most",
        f"{REPETITIONS}, seed 0",
        lambda: percent(said_to_save(60, 10, skill=1.0)),
    ),
)
