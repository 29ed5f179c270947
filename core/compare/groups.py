"""What can be compared: runs that were tested on the same rows, in the same unit and over the same horizon."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import Message, UserError
from core.evaluate.predictions import COLUMNS, Predictions
from core.evaluate.predictions import HOLDOUT as HELD
from core.evaluate.settings import EvaluateSettings
from core.locale import N_
from core.train.run import Run

HOLDOUT, WALK, EVERY = "holdout", "walk", "every"
TESTS = {
    EVERY: N_("walk-forward and holdout, the mean over all tests"),
    HOLDOUT: N_("holdout alone"),
    WALK: N_("walk-forward alone (the holdout is sealed)"),
}


@dataclass(frozen=True, eq=False)
class Group:
    """Runs that were tested on the same rows with the same outcomes, newest first; `key` names the group.

    `tests` is a key of `TESTS`; `tested` has these rows in the order of their numbers, without any prediction.
    """

    key: str
    tests: str
    runs: tuple[Run, ...]
    tested: Predictions

    @property
    def settings(self) -> EvaluateSettings:
        """How every run of the group is scored; the draws of a comparison do not depend on the run."""
        first = self.runs[0].settings
        return EvaluateSettings(first.task, first.unit, first.horizon)

    @property
    def sessions(self) -> int:
        """How many sessions were tested, 0 where the table has none."""
        return int(self.tested.table["session"].nunique())

    def predictions(self, run: Run) -> Predictions:
        """Return what a run of the group predicted of the tested rows, in their order."""
        return in_order(_tests_of(run)[self.tests])


@dataclass(frozen=True, eq=False)
class Grouped:
    """The groups of some runs, that with the most runs first, then with the most rows; and what cannot be read.

    A run that walked forward and was scored on a holdout too is in two groups: of all its tests, and of the holdout.
    """

    groups: tuple[Group, ...]
    unread: tuple[tuple[Run, Message], ...] = ()

    def showing(self, runs: Sequence[Run]) -> Grouped:
        """Return the groups that hold any of these runs, that with the most of them first, with all their runs."""
        wanted = {run.id for run in runs}
        held = {group.key: sum(run.id in wanted for run in group.runs) for group in self.groups}
        shown = sorted(
            (group for group in self.groups if held[group.key]), key=lambda group: -held[group.key]
        )
        return Grouped(tuple(shown), tuple(pair for pair in self.unread if pair[0].id in wanted))

    def chosen(self, key: str = "") -> Group | None:
        """Return the group of this key, else the first; None where there is none."""
        known = {group.key: group for group in self.groups}
        return known.get(key) or next(iter(self.groups), None)

    def left_out(self, group: Group) -> tuple[Run, ...]:
        """Return the runs that were not tested as those of a group were."""
        inside = {run.id for run in group.runs}
        others = {run.id: run for other in self.groups for run in other.runs if run.id not in inside}
        return (*others.values(), *(run for run, _why in self.unread))


def grouped(runs: Sequence[Run]) -> Grouped:
    """Sort runs, newest first, into groups that can be compared."""
    made: dict[str, tuple[str, list[Run], Predictions]] = {}
    unread = []
    for run in runs:
        try:
            tests = {name: in_order(table) for name, table in _tests_of(run).items()}
        except UserError as error:
            unread.append((run, error.message))
            continue
        for name, table in tests.items():
            key = _key(run, name, table)
            outcome = Predictions(table.table[list(COLUMNS)], run.classes)
            made.setdefault(key, (name, [], outcome))[1].append(run)
    groups = [Group(key, name, tuple(members), tested) for key, (name, members, tested) in made.items()]
    groups.sort(key=lambda group: (-len(group.runs), -len(group.tested)))
    return Grouped(tuple(groups), tuple(unread))


def in_order(predictions: Predictions) -> Predictions:
    """Return predictions in the order of their rows' numbers."""
    return Predictions(
        predictions.table.sort_values(["row", "fold"], kind="stable", ignore_index=True), predictions.classes
    )


def _tests_of(run: Run) -> dict[str, Predictions]:
    """Return what can be compared of a run: nothing of a sealed holdout is predicted."""
    every = run.predictions.walk if run.settings.sealed else run.predictions
    held = every.fold == HELD
    if held.all():
        return {HOLDOUT: every}
    return {EVERY: every, HOLDOUT: every.holdout} if held.any() else {WALK: every}


def _key(run: Run, tests: str, tested: Predictions) -> str:
    told = tests, run.settings.task, run.settings.unit, run.settings.horizon, run.classes
    found = hashlib.sha256(repr(told).encode())
    for column in (tested.table["row"].to_numpy(np.int64), tested.fold.astype(np.int64), tested.outcome):
        found.update(np.ascontiguousarray(column).tobytes())
    return found.hexdigest()[:12]
