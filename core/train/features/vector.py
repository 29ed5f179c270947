"""The headline's vector as it is, or the principal components that stand for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from core.train.features.block import FeatureSettings, Member
from core.train.features.components import Components
from core.train.features.inputs import Inputs

HEADLINE = "headline"
COMPONENTS = "components."


@dataclass(frozen=True, eq=False)
class Vector:
    """The `dim` numbers of a vector (0: there is none), or the scores of its `components`."""

    dim: int
    components: Components | None = None
    dropped: tuple[str, ...] = ()

    @classmethod
    def fit(cls, inputs: Inputs, settings: FeatureSettings) -> Self:
        """Take the training vectors' dimension, and find their components where the settings ask for some."""
        if inputs.vectors is None:
            return cls(0)
        components = (
            Components.fit(inputs.vectors, settings.components, settings.seed)
            if settings.components
            else None
        )
        return cls(inputs.vectors.shape[1], components)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        count = len(self.components.shares) if self.components else self.dim
        return tuple(f"{HEADLINE}[{number}]" for number in range(count))

    @property
    def members(self) -> tuple[Member, ...]:
        """One member, where there is a vector."""
        return ((HEADLINE, HEADLINE),) if self.dim else ()

    @property
    def member_of(self) -> np.ndarray:
        """The number of each column's member, `(columns,)`."""
        return np.zeros(len(self.columns), int)

    def matrix(self, inputs: Inputs) -> np.ndarray:
        """Return the vectors or their components, `(n, columns)`.

        Raises `ValueError` where the vectors are not of the dimension seen in training.
        """
        if not self.dim:
            return np.zeros((len(inputs.features), 0))
        given = 0 if inputs.vectors is None else inputs.vectors.shape[1]
        if inputs.vectors is None or given != self.dim:
            raise ValueError(f"vectors of {given} numbers, but the models were fitted on {self.dim}")
        return self.components.scores(inputs.vectors) if self.components else inputs.vectors

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays."""
        components = self.components.to_arrays() if self.components else {}
        return {"dim": np.array(self.dim), **{COMPONENTS + name: array for name, array in components.items()}}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Make what `to_arrays` took apart."""
        parts = {n.removeprefix(COMPONENTS): arrays[n] for n in arrays if n.startswith(COMPONENTS)}
        return cls(int(arrays["dim"]), Components.from_arrays(parts) if parts else None)
