"""Vectors by text: each different headline's once, and which of them is each row's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd


class Repeated:
    """Vectors `(n, dim)` of rows of which many have the same text; rows are taken as from an array."""

    def __init__(self, distinct: np.ndarray, number: np.ndarray) -> None:
        self.distinct, self.number = distinct, number

    @classmethod
    def of(cls, vectors: np.ndarray, texts: Sequence[str]) -> Repeated:
        """Return the vectors `(n, dim)` of texts `(n,)`, each different text's once."""
        number, _ = pd.factorize(np.asarray(texts, object))
        first = np.unique(number, return_index=True)[1]
        return cls(vectors[first], number)

    def __len__(self) -> int:
        return len(self.number)

    @property
    def shape(self) -> tuple[int, int]:
        """The rows and the numbers of each vector."""
        return len(self.number), self.distinct.shape[1]

    def __getitem__(self, rows: Any) -> Repeated:
        """Return the vectors of some rows, still by text."""
        return Repeated(self.distinct, self.number[rows])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """Return the vectors as an array, `(n, dim)`."""
        return np.asarray(self.distinct[self.number], dtype or self.distinct.dtype)
