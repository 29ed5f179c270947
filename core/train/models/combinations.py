"""What is made of the models' predictions together: a new combination is an entry in this registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from core.evaluate.predictions import MEAN
from core.locale import N_
from core.train.models.stacking import Predictions, RankMean, Stack

RANK_MEAN, STACK = "rank_mean", "stack"


class Combiner(Protocol):
    """A fitted combination."""

    def predict(self, predictions: Predictions) -> np.ndarray:
        """Combine predictions `(n, classes)` or `(n,)` of each model into one of the same shape."""

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays that `numpy.load` reads without pickle."""


@dataclass(frozen=True, eq=False)
class Reference:
    """Predictions of each model of the same training rows, to fit a combination on.

    Where they are out-of-fold, `y (n,)` are the outcomes and `weight (n,)` is how much each row counts.
    """

    predictions: Predictions
    y: np.ndarray | None = None
    weight: np.ndarray | None = None


@dataclass(frozen=True)
class Combination:
    """How to combine the models.

    `learns` is what is fitted: "nothing", the distribution of "predictions", or also the "outcomes", which
    takes out-of-fold predictions. `title` is translatable, `short` is for narrow places.
    """

    key: str
    title: str
    short: str
    learns: Literal["nothing", "predictions", "outcomes"]
    fit: Callable[[Reference], Combiner]
    from_arrays: Callable[[Mapping[str, np.ndarray]], Combiner]


class Mean:
    """The plain mean of the models."""

    def predict(self, predictions: Predictions) -> np.ndarray:
        """Return the mean of predictions `(n, classes)` or `(n,)`."""
        return np.asarray(np.mean(list(predictions.values()), axis=0))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return nothing: there is nothing to save."""
        return {}


def _stack(reference: Reference) -> Stack:
    if reference.y is None:
        raise ValueError("a stack is fitted on out-of-fold predictions and their outcomes")
    return Stack.fit(reference.predictions, reference.y, reference.weight)


COMBINATIONS: dict[str, Combination] = {
    entry.key: entry
    for entry in (
        Combination(
            MEAN,
            N_("Mean of the models"),
            N_("Mean"),
            "nothing",
            fit=lambda _reference: Mean(),
            from_arrays=lambda _arrays: Mean(),
        ),
        Combination(
            RANK_MEAN,
            N_("Mean rank of the models"),
            N_("Mean rank"),
            "predictions",
            fit=lambda reference: RankMean.fit(reference.predictions),
            from_arrays=RankMean.from_arrays,
        ),
        Combination(
            STACK,
            N_("Stack of the models"),
            N_("Stack"),
            "outcomes",
            fit=_stack,
            from_arrays=Stack.from_arrays,
        ),
    )
}


@dataclass(frozen=True, eq=False)
class Combiners:
    """The fitted combinations by key; those that learn nothing are always among them."""

    fitted: Mapping[str, Combiner] = field(default_factory=lambda: _of_arrays({}))

    @classmethod
    def fit(cls, reference: Reference) -> Combiners:
        """Fit every combination that the reference is enough for."""
        return cls(
            {
                key: entry.fit(reference)
                for key, entry in COMBINATIONS.items()
                if entry.learns != "outcomes" or reference.y is not None
            }
        )

    def combine(self, predictions: Predictions) -> dict[str, np.ndarray]:
        """Add the combinations to the models' predictions, `(n, classes)` or `(n,)`."""
        return dict(predictions) | {key: part.predict(predictions) for key, part in self.fitted.items()}

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays that `numpy.load` reads without pickle."""
        return {
            f"{key}.{name}": array
            for key, part in self.fitted.items()
            for name, array in part.to_arrays().items()
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Combiners:
        """Make what `to_arrays` took apart; a run that was saved without arrays has its mean alone."""
        return cls(_of_arrays(arrays))


def _of_arrays(arrays: Mapping[str, np.ndarray]) -> dict[str, Combiner]:
    fitted = {}
    for key, entry in COMBINATIONS.items():
        own = {name.removeprefix(f"{key}."): arrays[name] for name in arrays if name.startswith(f"{key}.")}
        if own or entry.learns == "nothing":
            fitted[key] = entry.from_arrays(own)
    return fitted


def learns_outcomes(key: str) -> bool:
    """Say whether this is a combination that has seen the outcomes of the out-of-fold rows."""
    return key in COMBINATIONS and COMBINATIONS[key].learns == "outcomes"
