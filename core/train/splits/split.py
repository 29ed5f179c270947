"""Which rows of a dataset teach and which test, as a run's settings say; the rules are in `splitters`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.locale import N_, P_
from core.train.splits.partition import NONE, PARTS, Split, Splitter
from core.train.splits.registry import SPLITS
from core.train.splits.splitters import SessionHoldout, WalkForward

if TYPE_CHECKING:
    from core.train.settings import TrainSettings

FEWEST_ROWS = 20
_SESSIONS = P_("{n:,} session", "{n:,} sessions")
INNER_SHARE = 0.2


def holdout(settings: TrainSettings, share: float | None = None) -> Splitter:
    """Return the splitter that holds out the final test, or another share of the rows in the same way."""
    chosen = settings.test_share if share is None else share
    return SPLITS[settings.split].make(chosen, settings.horizon, settings.embargo, settings.seed)


def rows_to_split(dataset: Dataset, rows: np.ndarray | None = None) -> pd.DataFrame:
    """Return the frame that splitters work on: `session`, `story` and `company` of these (or all) rows."""
    frame = dataset.frame[["session", "story", "company"]]
    return (frame if rows is None else frame.iloc[rows]).reset_index(drop=True)


def make_split(dataset: Dataset, settings: TrainSettings, known: np.ndarray) -> Split:
    """Split the rows whose outcome is known (`known`, `(rows,)` bool) into training and test.

    Raises `UserError` where there is too little to split.
    """
    usable = known
    if SPLITS[settings.split].ordered:
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

    The validation lies in later sessions, however the test was drawn, so that no session is on both sides; in
    an undated table it is drawn as the test was. Where too little is left for that, all rows are for fitting
    and none for validating.
    """
    rule = holdout(settings, INNER_SHARE)
    if dataset.has_sessions:
        rule = SessionHoldout(INNER_SHARE, settings.horizon, settings.embargo)
    try:
        inner = _splits(dataset, train, rule)[0]
    except UserError:
        return train, NONE
    if min(len(inner.train), len(inner.test)) >= FEWEST_ROWS // 2:
        return inner.train, inner.test
    return train, NONE


def timeline(dataset: Dataset, splits: Sequence[Split]) -> pd.DataFrame:
    """Return how many rows of each session each split puts where, to be drawn over time.

    Columns: `fold` (from 1 on), `part` (the name of the field of `Split`), `session`, `rows`; rows without a
    session are not shown.
    """
    session = dataset.frame["session"]
    tables = [
        pd.DataFrame({"fold": number, "part": part, "session": session.iloc[getattr(split, part)]})
        for number, split in enumerate(splits, 1)
        for part in PARTS
    ]
    return pd.concat(tables).groupby(["fold", "part", "session"]).size().rename("rows").reset_index()


def _splits(dataset: Dataset, rows: np.ndarray, rule: Splitter) -> list[Split]:
    """Split the rows at these positions; the parts are positions in the dataset's frame."""
    return [
        replace(split, **{part: rows[getattr(split, part)] for part in PARTS})
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
