"""The continuous features of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from core.train.features.block import FeatureSettings, Member
from core.train.features.inputs import Inputs
from core.train.features.numeric import Numbers


@dataclass(frozen=True, eq=False)
class Continuous:
    """Each continuous feature, then the missing-indicators (see `Numbers`)."""

    numbers: Numbers
    dropped: tuple[str, ...] = ()

    @classmethod
    def fit(cls, inputs: Inputs, settings: FeatureSettings) -> Self:
        """Learn medians, tails and what is missing; features without any variation are dropped."""
        numbers = Numbers.fit(inputs.features, settings.winsor)
        return cls(numbers, tuple(name for name in inputs.features.columns if name not in numbers.names))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.numbers.columns

    @property
    def members(self) -> tuple[Member, ...]:
        """Each feature, as a group of its own."""
        return tuple((name, name) for name in self.numbers.names)

    @property
    def member_of(self) -> np.ndarray:
        """The number of each column's feature, `(columns,)`."""
        return self.numbers.name_of

    def matrix(self, inputs: Inputs) -> np.ndarray:
        """Return rows as `(n, columns)`; a feature that is not given counts as missing."""
        return self.numbers.matrix(inputs.features)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays."""
        return {**self.numbers.to_arrays(), "dropped": np.array(self.dropped, str)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Make what `to_arrays` took apart."""
        return cls(Numbers.from_arrays(arrays), tuple(arrays["dropped"].tolist()))
