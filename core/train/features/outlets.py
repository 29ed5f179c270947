"""The press outlet as 0/1 columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from core.train.features.block import OUTLETS, FeatureSettings, Member
from core.train.features.inputs import Inputs

PRESS = "press"


@dataclass(frozen=True, eq=False)
class Outlets:
    """One column for each of the most frequent outlets, one for all others and one for a missing outlet.

    `outlets` are all outlets of the training rows, most frequent first (empty: the outlet is not used), of
    which the first `own_columns` have a column. The last two columns are always there: scikit-learn's
    `OneHotEncoder` has one for the others only where training had any, and knows no outlet beyond its columns.
    """

    outlets: tuple[str, ...]
    own_columns: int = OUTLETS
    dropped: tuple[str, ...] = ()

    @classmethod
    def fit(cls, inputs: Inputs, settings: FeatureSettings) -> Self:
        """Count the training rows' outlets; among equally frequent ones the alphabet decides."""
        if inputs.press is None:
            return cls((), settings.outlets)
        counts = inputs.press.value_counts()
        return cls(tuple(sorted(counts.index, key=lambda name: (-counts[name], name))), settings.outlets)

    @property
    def levels(self) -> tuple[str, ...]:
        """The outlets with a column of their own."""
        return self.outlets[: self.own_columns]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        levels = (*self.levels, "(other)", "(missing)") if self.outlets else ()
        return tuple(f"{PRESS}={name}" for name in levels)

    @property
    def members(self) -> tuple[Member, ...]:
        """One member, where the outlet is used."""
        return ((PRESS, PRESS),) if self.outlets else ()

    @property
    def member_of(self) -> np.ndarray:
        """The number of each column's member, `(columns,)`."""
        return np.zeros(len(self.columns), int)

    def unseen(self, press: pd.Series) -> np.ndarray:
        """Say which outlets no training row had, `(n,)` bool; a missing outlet is not one of them."""
        new = press.notna() & ~press.isin(self.outlets)
        return np.asarray(new.to_numpy(bool) & bool(self.outlets))

    def matrix(self, inputs: Inputs) -> np.ndarray:
        """Return rows as `(n, columns)` of 0 and 1."""
        if not self.outlets:
            return np.zeros((len(inputs.features), 0))
        other, missing = len(self.levels), len(self.levels) + 1
        codes = np.full(len(inputs.features), missing)
        if inputs.press is not None:
            codes = pd.Index(self.levels).get_indexer(inputs.press.astype(object))
            codes = np.where(inputs.press.isna(), missing, np.where(codes < 0, other, codes))
        return np.asarray(np.eye(missing + 1, dtype=np.float32)[codes])

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays."""
        return {"outlets": np.array(self.outlets, str), "own_columns": np.array(self.own_columns)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Make what `to_arrays` took apart."""
        return cls(tuple(arrays["outlets"].tolist()), int(arrays["own_columns"]))
