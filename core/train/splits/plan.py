"""The plan of a training's splits, made once: shown before training, counted in the ledger, trained, scored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate.ledger_rows import Rows
from core.evaluate.predictions import HOLDOUT
from core.locale import N_, P_
from core.train.splits.outcome import known_outcome, require_learnable, require_learnable_folds
from core.train.splits.partition import NONE, PARTS, Split
from core.train.splits.registry import SPLITS
from core.train.splits.split import folds, make_split, timeline
from core.train.splits.summary import SplitSummary, summary_of_split

if TYPE_CHECKING:
    from core.train.settings import TrainSettings


@dataclass(frozen=True, eq=False)
class SplitPlan:
    """What each test of a training learns from.

    `outcome (rows,)` is NaN where unknown; `holdout` is the final test and `walk` the walk-forward folds before
    it, in order of time (none without folds).
    """

    dataset: Dataset
    settings: TrainSettings
    outcome: np.ndarray
    holdout: Split
    walk: tuple[Split, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes to tell apart; none for returns."""
        return self.dataset.classes if self.settings.task == "classify" else ()

    @property
    def splits(self) -> tuple[Split, ...]:
        """The walk-forward folds and then the holdout."""
        return (*self.walk, self.holdout)

    @property
    def open_rows(self) -> np.ndarray:
        """The rows whose outcome is known and may be looked at, `(n,)`: a sealed holdout's may not."""
        if self.settings.sealed:
            return self.holdout.development
        return np.flatnonzero(~np.isnan(self.outcome))

    @cached_property
    def holdout_rows(self) -> Rows:
        """The rows of the holdout as the ledger knows them."""
        return self._known(self.holdout.test)

    @cached_property
    def walk_rows(self) -> Rows:
        """The rows of the walk-forward tests as the ledger knows them."""
        return self._known(np.concatenate([NONE, *(fold.test for fold in self.walk)]))

    @cached_property
    def test_rows(self) -> Rows:
        """The rows of all tests together as the ledger knows them."""
        return self._known(np.concatenate([split.test for split in self.splits]))

    @cached_property
    def _listed(self) -> Rows:
        return Rows.listed(self.dataset)

    def _known(self, positions: np.ndarray) -> Rows:
        return self._listed.take(positions).distinct()

    def timeline(self) -> pd.DataFrame:
        """Return how many rows of each session each split puts where: `fold, part, session, rows`.

        `fold` is 0 for the holdout and counts the walk-forward folds from 1 on; `part` is train, test, purged,
        embargoed, grouped or left_out. Rows without a session are not shown.
        """
        table = timeline(self.dataset, self.splits)
        return table.assign(fold=table["fold"].where(table["fold"] <= len(self.walk), HOLDOUT))

    def counts(self) -> pd.DataFrame:
        """Return how many rows each test learns from, leaves out and tests on, the walk-forward first.

        One row per split: `fold` (0 the holdout), `train, test, purged, embargoed, grouped, left_out` (rows, which
        add up to the table's) and `sessions` (of the test).
        """
        session = self.dataset.frame["session"]
        numbers = [*range(1, len(self.walk) + 1), HOLDOUT]
        return pd.DataFrame(
            {"fold": number}
            | {part: len(getattr(split, part)) for part in PARTS}
            | {"sessions": int(session.iloc[split.test].nunique())}
            for number, split in zip(numbers, self.splits, strict=True)
        )

    @property
    def summary(self) -> SplitSummary:
        """How many rows and sessions the final test learns from, leaves out and tests on."""
        return summary_of_split(self.dataset, self.holdout)

    def require_learnable(self) -> None:
        """Raise `UserError` where a class has no row among the training rows of a split."""
        require_learnable(self.outcome, self.holdout.train, self.classes)
        require_learnable_folds(self.outcome, self.walk, self.classes)


def plan_splits(dataset: Dataset, settings: TrainSettings, recorded: bool = False) -> SplitPlan:
    """Split a dataset's rows with a known outcome.

    `recorded` settings are those of a run that is there already: an earlier version allowed a horizon below the
    plan's, and such a run can still be looked at.

    Raises:
        UserError: where the settings allow no split of it, or their horizon is below that of the dataset's plan.
    """
    if not recorded:
        _require_horizon(dataset, settings)
    outcome = known_outcome(dataset, settings)
    if settings.folds and not SPLITS[settings.split].ordered:
        raise UserError(
            N_("Walk-forward folds need a split by time: choose it, or train without folds ({split})."),
            split=settings.split,
        )
    holdout = make_split(dataset, settings, ~np.isnan(outcome))
    return SplitPlan(
        dataset, settings, outcome, holdout, tuple(folds(dataset, settings, holdout.development))
    )


def _require_horizon(dataset: Dataset, settings: TrainSettings) -> None:
    if dataset.plan is not None and settings.horizon < dataset.plan.target.horizon:
        raise UserError(
            P_(
                "The horizon of the training is {chosen}, but the target of this table looks {n} session ahead: choose "
                "at least {n}, or change the table's horizon on the Data page.",
                "The horizon of the training is {chosen}, but the target of this table looks {n} sessions ahead: choose "
                "at least {n}, or change the table's horizon on the Data page.",
            ),
            chosen=settings.horizon,
            n=dataset.plan.target.horizon,
        )
