"""The splits of the leakage staircase: the same test rows, learned from under stricter and stricter rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.errors import UserError
from core.evaluate.leakage import GROUPS, ORDERED, PURGE, RANDOM
from core.locale import N_
from core.train.splits.holdouts import RandomFolds
from core.train.splits.outcome import require_learnable_folds
from core.train.splits.partition import Split, apart
from core.train.splits.plan import SplitPlan
from core.train.splits.split import folds, rows_to_split

FOLDS = 5


def leakage_splits(plan: SplitPlan) -> dict[str, list[Split]]:
    """Return the folds of each step of the staircase, each step's tests being the same rows.

    The final holdout takes no part: the rows tested are those of the plan's walk-forward folds before it (as
    many folds as can be up to 5 where it has none). "random" learns from random folds of the same rows, also
    from those after a test; "ordered" from all sessions before it; the others leave out what they name.

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
    possible = int(session.iloc[rows].nunique()) - 1 - settings.horizon - settings.embargo
    count = settings.folds or max(1, min(FOLDS, possible))
    strict = list(plan.walk) or folds(dataset, replace(settings, folds=count), rows)
    tested = tested_rows({PURGE: strict})
    ordered = [Split(split.development, split.test) for split in strict]
    X = rows_to_split(dataset)
    made = {
        RANDOM: [
            Split(rows[split.train], np.intersect1d(rows[split.test], tested))
            for split in RandomFolds(max(2, count), settings.seed).parts(X.iloc[rows])
        ],
        ORDERED: ordered,
        GROUPS: [Split(apart(X, split.train, split.test)[0], split.test) for split in ordered],
        PURGE: strict,
    }
    for splits in made.values():
        require_learnable_folds(plan.outcome, splits, plan.classes)
    return made


def tested_rows(splits: dict[str, list[Split]]) -> np.ndarray:
    """Return the positions of the rows that the staircase tests, ascending."""
    return np.sort(np.concatenate([split.test for split in splits[PURGE]]))
