"""The outcomes to learn from, and whether a split leaves enough of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.data.dataset import Dataset
from core.errors import UserError
from core.locale import N_
from core.train.splits.partition import Split, require_two_sessions
from core.train.splits.registry import SPLITS

if TYPE_CHECKING:
    from core.train.settings import TrainSettings


def known_outcome(dataset: Dataset, settings: TrainSettings) -> np.ndarray:
    """Return what happened, `(rows,)`, NaN where unknown; raises `UserError` where nothing can be learned."""
    if not dataset.target_kind:
        raise UserError(
            N_("The table has no target: choose the column with the return or the 승/패 on the data page.")
        )
    if settings.task == "regress" and dataset.target_kind != "return":
        raise UserError(
            N_("The target holds labels, not returns: choose classification, or a column of returns.")
        )
    outcome = dataset.outcome(settings.task)
    if SPLITS[settings.split].ordered and dataset.has_sessions:
        require_sessions(dataset, np.flatnonzero(~np.isnan(outcome)))
    require_outcomes(outcome, dataset.classes if settings.task == "classify" else ())
    return outcome


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
