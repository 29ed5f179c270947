"""Which rows teach and which rows test.

The honest split follows López de Prado, "Advances in Financial Machine Learning" (2018), chapter 7: the test
lies after the training in time, and training rows whose outcome reaches into the test are purged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import UserError
from core.locale import N_
from core.train.settings import TrainSettings

FEWEST_ROWS = 20
INNER_SHARE = 0.2

_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class Split:
    """Positions of rows in the dataset's frame, each ascending and none in two parts.

    `purged` rows lie within the horizon before the cut; `grouped` rows were taken from the training because
    their near-duplicate story stands in the test; `left_out` rows have no known outcome (or no session, where
    time splits). `cut` is the first session of the test where time splits.
    """

    train: np.ndarray
    test: np.ndarray
    purged: np.ndarray = field(default_factory=_NONE.copy)
    grouped: np.ndarray = field(default_factory=_NONE.copy)
    left_out: np.ndarray = field(default_factory=_NONE.copy)
    cut: pd.Timestamp | None = None


def make_split(dataset: Dataset, settings: TrainSettings, known: np.ndarray) -> Split:
    """Split the rows whose outcome is known (`known`, `(rows,)` bool) into training and test.

    Raises `UserError` where there is too little to split.
    """
    if settings.split == "time":
        if not dataset.has_sessions:
            raise UserError(
                N_("The table has no date, so it cannot be split by time: split by group instead.")
            )
        known = known & dataset.frame["session"].notna().to_numpy()
    rows = np.flatnonzero(known)
    if len(rows) < FEWEST_ROWS:
        raise UserError(
            N_("Only {rows} rows have a known outcome (and date); training needs {needed} at the least."),
            rows=len(rows),
            needed=FEWEST_ROWS,
        )
    split = SPLITTERS[settings.split](dataset, rows, settings, settings.test_share)
    _require_parts(split, settings)
    return Split(split.train, split.test, split.purged, split.grouped, np.flatnonzero(~known), split.cut)


def inner_validation(
    dataset: Dataset, train: np.ndarray, settings: TrainSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Split training rows once more in the same way, for early stopping: positions to fit and to validate.

    Where too little is left for that, all rows are for fitting and none for validating.
    """
    try:
        inner = SPLITTERS[settings.split](dataset, train, settings, INNER_SHARE)
    except UserError:
        return train, _NONE
    if min(len(inner.train), len(inner.test)) < FEWEST_ROWS // 2:
        return train, _NONE
    return inner.train, inner.test


def _by_session(dataset: Dataset, rows: np.ndarray, settings: TrainSettings, share: float) -> Split:
    require_sessions(dataset, rows)
    sessions, number = np.unique(dataset.frame["session"].to_numpy()[rows], return_inverse=True)
    cut = len(sessions) - math.ceil(share * len(sessions) - 1e-9)
    test, before = rows[number >= cut], number < cut - settings.horizon
    train, grouped = _apart(dataset, rows[before], test)
    purged = rows[(number < cut) & ~before]
    return Split(train, test, purged, grouped, cut=pd.Timestamp(sessions[cut]))


def _by_group(dataset: Dataset, rows: np.ndarray, settings: TrainSettings, share: float) -> Split:
    """Hold out whole groups in a random order, but those that would exceed the share of rows."""
    group = groups(dataset, rows)
    sizes = np.bincount(group)
    if len(sizes) < 2:
        raise UserError(
            N_(
                "All rows hang together: each is nearly the same headline as another, or of the same company "
                "and session, so no group of them can be held out as a test."
            )
        )
    room = math.ceil(share * len(rows) - 1e-9)
    held_out: list[int] = []
    for number in np.random.default_rng(settings.seed).permutation(len(sizes)):
        if sizes[number] <= room:
            held_out.append(number)
            room -= sizes[number]
    test = np.isin(group, held_out or [sizes.argmin()])
    return Split(rows[~test], rows[test])


def groups(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Return the number of the group of each of `rows`, `(n,)`, from 0.

    Rows are in one group where they are of one story or of one event (company and session, which share an
    outcome), or where a chain of such rows joins them: a connected component of the graph of rows, stories
    and events.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    story = np.unique(dataset.frame["story"].to_numpy()[rows], return_inverse=True)[1]
    event = np.unique(dataset.event[rows], return_inverse=True)[1]
    dated = dataset.event[rows] >= 0
    row, n = np.arange(len(rows)), len(rows)
    ends = np.r_[row, row[dated]], np.r_[n + story, 2 * n + event[dated]]
    graph = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(3 * n, 3 * n))
    component = connected_components(graph, directed=False)[1][:n]
    return np.unique(component, return_inverse=True)[1]


def _by_row(dataset: Dataset, rows: np.ndarray, settings: TrainSettings, share: float) -> Split:
    shuffled = np.random.default_rng(settings.seed).permutation(rows)
    count = math.ceil(share * len(rows) - 1e-9)
    return Split(np.sort(shuffled[count:]), np.sort(shuffled[:count]))


SPLITTERS = {"time": _by_session, "group": _by_group, "random": _by_row}


def _apart(dataset: Dataset, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take from the training the rows whose story is in the test; return what stays and what was taken."""
    story = dataset.frame["story"].to_numpy()
    shared = np.isin(story[train], story[test])
    return train[~shared], train[shared]


def _require_parts(split: Split, settings: TrainSettings) -> None:
    if not len(split.test):
        raise UserError(N_("No row is left to test on: hold out a larger share."))
    if not len(split.train):
        raise UserError(
            N_(
                "No row is left to train on: {purged} lie within the horizon ({horizon} sessions) before the "
                "test and {grouped} repeat a headline of it. Bring a longer period or hold out less."
            ),
            purged=len(split.purged),
            grouped=len(split.grouped),
            horizon=settings.horizon,
        )


def require_sessions(dataset: Dataset, rows: np.ndarray) -> None:
    """Raise `UserError` unless the rows at these positions lie in two sessions or more."""
    sessions = dataset.frame["session"].iloc[rows].nunique()
    if sessions < 2:
        raise UserError(
            N_(
                "The rows with a known outcome lie in {sessions} session (trading day); a split by time "
                "needs 2 at the least: bring a longer period or split by group."
            ),
            sessions=sessions,
        )


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
