"""Which rows of a dataset teach and which test, as a run's settings say; the rules are in `splitters`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.locale import N_, P_
from core.train.settings import TrainSettings
from core.train.splits import partition
from core.train.splits.partition import NONE, Split, Splitter, require_two_sessions
from core.train.splits.splitters import (
    CompanyHoldout,
    GroupHoldout,
    RandomHoldout,
    SessionHoldout,
    WalkForward,
)

__all__ = [
    "Split",
    "caution",
    "folds",
    "groups",
    "holdout",
    "inner_validation",
    "make_split",
    "require_learnable",
    "require_learnable_folds",
    "require_outcomes",
    "require_sessions",
    "rows_to_split",
    "timeline",
]

FEWEST_ROWS = 20
_SESSIONS = P_("{n:,} session", "{n:,} sessions")
INNER_SHARE = 0.2

_PARTS = ("train", "test", "purged", "embargoed", "grouped", "left_out")
_HOLDOUTS: dict[str, Callable[[TrainSettings, float], Splitter]] = {
    "time": lambda s, share: SessionHoldout(share, s.horizon, s.embargo),
    "group": lambda s, share: GroupHoldout(share, s.horizon, s.embargo, s.seed),
    "company": lambda s, share: CompanyHoldout(share, s.horizon, s.embargo, s.seed),
    "random": lambda s, share: RandomHoldout(share, s.seed),
}
_CAUTIONS = {
    "group": N_(
        "The rows were split by group, so the models learn from sessions after those of the test too: "
        "split by time for a score that could have been had on the day."
    ),
    "company": N_(
        "Whole companies were held out, but other companies' headlines of the same sessions were learned "
        "from: the score is one for a new company, not for a new day."
    ),
    "random": N_(
        "The rows were split at random: headlines of one session share an outcome and stand on both sides, "
        "so these scores are too good. Split by time for an honest one."
    ),
}


def holdout(settings: TrainSettings, share: float | None = None) -> Splitter:
    """Return the splitter that holds out the final test, or another share of the rows in the same way."""
    return _HOLDOUTS[settings.split](settings, settings.test_share if share is None else share)


def caution(settings: TrainSettings) -> Message | None:
    """Say what a split other than the one by time inflates; None for the split by time."""
    template = _CAUTIONS.get(settings.split)
    return None if template is None else Message(template)


def rows_to_split(dataset: Dataset, rows: np.ndarray | None = None) -> pd.DataFrame:
    """Return the frame that splitters work on: `session`, `story` and `company` of these (or all) rows."""
    frame = dataset.frame[["session", "story", "company"]]
    return (frame if rows is None else frame.iloc[rows]).reset_index(drop=True)


def make_split(dataset: Dataset, settings: TrainSettings, known: np.ndarray) -> Split:
    """Split the rows whose outcome is known (`known`, `(rows,)` bool) into training and test.

    Raises `UserError` where there is too little to split.
    """
    usable = known
    if settings.split == "time":
        _require_dates(dataset)
        usable = known & dataset.frame["session"].notna().to_numpy()
    rows = np.flatnonzero(usable)
    if len(rows) < FEWEST_ROWS:
        raise UserError(
            P_(
                "Only {n} row has a known outcome (and date); training needs at least {needed}.",
                "Only {n} rows have a known outcome (and date); training needs at least {needed}.",
            ),
            n=len(rows),
            needed=FEWEST_ROWS,
        )
    split = _splits(dataset, rows, holdout(settings))[0]
    _require_parts(split, settings)
    return replace(split, left_out=np.sort(np.r_[split.left_out, np.flatnonzero(~usable)]))


def folds(dataset: Dataset, settings: TrainSettings, rows: np.ndarray) -> list[Split]:
    """Walk forward over the sessions of these rows, which are those before the final holdout.

    Returns `settings.folds` splits in order of time, none where that is 0; in each, `left_out` are the rows
    that the fold passes over. Raises `UserError` where there are too few sessions or a fold has nothing to
    learn from.
    """
    if settings.folds == 0:
        return []
    _require_dates(dataset)
    rule = WalkForward(settings.folds, settings.window, settings.horizon, settings.embargo)
    made = _splits(dataset, rows, rule)
    for split in made:
        _require_parts(split, settings)
    return made


def inner_validation(
    dataset: Dataset, train: np.ndarray, settings: TrainSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Split training rows once more, for early stopping: positions to fit and to validate, each ascending.

    The validation lies in later sessions wherever the rows have any; else it is drawn as the test was. Where
    too little is left for that, all rows are for fitting and none for validating.
    """
    later = SessionHoldout(INNER_SHARE, settings.horizon, settings.embargo)
    for rule in dict.fromkeys((later, holdout(settings, INNER_SHARE))):
        try:
            inner = _splits(dataset, train, rule)[0]
        except UserError:
            continue
        if min(len(inner.train), len(inner.test)) >= FEWEST_ROWS // 2:
            return inner.train, inner.test
    return train, NONE


