"""One feature moved over what the table has of it, or two at once, all else of a question left as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.predictions import MEAN
from core.predict.question import Question
from core.predict.whatif.answers import ask_beside
from core.train.run import Run

REACH = (0.01, 0.99)  # quantiles of the table's values between which a feature is moved
POINTS, SIDE = 60, 25  # values of a curve, and of each side of a surface
_FAR = 1.5  # spans of the table from its middle, up to which a value of the question is drawn


@dataclass(frozen=True, eq=False)
class Scale:
    """The values `grid (k,)` that a feature is given, rising.

    `own` is the question's value, None where it is not known; it is among them, unless it lies far outside the table's
    values, which are those between `low` and `high`.
    """

    feature: str
    grid: np.ndarray
    own: float | None
    low: float
    high: float

    @property
    def marked(self) -> float | None:
        """The question's own value where it is among those of the scale."""
        return self.own if self.own is not None and self.grid[0] <= self.own <= self.grid[-1] else None


@dataclass(frozen=True, eq=False)
class Curve:
    """What the ensemble and each model say along a scale, `values[model] (k,)`, and to the question itself, `now`."""

    scale: Scale
    values: dict[str, np.ndarray]
    now: float


@dataclass(frozen=True, eq=False)
class Surface:
    """What the ensemble says over two scales, `values (len(y), len(x))`, and to the question itself, `now`."""

    x: Scale
    y: Scale
    values: np.ndarray
    now: float


def curve(
    run: Run,
    data: Dataset,
    question: Question,
    vector: np.ndarray,
    feature: str,
    explained: int = -1,
    points: int = POINTS,
) -> Curve | None:
    """Move a feature of a question, whose headline has the `vector (1, dim)`; None where the table has one value of it.

    Raises `ValueError` for a feature that the run does not read.
    """
    scale = _scale(run, data, question, feature, points)
    if scale is None:
        return None
    asked = [_with(question, {feature: value}) for value in scale.grid]
    values = ask_beside(run, [*asked, question], vector, explained)
    return Curve(scale, {name: made[:-1] for name, made in values.items()}, float(values[MEAN][-1]))


def surface(
    run: Run,
    data: Dataset,
    question: Question,
    vector: np.ndarray,
    features: tuple[str, str],
    explained: int = -1,
    side: int = SIDE,
) -> Surface | None:
    """Move two features of a question at once, the first along x; else as `curve`.

    Raises `ValueError` also where both are the same.
    """
    if features[0] == features[1]:
        raise ValueError("a surface needs two features")
    x, y = (_scale(run, data, question, feature, side) for feature in features)
    if x is None or y is None:
        return None
    asked = [_with(question, {x.feature: one, y.feature: other}) for other in y.grid for one in x.grid]
    values = ask_beside(run, [*asked, question], vector, explained)[MEAN]
    return Surface(x, y, values[:-1].reshape(len(y.grid), len(x.grid)), float(values[-1]))


def _scale(run: Run, data: Dataset, question: Question, feature: str, points: int) -> Scale | None:
    """Choose the values of a feature: its own where it has few, else evenly between two quantiles."""
    if feature not in run.preparation.features:
        raise ValueError(f"the run reads no feature {feature!r}")
    values = data.features[feature].to_numpy(float)
    values = values[np.isfinite(values)]
    distinct = np.unique(values)
    if len(distinct) < 2:
        return None
    start, end = np.quantile(values, REACH)
    grid = distinct if len(distinct) <= points else np.linspace(start, end, points)
    if len(np.unique(grid)) < 2:  # nearly all values are the same
        grid = distinct[[0, -1]]
    low, high = float(distinct[0]), float(distinct[-1])
    own = question.features.get(feature)
    own = float(own) if own is not None and np.isfinite(own) else None
    if own is not None and abs(own - (low + high) / 2) <= _FAR * (high - low):
        grid = np.append(grid, own)
    return Scale(feature, np.unique(grid), own, low, high)


def _with(question: Question, values: dict[str, float]) -> Question:
    return replace(question, features={**question.features, **values})
