"""How often a table of probabilities is told not to be taken at its word."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from core.evaluate.blocks import Blocks
from core.evaluate.calibration_test import calibration_test
from tests.simulations.row import Row, percent
from tests.simulations.worlds import overlapping, persistent

SIZES = [(sessions, companies) for sessions in (30, 60, 240) for companies in (1, 10)]
REPETITIONS = 1000


def said_wrong(
    sessions: int,
    companies: int,
    horizon: int = 1,
    sharpened: float = 1.0,
    common: float = 0.5,
    middle: float = 0.0,
    repetitions: int = REPETITIONS,
    seed: int = 0,
) -> float:
    """Return the share of made-up tables of which it is said that their probabilities are wrong.

    World: the log odds of a win are persistent over sessions (0.9) and shared in half by companies, around `middle`;
    wins come about with just that probability, companies share `common` of the shock, outcomes over `horizon` sessions
    overlap. Truth: the probabilities are right where `sharpened` is 1, where at most 5% may be said wrong; the log
    odds times 2 are overconfident, which is to be found in most tables of 60 sessions and ten companies.
    """
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(sessions), companies)
    said = 0
    for _ in range(repetitions):
        true = expit(middle + persistent(rng, sessions, companies))
        won = overlapping(rng, sessions, companies, horizon, common) < norm.ppf(true)
        stated = expit(sharpened * logit(true))
        said += calibration_test(
            won.ravel().astype(float), stated.ravel(), Blocks(day, horizon, horizon)
        ).wrong
    return said / repetitions


ROWS = (
    Row(
        "right probabilities, 30 to 240 sessions, 1 or 10 companies, horizon 1 / 5",
        '"do not take them at their word" in at most 5%, two standard errors of the count aside',
        f"{REPETITIONS:,} each, seed 0",
        lambda: (
            "at most " + percent(*(max(said_wrong(*size, horizon) for size in SIZES) for horizon in (1, 5)))
        ),
    ),
    Row(
        "overconfident ones (log odds times 2), 60 sessions × 10, horizon 1; 240 × 10, horizon 5",
        "found in at least 90%",
        f"{REPETITIONS:,} each, seed 0",
        lambda: percent(said_wrong(60, 10, sharpened=2), said_wrong(240, 10, 5, sharpened=2)),
    ),
)
