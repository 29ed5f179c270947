"""Groups of headlines (topics, words) that say nothing: how often is any of them said to be followed by something?"""

from __future__ import annotations

import numpy as np

from core.evaluate.blocks import Blocks
from core.evaluate.clustered import clustered_difference, clustered_mean
from tests.simulations.row import Row, percent
from tests.simulations.worlds import overlapping

COMPANIES = 10


def told(
    sessions: int, horizon: int, groups: int, seed: int, effect: float = 0.0, slow: bool = False
) -> bool:
    """Return whether any of the groups is said to differ in one table; the first one moves its outcomes by `effect`.

    A quarter of all rows is in the first group, others are rarer, the last in about 1 of 100 rows; where `slow`, each
    is in the news for ten sessions at a time.
    """
    rng = np.random.default_rng(seed)
    outcomes = overlapping(rng, sessions, COMPANIES, horizon)
    shares = np.geomspace(0.25, 0.01, groups)
    spells = np.repeat(rng.random((groups, sessions // 10 + 1)) < 0.5, 10, axis=1)[:, :sessions]
    likely = shares[:, None, None] * np.where(spells, 2.0, 0.0)[:, :, None] if slow else shares[:, None, None]
    inside = rng.random((groups, sessions, COMPANIES)) < likely
    values = (outcomes + effect * inside[0]).ravel()
    ids = np.repeat(np.arange(sessions), COMPANIES)
    blocks = Blocks.of_numbers(ids, True, values, horizon)
    cluster = blocks.ids // blocks.length
    found = [
        clustered_difference(values, group.ravel(), cluster, groups, blocks.widening)
        for group in (inside[:1] if effect else inside)
    ]
    return any(one.low > 0 or one.high < 0 for one in found)


def missed(sessions: int, horizon: int, groups: int, seed: int) -> bool:
    """Return whether the interval of the mean of any group leaves out the truth, 0, in one table of `told`'s world."""
    rng = np.random.default_rng(seed)
    values = overlapping(rng, sessions, COMPANIES, horizon).ravel()
    inside = rng.random((groups, len(values))) < np.geomspace(0.25, 0.01, groups)[:, None]
    blocks = Blocks.of_numbers(np.repeat(np.arange(sessions), COMPANIES), True, values, horizon)
    cluster, spread = blocks.ids // blocks.length, float(values.std(ddof=1))
    means = [
        clustered_mean(values[group], cluster[group], groups, blocks.widening, spread) for group in inside
    ]
    return any(one.low > 0 or one.high < 0 for one in means)


def share(tables: int, sessions: int, horizon: int, **how: float) -> float:
    """Return the share of tables in which a group is said to differ."""
    return float(np.mean([told(sessions, horizon, 20, seed, **how) for seed in range(tables)]))


ROWS = (
    Row(
        "20 topics or words that say nothing, ten companies with a common shock, 120 sessions, horizon 1 / 5 / 20",
        "any is said to be followed by something in at most 5%, two standard errors of the count aside",
        "500 tables each, seeds 0–499",
        lambda: percent(*(share(500, 120, horizon) for horizon in (1, 5, 20))),
    ),
    Row(
        "the same, each topic in the news for ten sessions at a time, horizon 1 / 5 / 20",
        "the same",
        "500 tables each, seeds 0–499",
        lambda: percent(*(share(500, 120, horizon, slow=True) for horizon in (1, 5, 20))),
    ),
    Row(
        "the mean outcome of each of 20 topics of the same tables, horizon 1 / 5 / 20",
        "the intervals of all 20 hold their truth but in at most 5%, two standard errors of the count aside",
        "500 tables each, seeds 0–499",
        lambda: percent(
            *(
                float(np.mean([missed(120, horizon, 20, seed) for seed in range(500)]))
                for horizon in (1, 5, 20)
            )
        ),
    ),
    Row(
        "one topic of 20 in a quarter of the rows moves its outcomes by 0.3 standard deviations, horizon 1 / 5",
        "it is found in at least 80% / more often than not",
        "200 tables each, seeds 0–199",
        lambda: percent(*(share(200, 240, horizon, effect=0.3) for horizon in (1, 5))),
    ),
)
