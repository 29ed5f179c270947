"""Is a candidate called better that is not? Boards of equal candidates that say nearly the same, overlapping outcomes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.compare.pairwise import BETTER, growth, pair_of
from core.compare.ranks import ranks
from core.compare.together import CHANCE, Together, together_of
from core.evaluate.blocks import Blocks
from core.evaluate.metrics import METRICS
from core.evaluate.scoring import Scored
from tests.simulations.row import Row, percent

COMPANIES, CANDIDATES, PERSISTENCE = 2, 8, 0.9
RESAMPLES = 300


@dataclass(frozen=True)
class Board:
    """Shares of boards in which any pair is told apart at the end, or at any time while it grew run by run; and in which
    the first candidate is called better than the second, and is the best of all in its range of ranks.
    """

    any_told: float
    ever_told: float
    found: float
    first_held: float


def boards(
    horizon: int,
    sessions: int = 120,
    repetitions: int = 200,
    seed: int = 0,
    skill: float = 0.0,
    lead: float = 0.0,
    own: float = 0.6,
    persistence: float = PERSISTENCE,
) -> Board:
    """Return what is said of boards of eight candidates, each of a run of its own.

    The world: returns of two companies over `horizon` sessions, which overlap and share half of their variance within
    a session. Each candidate is one signal that all share, noise of its own (`own` times as large), both with an
    autocorrelation of `persistence`, and `skill` times the return; the first has `lead` times the return on top. Without
    a lead no candidate is better than another, and without skill none is better than chance either, so whatever is told
    apart is told falsely.
    """
    rng = np.random.default_rng(seed)
    told = ever = found = held = 0
    for repetition in range(repetitions):
        scored = _world(rng, sessions, horizon, skill, lead, own, persistence)
        made = together_of(scored, METRICS["rank_ic"], repetition, resamples=RESAMPLES)
        named = [key for key in made.keys if key != CHANCE]
        also = [] if skill or lead else [CHANCE]
        says = _told_while_growing(made, named, also)
        told, ever = told + says[-1], ever + any(says)
        found += pair_of(made, named[0], named[1], made.comparisons * growth(len(named))).verdict == BETTER
        held += ranks(made, named)[named[0]].low == 1
    return Board(told / repetitions, ever / repetitions, found / repetitions, held / repetitions)


def grown(runs: int, of_each: int, repetitions: int = 40_000, seed: int = 0) -> float:
    """Return the share of boards on which any pair is ever told apart, where scores are independent normal numbers.

    The board grows by one run of `of_each` candidates at a time; critical values are those of the range of as many
    normal numbers at 5% over `growth`, from one half of the repetitions, and are tried on the other.
    """
    e = np.random.default_rng(seed).normal(size=(repetitions, runs * of_each)).astype(np.float32)
    spread = np.maximum.accumulate(e, axis=1) - np.minimum.accumulate(e, axis=1)
    last = [(run, run * of_each - 1) for run in range(1, runs + 1) if run * of_each > 1]
    half = repetitions // 2
    critical = [np.quantile(spread[:half, at], 1 - 0.05 / growth(run)) for run, at in last]
    return float((spread[half:, [at for _, at in last]] > critical).any(axis=1).mean())


def _of(made: Together, keys: list[str]) -> Together:
    columns = [made.keys.index(key) for key in keys]
    return replace(made, keys=tuple(keys), values=made.values[columns], drawn=made.drawn[:, columns])


def _told_while_growing(made: Together, named: list[str], also: list[str]) -> list[bool]:
    """Say for boards of the first one, two ... candidates, and of all, whether any pair is told apart.

    A pair is where its p-value, that of one comparison times as many as the board makes, is below 5%.
    """
    said, clearest = [], 1.0
    for size, newest in enumerate(named, 1):
        pairs = [pair_of(made, newest, other, 1.0) for other in (*named[: size - 1], *also)]
        clearest = min([clearest, *(pair.p_value for pair in pairs)])
        counted = _of(made, [*named[:size], *also]).comparisons * growth(size)
        said.append(clearest * counted < 0.05)
    return said


def _world(
    rng: np.random.Generator,
    sessions: int,
    horizon: int,
    skill: float,
    lead: float,
    own: float,
    persistence: float,
) -> Scored:
    days = sessions + horizon - 1
    shocks = (rng.normal(size=(days, 1)) + rng.normal(size=(days, COMPANIES))) / np.sqrt(2)
    returns = sum(shocks[k : k + sessions] for k in range(horizon)) / np.sqrt(horizon)
    shared = _persistent(rng, sessions, persistence)
    predictions = {}
    for number in range(CANDIDATES):
        knows = skill + (lead if number == 0 else 0.0)
        said = shared + own * _persistent(rng, sessions, persistence) + knows * returns
        predictions[str(number)] = said.ravel()
    ids = np.repeat(np.arange(sessions), COMPANIES)
    y = np.asarray(returns).ravel()
    return Scored(y, predictions, Blocks(ids, horizon, horizon), ids, np.zeros(len(y), int))


def _persistent(rng: np.random.Generator, sessions: int, persistence: float) -> np.ndarray:
    made = rng.normal(size=(sessions, COMPANIES))
    for k in range(1, sessions):
        made[k] = persistence * made[k - 1] + np.sqrt(1 - persistence**2) * made[k]
    return made


def _equal() -> str:
    found = [
        boards(1),
        boards(5, 200),
        boards(20, 240),
        boards(1, persistence=0.0, own=0.3),
        boards(1, skill=0.2),
    ]
    return (
        f"{percent(*(made.any_told for made in found))}; ever: {percent(*(made.ever_told for made in found))}"
    )


def _led() -> str:
    return percent(*(boards(1, seed=1, lead=lead, repetitions=100).found for lead in (0.2, 0.4)))


def _grown() -> str:
    return percent(grown(24, 1), grown(24, 5), grown(100, 3))


ROWS = (
    Row(
        "boards of eight equal candidates that say nearly the same, two companies with a common shock, horizon 1 (120 "
        "sessions) / 5 (200) / 20 (240); horizon 1 with fast, nearly equal predictions; with equal skill",
        "any pair of candidates (or one and chance) is told apart in at most 5%, also at any time while the board grew run "
        "by run",
        "200 boards each, seed 0",
        _equal,
    ),
    Row(
        "the same, horizon 1, where the first candidate also says 0.2 / 0.4 of the return",
        "stated: how often it is called better than the second",
        "100 boards each, seed 1",
        _led,
    ),
    Row(
        "boards of independent scores that grow run by run to 24 runs of one / 24 of five / 100 of three candidates",
        "any pair is ever told apart in at most 5%",
        "20,000 boards each, seed 0",
        _grown,
    ),
)
