"""Whether a prediction is unusual: where it stands among the run's own predictions of its test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.evaluate.predictions import MEAN
from core.explain import explained_class
from core.train.run import Run

LOWER, USUAL, HIGHER = "lower", "usual", "higher"


@dataclass(frozen=True)
class Standing:
    """Where a printed prediction stands among `rows` predictions of the test.

    `low` and `high` are the ends of their middle half, as printed. `place` is USUAL where the prediction lies between
    them, ends included, and `share` then the share of the test's predictions that do; else it is LOWER or HIGHER than
    `share` of them, rounded down to a whole percent: 1 is all of them.
    """

    place: str
    share: float
    low: float
    high: float
    rows: int


def predictions_of_test(run: Run, explained: int = -1) -> np.ndarray:
    """Return the ensemble's predictions of the run's test, `(n,)`: the probability of a class, or the return.

    Raises `ValueError` for a class number that the run does not have.
    """
    made = run.predictions.test[MEAN]
    values = made[:, explained_class(run, explained)] if run.classes else made
    result: np.ndarray = values[np.isfinite(values)]
    return result


def printed(value: float | np.ndarray, classes: bool) -> np.ndarray:
    """Round a probability to whole percents and a return to hundredths of one, as a page prints them."""
    return np.round(value, 2 if classes else 4) + 0.0


def standing(value: float, among: np.ndarray, classes: bool) -> Standing | None:
    """Say how a prediction compares with those `among (n,)` of the test; None where there are none.

    One rule for every page and model, on numbers as they are printed, so that the same number always has the same
    words: the middle half of the test's predictions is usual, what lies outside is higher, or lower, than a share of
    them. It says how unusual a prediction is for this run, not how likely it is to come true.
    """
    if not len(among):
        return None
    number, others = printed(value, classes), printed(among, classes)
    low, high = (float(end) for end in printed(np.quantile(among, [0.25, 0.75]), classes))
    if low <= number <= high:
        inside = float(((others >= low) & (others <= high)).mean())
        return Standing(USUAL, inside, low, high, len(among))
    if number > high:
        return Standing(HIGHER, _share(others < number), low, high, len(among))
    return Standing(LOWER, _share(others > number), low, high, len(among))


def _share(which: np.ndarray) -> float:
    return int(which.sum()) * 100 // len(which) / 100
