"""The way from the average prediction to one row's, group by group, and one scale for all rows of a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.evaluate.predictions import MEAN
from core.explain.contributions import Contributions
from core.train.features.registry import headline_groups


@dataclass(frozen=True, eq=False)
class Path:
    """The ensemble's way from `base` to `end`: `steps (k,)` by `groups`, the largest first.

    `others` groups moved less than what is told apart; together they moved the prediction by `rest`. All are
    probabilities of the explained class, or returns.
    """

    base: float
    end: float
    groups: tuple[str, ...]
    steps: np.ndarray
    others: int = 0
    rest: float = 0.0

    @property
    def span(self) -> tuple[float, float]:
        """The lowest and the highest point of the way."""
        points = np.cumsum([self.base, *self.steps, self.rest])
        return float(min(points.min(), self.end)), float(max(points.max(), self.end))


@dataclass(frozen=True)
class Shares:
    """Of all movement of the predictions: which group moved them `most`, by what `share`, and the headline's share.

    `size` is the mean absolute contribution of that group, `of_headline` says whether it is a part of the headline;
    `groups` are how many there are.
    """

    most: str
    size: float
    share: float
    headline: float
    of_headline: bool
    groups: int


def shares(found: Contributions) -> Shares | None:
    """Return how the ensemble's movement is shared out; None where nothing moves."""
    importance = found.importance().set_index("group")[MEAN]
    total = float(importance.sum())
    if total <= 0:
        return None
    of_headline = headline_groups()
    headline = sum(float(importance.get(group, 0.0)) for group in of_headline) / total
    most = str(importance.index[0])
    size = float(importance.iloc[0])
    return Shares(most, size, size / total, headline, most in of_headline, len(importance))


def path(found: Contributions, place: int, least: float) -> Path:
    """Return the way of the explained row at this place; groups that move it by less than `least` are folded."""
    values = found.values[MEAN][place]
    order = np.argsort(-np.abs(values), kind="stable")
    told = order[np.abs(values[order]) >= least]
    folded = order[len(told) :]
    return Path(
        base=found.base[MEAN],
        end=float(found.prediction[MEAN][place]),
        groups=tuple(found.groups[number] for number in told),
        steps=values[told],
        others=len(folded),
        rest=float(values[folded].sum()),
    )


def reach(found: Contributions) -> tuple[float, float]:
    """Return the lowest and the highest point of all explained rows' ways: a scale on which they can be compared."""
    values = found.values[MEAN]
    order = np.argsort(-np.abs(values), axis=1, kind="stable")
    ways = found.base[MEAN] + np.take_along_axis(values, order, axis=1).cumsum(axis=1)
    points = np.concatenate([[found.base[MEAN]], found.prediction[MEAN], ways.ravel()])
    return float(points.min()), float(points.max())


def surest_first(predicted: np.ndarray) -> np.ndarray:
    """Return the places of rows by how sure the ensemble is of them, `(n,)`.

    `predicted` are its probabilities `(n, classes)`, the highest first, or its returns `(n,)`, the farthest from 0 first.
    """
    sure = predicted.max(axis=1) if predicted.ndim == 2 else np.abs(predicted)
    return np.argsort(-sure, kind="stable")
