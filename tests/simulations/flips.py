"""Flip tests of models that learned nothing, or something, from headlines: are they said to read the words?"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.evaluate.blocks import Blocks
from core.evaluate.predictions import MEAN
from core.predict.finance_words.dealing import dealt_rows
from core.predict.finance_words.flip_score import (
    COIN,
    FEW,
    READS,
    WRONG,
    FlipTest,
    Share,
    right_way,
    share_of,
)
from tests.simulations.row import Row, percent
from tests.simulations.worlds import persistent

DIM, WORDS, EACH, TRAIN, TEST = 32, 12, 20, 60, 20
REFITS = 12
TABLES = 200


def flipped(seed: int, effect: float = 0.0, axis: float = 1.0, horizon: int = 1) -> Share:
    """Return the score of a ridge regression in one made-up table of a company with `EACH` headlines a session.

    A headline's vector is its session's topic, which drifts (autocorrelation 0.9), noise of its own, a word, and
    `axis` times one direction along which all good words differ from all bad ones. Sessions have moods. The outcome,
    over `horizon` sessions, is noise, and `effect` times the mean sense of the session's headlines.
    """
    rng = np.random.default_rng(seed)
    sessions = TRAIN + TEST
    session = np.repeat(np.arange(sessions), EACH)
    mood = persistent(rng, sessions, 1, 0.5).ravel()
    sense = np.where(rng.random(len(session)) < 0.5 + 0.3 * np.tanh(mood[session]), 1.0, -1.0)
    topic = np.stack([persistent(rng, sessions, 1).ravel() for _ in range(DIM)], axis=1)
    word = rng.integers(0, WORDS, len(session))
    places = rng.normal(size=(2, WORDS, DIM))
    direction = np.zeros(DIM)
    direction[0] = axis
    bare = topic[session] + rng.normal(size=(len(session), DIM))

    def vectors(senses: np.ndarray) -> np.ndarray:
        return bare + places[(senses > 0).astype(int), word] + senses[:, None] * direction

    shocks = np.convolve(rng.normal(size=sessions + horizon - 1), np.ones(horizon), "valid")
    outcome = (shocks / np.sqrt(horizon) + effect * np.bincount(session, sense, minlength=sessions) / EACH)[
        session
    ]
    numbers = 0.5 * outcome[:, None] + rng.normal(size=(sessions, 2))[session]
    train = np.flatnonzero(session < TRAIN - horizon + 1)
    test = np.flatnonzero(session >= TRAIN)
    X, other = vectors(sense), vectors(-sense)
    blocks = Blocks.of_numbers(session[train], True, outcome[train], horizon)

    def moves(donor: np.ndarray) -> np.ndarray:
        weight = _ridge(np.c_[X[train], numbers[donor]], outcome[donor])[:DIM]
        return np.asarray((other[test] - X[test]) @ weight * -sense[test])

    own = moves(train)
    dealt = [
        moves(train[dealt_rows(session[train], session[train], rng, blocks.length)]) for _ in range(REFITS)
    ]
    right = right_way(own)
    found = Blocks.of_numbers(session[test] - TRAIN, True, right)
    return _test(own, -sense[test], found.ids // found.length, np.array(dealt)).share()


def _ridge(X: np.ndarray, y: np.ndarray, penalty: float = 50.0) -> np.ndarray:
    X = X - X.mean(axis=0)
    return np.asarray(np.linalg.solve(X.T @ X + penalty * np.eye(X.shape[1]), X.T @ (y - y.mean())))


def _test(moves: np.ndarray, turn: np.ndarray, cluster: np.ndarray, dealt: np.ndarray) -> FlipTest:
    n = len(moves)
    nothing = np.zeros(0, int)
    before = {MEAN: np.zeros(n)}
    after = {MEAN: moves * turn}
    texts = np.array([""] * n)
    return FlipTest(
        np.arange(n), texts, turn, cluster, before, after, {MEAN: dealt}, (), nothing, nothing, False, False
    )


def said(seeds: Iterable[int], **how: float) -> dict[str, float]:
    """Return the share of tables with each verdict, and with an interval that alone leaves out one half."""
    found = [flipped(seed, **how) for seed in seeds]  # type: ignore[arg-type]
    shares = {
        kind: float(np.mean([one.verdict == kind for one in found])) for kind in (READS, COIN, WRONG, FEW)
    }
    alone = float(np.mean([not one.right.low <= 0.5 <= one.right.high for one in found]))
    return shares | {"alone": alone}


def held(seeds: Iterable[int], clusters: int, together: float, truth: float = 0.5) -> float:
    """Return how often the interval holds the true share of one fixed model whose moves hang together by session.

    In a session the chance to move the right way is drawn from a Beta distribution with this mean and the correlation
    `together` between headlines; sessions have 1 to 20 of them.
    """
    inside = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        size = 1 / together - 1
        chance = rng.beta(truth * size, (1 - truth) * size, clusters)
        cluster = np.repeat(np.arange(clusters), rng.integers(1, 21, clusters))
        found = share_of((rng.random(len(cluster)) < chance[cluster]).astype(float), cluster)
        inside.append(found.low <= truth <= found.high)
    return float(np.mean(inside))


def _claimed(**how: float) -> tuple[float, float]:
    found = said(range(TABLES), **how)
    return found[READS] + found[WRONG], found["alone"]


def _nothing() -> str:
    found = [
        _claimed(axis=axis, horizon=horizon) for axis, horizon in ((0.0, 1), (1.0, 1), (3.0, 1), (1.0, 5))
    ]
    claimed, alone = zip(*found, strict=True)
    return f"{percent(*claimed)} (by the interval over headlines alone {percent(*alone)})"


ROWS = (
    Row(
        "models that learned from headlines which say nothing; opposite words differ along no, a weak or a strong common "
        "direction; the weak one with horizon 5",
        "they are said to read the words, or to read them the wrong way, in at most 5%, two standard errors of the count aside",
        f"{TABLES} tables each, seeds 0–{TABLES - 1}",
        _nothing,
    ),
    Row(
        "good and bad words move the outcome (3 standard deviations for a session of good words alone) along a strong common "
        "direction",
        "the models are found to read the words in at least 80%",
        f"{TABLES} tables, seeds 0–{TABLES - 1}",
        lambda: percent(said(range(TABLES), effect=3.0, axis=3.0)[READS]),
    ),
    Row(
        "a fixed model that moves the right way in 50% (16 / 60 sessions), 70% (16) or 90% (30) of headlines, those of a "
        "session together (correlation 0.3, 0.3, 0.3, 0.1)",
        "the interval of the share holds the truth in at least 93%, two standard errors of the count aside",
        "1000 tables each, seeds 0–999",
        lambda: percent(
            *(
                held(range(1000), clusters, together, truth)
                for clusters, together, truth in (
                    (16, 0.3, 0.5),
                    (60, 0.3, 0.5),
                    (16, 0.3, 0.7),
                    (30, 0.1, 0.9),
                )
            )
        ),
    ),
)
