"""The orders in which explained rows are listed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.evaluate.predictions import MEAN, Predictions
from core.explain.path import surest_first
from core.locale import N_

SUREST = "surest"


@dataclass(frozen=True)
class Order:
    """An order of test rows: its `title`, what it means, and their places, by the ensemble's predictions, `(n,)`."""

    title: str
    meaning: str
    places: Callable[[Predictions], np.ndarray]
    of_dates: bool = False


def _worst_misses(test: Predictions) -> np.ndarray:
    right, given = _hits(test)
    return np.lexsort([given, right])


def _luckiest_hits(test: Predictions) -> np.ndarray:
    right, given = _hits(test)
    if not test.classes:
        given = np.abs(test[MEAN])
    return np.lexsort([given, ~right])


def _hits(test: Predictions) -> tuple[np.ndarray, np.ndarray]:
    """Say where the ensemble was right, `(n,)` bool, and how much it gave to what happened, `(n,)`.

    Right is the most likely class, or the sign of the return. Given is the probability of what happened, or less the
    farther the return was off.
    """
    predicted, outcome = test[MEAN], test.outcome
    if not test.classes:
        return predicted * outcome > 0, -np.abs(predicted - outcome)
    happened = outcome.astype(int)
    return predicted.argmax(axis=1) == happened, predicted[np.arange(len(predicted)), happened]


def _newest_first(test: Predictions) -> np.ndarray:
    days = pd.to_datetime(test.table["session"])
    order: np.ndarray = (
        days[::-1].sort_values(ascending=False, kind="stable", na_position="last").index.to_numpy()
    )
    return order


ORDERS = {
    SUREST: Order(
        N_("surest"),
        N_("the highest probability first, or the return farthest from 0"),
        lambda test: surest_first(test[MEAN]),
    ),
    "misses": Order(
        N_("misses"),
        N_(
            "wrong ones first: the least probability given to what happened, or the return that was off farthest"
        ),
        _worst_misses,
    ),
    "hits": Order(
        N_("lucky hits"),
        N_(
            "right ones first: the least probability given to what happened, or the predicted return nearest to 0"
        ),
        _luckiest_hits,
    ),
    "newest": Order(N_("newest"), N_("the latest session first"), _newest_first, of_dates=True),
}
