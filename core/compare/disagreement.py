"""The headlines on which two candidates differ most, chosen without a look at what happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.compare.candidate import Candidate
from core.compare.pairwise import require_same_test
from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate.ledger import sealed_positions
from core.locale import N_

MOST = 50


@dataclass(frozen=True, eq=False)
class Disagreement:
    """Tested headlines, those on which two candidates differ most first.

    `positions (n,)` are their rows in the dataset's frame and `outcome (n,)` what happened; `one` and `other` are what
    the candidates said, `(n, classes)` or `(n,)`. `distance (n,)` is the part of the probability that they give to other
    classes (total variation: 0 to 1), or the difference of the returns. `nearer (n,)` is 1 where the first was nearer to
    the outcome, -1 where the other was, 0 where neither. `rows` is how many headlines were compared.
    """

    positions: np.ndarray
    outcome: np.ndarray
    one: np.ndarray
    other: np.ndarray
    distance: np.ndarray
    nearer: np.ndarray
    rows: int

    def __len__(self) -> int:
        return len(self.positions)


def disagreement(data: Dataset, one: Candidate, other: Candidate, most: int = MOST) -> Disagreement:
    """Return the tested headlines on which two candidates differ most, each headline once, none of a sealed holdout.

    Raises `UserError` where they were not tested on the same rows, or no row may be shown.
    """
    group = require_same_test(one, other)
    mine, theirs = (group.predictions(each.run)[each.model] for each in (one, other))
    positions, outcome = group.tested.positions(data), group.tested.outcome
    known = ~np.isin(positions, sealed_positions(data))
    known &= ~(np.isnan(mine) | np.isnan(theirs)).reshape(len(mine), -1).any(axis=1)
    positions, outcome, mine, theirs = (each[known] for each in (positions, outcome, mine, theirs))
    if not len(positions):
        raise UserError(N_("No tested headline may be shown: all of them are sealed."))
    distance = _distance(mine, theirs)
    order = np.argsort(-distance, kind="stable")
    headlines = data.frame["headline"].to_numpy()[positions[order]]
    order = order[np.sort(np.unique(headlines, return_index=True)[1])]
    rows, order = len(order), order[:most]
    return Disagreement(
        positions[order],
        outcome[order],
        mine[order],
        theirs[order],
        distance[order],
        np.sign(_miss(theirs, outcome) - _miss(mine, outcome))[order].astype(int),
        rows,
    )


def _distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    apart: np.ndarray = np.abs(one - other)
    result: np.ndarray = apart.sum(axis=1) / 2 if one.ndim == 2 else apart
    return result


def _miss(said: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Return how far each prediction lies from what happened: the probability given to other classes, or the error."""
    missed: np.ndarray = (
        np.abs(said - outcome) if said.ndim == 1 else 1 - said[np.arange(len(said)), outcome.astype(int)]
    )
    return missed
