"""The splits of the leakage staircase: the same test rows, learned from under stricter and stricter rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.errors import UserError
from core.evaluate.leakage import GROUPS, KEPT, ORDERED, PURGE, RANDOM
from core.locale import N_
from core.train.splits.outcome import require_learnable, require_learnable_folds
from core.train.splits.partition import apart, numbered, share_of
from core.train.splits.plan import SplitPlan
from core.train.splits.split import folds, rows_to_split

FOLDS = 5
FEWEST_SESSIONS = 3  # to learn from in a fold: so that draws of a part of them differ
FITS, FEWEST_REPEATS, REPEATS = 50, 6, 10
TRIES = 20


@dataclass(frozen=True, eq=False)
class Tested:
    """A walk-forward fold of the staircase: its test, and the rows that each step may learn from.

    Positions in the dataset's frame, ascending. "random" may learn from all rows but those that it is tested
    on at the moment, also from the test's own sessions and from later ones.
    """

    test: np.ndarray
    allowed: dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Fit:
    """A model to fit for one step of the staircase, and what it is to predict.

    `repeat` and `fold` count from 0; `tests` are one half of the fold's test at random or both halves, by
    number.
    """

    step: str
    repeat: int
    fold: int
    train: np.ndarray
    tests: dict[int, np.ndarray]


def leakage_folds(plan: SplitPlan) -> list[Tested]:
    """Return the folds of the staircase.

    The final holdout takes no part: the rows tested are those of the plan's walk-forward folds before it (as
    many folds as can be up to 5 where it has none). "random" learns from rows of all sessions, "ordered" from
    all sessions before the test; the others leave out what they name.

    Raises `UserError` where there are too few sessions or a fold lacks a class.
    """
    dataset, settings = plan.dataset, plan.settings
    if not dataset.has_sessions:
        raise UserError(
            N_(
                "The table has no date, so the staircase cannot be drawn: it compares rows at random with rows "
                "in the order of time."
            )
        )
    session = dataset.frame["session"]
    rows = plan.holdout.development
    rows = rows[session.notna().to_numpy()[rows]]
    learnable = (int(session.iloc[rows].nunique()) - settings.horizon - settings.embargo) // FEWEST_SESSIONS
    count = settings.folds or max(1, min(FOLDS, learnable - 1))
    strict = list(plan.walk) or folds(dataset, replace(settings, folds=count), rows)
    require_learnable_folds(plan.outcome, strict, plan.classes)
    X = rows_to_split(dataset)
    return [
        Tested(
            split.test,
            {
                RANDOM: rows,
                ORDERED: split.development,
                GROUPS: apart(X, split.development, split.test)[0],
                PURGE: split.train,
            },
        )
        for split in strict
    ]


def tested_rows(tested: Sequence[Tested]) -> np.ndarray:
    """Return the positions of the rows that the staircase tests, ascending."""
    return np.sort(np.concatenate([fold.test for fold in tested]))


def repeats_of(tested: Sequence[Tested]) -> int:
    """Return how often each fold is fitted anew: ten times, six at the least where there are many folds."""
    return int(np.clip(FITS // len(tested), FEWEST_REPEATS, REPEATS))


def draw_fits(plan: SplitPlan, tested: Sequence[Tested]) -> Iterator[Fit]:
    """Yield every fit of the staircase: in a fold and a repeat, each step learns from as many rows.

    A repeat draws half of the sessions that the strictest step may learn from, the same ones for all
    folds. Another step takes in what it may learn from besides, and gives up as many rows for it, by whole
    sessions. "random" takes in half of the tested rows, drawn at random, to be tested on the other half: what a
    random split of a table of that size does; what "ordered" takes in, it does too. All steps are scored on the halves.

    Raises `UserError` where a class is missing from a training in 20 draws.
    """
    number = numbered(rows_to_split(plan.dataset))[0]
    rng = np.random.default_rng(plan.settings.seed)
    for repeat in range(repeats_of(tested)):
        halves = [np.array_split(rng.permutation(fold.test), 2) for fold in tested]
        for left in reversed(range(TRIES)):
            order = np.lexsort((rng.random(len(number)), rng.permutation(number.max() + 1)[number]))
            rank = np.argsort(order)
            fits = [
                fit
                for k, fold in enumerate(tested)
                for fit in _fits(fold, [np.sort(half) for half in halves[k]], number, rank, repeat, k)
            ]
            try:
                for fit in fits:
                    require_learnable(plan.outcome, fit.train, plan.classes)
                break
            except UserError:
                if not left:
                    raise
        yield from fits


def _fits(
    fold: Tested, halves: Sequence[np.ndarray], number: np.ndarray, rank: np.ndarray, repeat: int, k: int
) -> Iterator[Fit]:
    """Yield the fits of one fold in one repeat; sessions are taken in the order of `rank (rows,)`."""
    strict = fold.allowed[PURGE]
    inside = strict[np.argsort(rank[strict])]
    sessions = list(dict.fromkeys(number[inside]))
    kept = sessions[: share_of(KEPT, len(sessions))]
    size = int(np.isin(number[strict], kept).sum())
    outside = np.setdiff1d(fold.allowed[RANDOM], fold.test)
    both = {half: rows for half, rows in enumerate(halves) if len(rows)}
    besides = {step: np.setdiff1d(fold.allowed[step], strict) for step in (ORDERED, GROUPS, PURGE)}
    for half, rows in both.items():
        known = np.union1d(np.setdiff1d(fold.test, rows), besides[ORDERED])
        yield Fit(RANDOM, repeat, k, _as_many(known, outside, size, rank), {half: rows})
    for step, known in besides.items():
        yield Fit(step, repeat, k, _as_many(known, strict, size, rank), both)


def _as_many(known: np.ndarray, others: np.ndarray, size: int, rank: np.ndarray) -> np.ndarray:
    """Return `size` rows, ascending: the known first, then others, each by whole sessions in order of rank."""
    others = np.setdiff1d(others, known)
    return np.sort(np.concatenate([rows[np.argsort(rank[rows])] for rows in (known, others)])[:size])
