"""Tuned encoders that classify better than the frozen one by a known amount, or not at all: how often is it "go"?"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import Interval, intervals, paired
from core.evaluate.metrics import METRICS
from core.evaluate.verdict import Evidence
from core.tune.judge.judged import Judged
from core.tune.judge.scores import mcnemar
from core.tune.judge.verdict import verdict
from tests.simulations.row import Row, percent

RIGHT = 0.75  # of the frozen encoder
TESTS = 400


def found_better(gain: float, seeds: Iterable[int], sessions: int = 0, apart: float = 0.15) -> float:
    """Return the share of tests with "go" for a tuned encoder whose accuracy is higher by `gain`.

    Both are right in 75% of texts and disagree in about `apart` of them. With `sessions`, whether a text's encoder is
    the better one is shared half by the texts of its session.
    """
    return float(np.mean([_go(gain, seed, sessions, apart) for seed in seeds]))


def _go(gain: float, seed: int, sessions: int, apart: float) -> bool:
    rng = np.random.default_rng([seed, sessions])
    block = np.arange(TESTS) * sessions // TESTS if sessions else np.arange(TESTS)
    luck = rng.normal(size=TESTS)
    if sessions:
        luck = np.sqrt(0.5) * luck + np.sqrt(0.5) * rng.normal(size=sessions)[block]
    from scipy.stats import norm

    change = norm.cdf(luck)  # uniform: below, the old one alone is right, above, the new one
    better, worse = change > 1 - apart / 2 - gain / 2, change < apart / 2 - gain / 2
    both = rng.random(TESTS) < (RIGHT - apart / 2) / (1 - apart)
    old, new = np.where(better, False, worse | both), np.where(worse, False, better | both)
    y = np.zeros(TESTS, int)
    p, q = (np.eye(2)[np.where(right, 0, 1)] for right in (old, new))
    blocks = Blocks(block, unit="session" if sessions else "story")
    accuracy = METRICS["accuracy"]
    still = {"cosine_gap": Interval(0.1, 0.05, 0.15), "mean_cosine": Interval(0.5, 0.4, 0.6)}
    judged = Judged(
        "accuracy",
        still | intervals(y, p, blocks, [accuracy], seed),
        still | intervals(y, q, blocks, [accuracy], seed),
        still | {"accuracy": paired(y, q, p, blocks, accuracy, seed)},
        mcnemar(y, p, q),
        TESTS,
        Evidence.of(blocks),
    )
    return verdict(judged).go


ROWS = (
    Row(
        "a tuned encoder that is no better than the frozen one; tests of 400 texts, of their own or in 40 sessions",
        '"go" in at most 5%',
        "1,000 tests each, seeds 0–999",
        lambda: percent(found_better(0, range(1000)), found_better(0, range(1000), sessions=40)),
    ),
    Row(
        "a tuned encoder that classifies 8 of 100 more texts rightly",
        '"go" in at least 90%',
        "500 tests, seeds 0–499",
        lambda: percent(found_better(0.08, range(500))),
    ),
)
