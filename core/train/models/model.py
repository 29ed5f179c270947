"""What a model is to everybody else: its entry in the registry, and a small interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self, runtime_checkable

import numpy as np

from core.jobs import Report
from core.train.models.sample import Sample


@dataclass(frozen=True)
class Hyperparameter:
    """A parameter of a model that may be tuned, and the range (both ends included) that it must keep to."""

    name: str
    low: float
    high: float
    log: bool = False
    whole: bool = False


@dataclass(frozen=True)
class ModelEntry:
    """What others need to know of a model.

    `key` names it in JSON, in columns of predictions and in files; `title` is translatable and `short` is for
    narrow places. `counts` says what `Model.size` is a number of. `file` is its name in a run's folder, and
    `libraries` what is imported before several threads use it. `colour` is a place in the palette of charts.
    `cost` is about how long it takes to fit, the fastest being 1; a `greedy` one gains from every core and is
    given those that the others leave. `hyperparameters` may be tuned; a model without any is not.
    """

    key: str
    title: str
    short: str
    counts: str
    file: str
    colour: int
    cost: float
    libraries: tuple[str, ...] = ()
    greedy: bool = False
    hyperparameters: tuple[Hyperparameter, ...] = ()


class Model(Protocol):
    """A fitted model: probabilities `(n, classes)` or returns `(n,)` from a matrix `(n, columns)`."""

    entry: ClassVar[ModelEntry]
    size: int

    @classmethod
    def defaults(cls, sample: Sample) -> Mapping[str, float]:
        """Return the value of each hyperparameter where nothing is tuned."""

    @classmethod
    def fit(cls, sample: Sample, report: Report) -> Self:
        """Fit on training rows; stops where `report` raises."""

    @classmethod
    def trial(cls, sample: Sample, report: Report) -> np.ndarray:
        """Fit on the `fit` rows, stopping early on the `valid` rows, and return what is predicted of these."""

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities `(n, classes)` or returns `(n,)`."""

    def to_bytes(self) -> bytes:
        """Return the model in its native format, which must not be pickle."""

    @classmethod
    def from_bytes(cls, data: bytes, classes: int) -> Self:
        """Read the model from its native format."""


@runtime_checkable
class Explainable(Protocol):
    """A fitted model whose predictions can be explained column by column."""

    @property
    def margins(self) -> bool:
        """Whether `contributions` are margins (log-odds), not in the unit of `predict`."""

    def contributions(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return SHAP values `(n, columns, outputs)` and their base `(outputs,)`, which add up per output.

        Margins have one output (the log-odds of the second class) for two classes, else one per class.
        """


def hyperparameters_of(kind: type[Model], sample: Sample) -> dict[str, float]:
    """Return the value of each of a model's hyperparameters: the sample's, else the default.

    Raises `ValueError` for a name that the model has not, and for a value outside its range.
    """
    entry = kind.entry
    chosen = sample.parameters.get(entry.key, {})
    known = {parameter.name: parameter for parameter in entry.hyperparameters}
    for name, value in chosen.items():
        if name not in known:
            raise ValueError(f"{entry.key} has no hyperparameter {name!r}, only {', '.join(known)}")
        low, high = known[name].low, known[name].high
        if not low <= value <= high:
            raise ValueError(f"{entry.key} {name} is {value}, but must lie in {low} to {high}")
    whole = {name: int(value) for name, value in chosen.items() if known[name].whole}
    return dict(kind.defaults(sample)) | dict(chosen) | whole
