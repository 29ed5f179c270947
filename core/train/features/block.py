"""What a feature block is to everybody else: its entry in the registry, and what it is once fitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, Self

import numpy as np
import pandas as pd

from core.jobs import Report
from core.train.features.inputs import Inputs

OUTLETS = 15  # the press outlets with a column of their own, by default
Member = tuple[str, str]  # (group, member)


class FeatureSettings(Protocol):
    """The settings of a training that decide on the features."""

    @property
    def outlets(self) -> int:
        """How many of the most frequent press outlets have a column of their own."""

    @property
    def components(self) -> int:
        """The principal components that stand for the vector; 0: the vector as it is."""

    @property
    def winsor(self) -> float:
        """The share of the training values that is clipped at each tail of a continuous feature."""

    @property
    def extras(self) -> tuple[str, ...]:
        """The keys of the chosen extras."""

    @property
    def classifier(self) -> str:
        """The id of the tuned encoder whose class probabilities are an extra; "" for none."""

    @property
    def seed(self) -> int:
        """The seed of what is random."""


@dataclass(frozen=True)
class FeatureOptions:
    """The settings of the features on their own, each at its default."""

    outlets: int = OUTLETS
    components: int = 0
    winsor: float = 0.0
    extras: tuple[str, ...] = ()
    classifier: str = ""
    seed: int = 0


class FittedBlock(Protocol):
    """What training rows taught of one block: a few columns of the matrix, possibly none."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""

    @property
    def members(self) -> tuple[Member, ...]:
        """The finest parts that contributions are given for, as (group, member)."""

    @property
    def member_of(self) -> np.ndarray:
        """The number of each column's member in `members`, `(columns,)`."""

    @property
    def dropped(self) -> tuple[str, ...]:
        """What was given but left no column, as it never varies in the training rows."""

    @classmethod
    def fit(cls, inputs: Inputs, settings: FeatureSettings) -> Self:
        """Learn from the inputs of training rows, and of no others."""

    def matrix(self, inputs: Inputs) -> np.ndarray:
        """Return rows as `(n, columns)`."""

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays that `numpy.load` reads without pickle."""

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Make what `to_arrays` took apart."""


class LearnedColumns(Protocol):
    """Columns that are made of texts by what training texts taught."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""

    @classmethod
    def fit(cls, texts: Sequence[str], settings: FeatureSettings) -> Self:
        """Learn from training headlines."""

    def matrix(self, texts: Sequence[str]) -> np.ndarray:
        """Return headlines as `(n, columns)`."""

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays that `numpy.load` reads without pickle."""

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Make what `to_arrays` took apart."""


@dataclass(frozen=True)
class Block:
    """An entry of the registry: what is always used where a table has it.

    `title` is translatable. `group` is what its contributions belong to, None where each column's name is a
    group of its own; `source` is the field of `Inputs` that it is made of.
    """

    key: str
    title: str
    group: str | None
    source: Literal["vectors", "features", "press", "text", "time"]
    fitted: type[FittedBlock]


@dataclass(frozen=True)
class Extra:
    """An entry of the registry: columns that are made of the headline's text or time where a training asks.

    Either `read` gives numbers `(n, columns)` of texts or times `(n,)`, each row by itself, or `learned` are
    columns of texts that training rows teach. `read_ahead` caches what takes long, with progress.
    """

    key: str
    title: str
    group: str
    source: Literal["text", "time"]
    read: Callable[[pd.Series], pd.DataFrame] | None = None
    learned: type[LearnedColumns] | None = None
    read_ahead: Callable[[Sequence[str], FeatureSettings, Report], object] | None = None
