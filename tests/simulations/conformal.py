"""How often intervals around predicted returns hold the return."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.evaluate.blocks import Blocks
from core.evaluate.conformal import Conformal, adaptive_half_widths, known_before
from core.evaluate.coverage import fell_short
from tests.simulations.row import Row, percent, span
from tests.simulations.worlds import overlapping, persistent

REPETITIONS = 300
TESTED = 60
WORLDS = [
    (level, horizon, learned, companies)
    for level in (0.8, 0.9)
    for horizon, learned in ((1, 30), (1, 60), (5, 60), (5, 120))
    for companies in (1, 10)
]


class Kept(NamedTuple):
    """The mean share of returns inside intervals of one width, and inside adapting ones; how often both fell short."""

    fixed: float
    adaptive: float
    fallen: float


def kept(
    level: float,
    horizon: int,
    learned: int,
    companies: int,
    repetitions: int = REPETITIONS,
    seed: int = 0,
    restless: float = 1.0,
) -> Kept:
    """Return how often intervals of this level really held the return, over made-up tables.

    World: `learned` sessions of a walk-forward and 60 of a holdout; predictions are persistent (0.9), errors over
    `horizon` sessions overlap, companies share half of each shock; in the holdout errors are `restless` times as wide.
    Errors are learned from sessions whose outcome is known before the holdout. Truth: a market that stays as it is
    (1) is held as often as promised, within three points on average; it has "moved on" in 5% of tables at the most.
    """
    rng = np.random.default_rng(seed)
    count = learned + TESTED
    day = np.repeat(np.arange(count), companies)
    held, known = day >= learned, known_before(day, learned, horizon)
    blocks = Blocks(day, horizon, horizon)
    fixed, adaptive, fallen = [], [], []
    for repetition in range(repetitions):
        p = 0.3 * persistent(rng, count, companies).ravel()
        error = overlapping(rng, count, companies, horizon).ravel() * np.where(held, restless, 1.0)
        y = p + error
        fitted = Conformal.fit(y[known], p[known], day[known])
        half = fitted.half_width(level)
        halves = adaptive_half_widths(fitted, y[held], p[held], day[held] - learned, level, horizon)
        inside = np.abs(error) <= half
        fixed.append(inside[held].mean())
        adaptive.append((np.abs(error[held]) <= halves).mean())
        fallen.append(fell_short(inside, known, held, blocks, level, repetition))
    return Kept(float(np.mean(fixed)), float(np.mean(adaptive)), float(np.mean(fallen)))


def _held() -> str:
    found = {world: kept(*world) for world in WORLDS}
    return "; ".join(
        f"{level:.0%}: "
        + span(100 * share for world, made in found.items() if world[0] == level for share in made[:2])
        + " %"
        for level in (0.8, 0.9)
    )


ROWS = (
    Row(
        "intervals around returns, horizon 1 or 5, 30 to 120 sessions learned from, 1 or 10 companies",
        "the share held is the one promised, within 3 points",
        f"{REPETITIONS} each, seed 0",
        _held,
    ),
    Row(
        "a market that stays as it is; 1 / 10 companies",
        '"the market has moved on" in at most 5%',
        f"{REPETITIONS} each, seed 0",
        lambda: percent(*(kept(0.9, 1, 60, companies).fallen for companies in (1, 10))),
    ),
)
