"""Tables whose outcomes know nothing of the words: is a word confirmed in no more than 5% of them? And one that does?"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.evaluate.clustered import clustered_difference
from tests.simulations.row import Row, percent

SESSIONS, COMPANIES, WORDS = 80, 4, 40
WORLDS = 600


def confirmed(seed: int, kind: str, effect: float = 0.0) -> np.ndarray:
    """Return for each word whether its interval leaves out 0, `(words,)`; the first word carries the effect.

    Events of a session share a shock, words come in sessions of their own (half of a word's events fall in sessions
    that are full of it), and every word is in 4 to 40% of events. The side that the models believe is the one that
    happened, as where they have learned from these outcomes.
    """
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(SESSIONS), COMPANIES)
    share = np.linspace(0.4, 0.04, WORDS)
    wordy = rng.random((SESSIONS, WORDS)) < share / 2
    having = (rng.random((len(cluster), WORDS)) < share / 2) | (
        wordy[cluster] & (rng.random((len(cluster), WORDS)) < 0.9)
    )
    shock = rng.standard_t(4, SESSIONS)[cluster] * 0.6 + rng.standard_t(4, len(cluster))
    y = 0.01 * shock
    if kind == "class":
        y = (shock > 0).astype(float)
    elif kind == "rare class":
        y = (shock > 2.5).astype(float)
    y = y + effect * having[:, 0]
    found = [clustered_difference(y, word, cluster, WORDS) for word in having.T]
    return np.array([one.low > 0 or one.high < 0 for one in found])


def family_rate(kind: str, seeds: Iterable[int]) -> float:
    """Return the share of tables without any effect in which some word is confirmed."""
    return float(np.mean([confirmed(seed, kind).any() for seed in seeds]))


def power(kind: str, effect: float, seeds: Iterable[int]) -> float:
    """Return the share of tables in which the word with the effect, in 40% of events, is confirmed."""
    return float(np.mean([confirmed(seed, kind, effect)[0] for seed in seeds]))


KINDS = ("return", "class", "rare class")

ROWS = (
    Row(
        "40 words that say nothing, in 4 to 40% of 320 events of 80 sessions: returns, two classes, a class of 1 in 20; the "
        "models believe whatever happened",
        "some word is confirmed in at most 5% of tables",
        f"{WORLDS} tables each, seeds 0–{WORLDS - 1}",
        lambda: percent(*(family_rate(kind, range(WORLDS)) for kind in KINDS)),
    ),
    Row(
        "the same returns, and one word in 40% of events that moves them by 0.5 / 1.0 / 1.5 points (their spread is 1.6)",
        "stated: how often that word is confirmed",
        "200 tables each, seeds 0–199",
        lambda: percent(*(power("return", effect, range(200)) for effect in (0.005, 0.01, 0.015))),
    ),
)
