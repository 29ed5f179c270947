"""How often a model without skill is said to save costs."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from core.evaluate.blocks import Blocks
from core.evaluate.decision_threshold import cost_curve, saving
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