def groups(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Return the number of the group of each of `rows`, `(n,)`; see `partition.groups`."""
    return partition.groups(rows_to_split(dataset, rows))


def timeline(dataset: Dataset, splits: Sequence[Split]) -> pd.DataFrame:
    """Return how many rows of each session each split puts where, to be drawn over time.

    Columns: `fold` (from 1 on), `part` (the name of the field of `Split`), `session`, `rows`; rows without a
    session are not shown.
    """
    session = dataset.frame["session"]
    tables = [
        pd.DataFrame({"fold": number, "part": part, "session": session.iloc[getattr(split, part)]})
        for number, split in enumerate(splits, 1)
        for part in _PARTS
    ]
    return pd.concat(tables).groupby(["fold", "part", "session"]).size().rename("rows").reset_index()


def _splits(dataset: Dataset, rows: np.ndarray, rule: Splitter) -> list[Split]:
    """Split the rows at these positions; the parts are positions in the dataset's frame."""
    return [
        replace(split, **{part: rows[getattr(split, part)] for part in _PARTS})
        for split in rule.parts(rows_to_split(dataset, rows))
    ]


def _require_dates(dataset: Dataset) -> None:
    if not dataset.has_sessions:
        raise UserError(N_("The table has no date, so it cannot be split by time: split by group instead."))


def _require_parts(split: Split, settings: TrainSettings) -> None:
    if not len(split.test):
        raise UserError(N_("No row is left to test on: hold out a larger share."))
    if not len(split.train):
        raise UserError(
            N_(
                "No row is left to train on: {purged} lie within the horizon ({horizon}) of the test, "
                "{embargoed} in the embargo ({embargo}) and {grouped} repeat a headline of the test. "
                "Bring a longer period or hold out less."
            ),
            purged=len(split.purged),
            embargoed=len(split.embargoed),
            grouped=len(split.grouped),
            horizon=Message(_SESSIONS, {"n": settings.horizon}),
            embargo=Message(_SESSIONS, {"n": settings.embargo}),
        )


def require_sessions(dataset: Dataset, rows: np.ndarray) -> None:
    """Raise `UserError` unless the rows at these positions lie in two sessions or more."""
    require_two_sessions(int(dataset.frame["session"].iloc[rows].nunique()))


def require_outcomes(outcome: np.ndarray, classes: tuple[str, ...]) -> None:
    """Raise `UserError` unless the outcome `(rows,)` varies; NaN is unknown, a return has no classes."""
    known = outcome[~np.isnan(outcome)]
    if not classes and len(known) and np.ptp(known) == 0:
        raise UserError(
            N_("The target is {value} in every row; there is nothing to predict."), value=known[0]
        )
    counts = {name: int((known == code).sum()) for code, name in enumerate(classes)}
    present = [name for name, count in counts.items() if count]
    if classes and len(present) < 2:
        raise UserError(
            N_("The target holds one class only ({label}); at least two are needed to tell them apart."),
            label=present[0] if present else "-",
        )
    for name in present:
        if counts[name] == 1:
            raise UserError(
                N_("The class {label} has a single row; remove it or bring more rows of it."), label=name
            )


def require_learnable(outcome: np.ndarray, train: np.ndarray, classes: tuple[str, ...]) -> None:
    """Raise `UserError` where a class has no row among the training rows."""
    for code, name in enumerate(classes):
        if not (outcome[train] == code).any():
            raise UserError(
                N_(
                    "After the split no training row is of the class {label}: bring a longer period or split "
                    "another way."
                ),
                label=name,
            )


def require_learnable_folds(outcome: np.ndarray, splits: Sequence[Split], classes: tuple[str, ...]) -> None:
    """Raise `UserError` where a class has no row among the training rows of a fold."""
    for number, split in enumerate(splits, 1):
        for code, name in enumerate(classes):
            if not (outcome[split.train] == code).any():
                raise UserError(
                    N_(
                        "In fold {fold} of {folds} no training row is of the class {label}: choose fewer folds "
                        "or bring a longer period."
                    ),
                    fold=number,
                    folds=len(splits),
                    label=name,
                )
