"""Some of the training rows, whose matrix lies in blocks on workers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from core.train.models.sample import Fold, Sample
from core.train.partitioned.blocks import Blocks


@dataclass(frozen=True, eq=False)
class Share:
    """Training rows as the models take them: `sample` is theirs without a matrix, and `rows (n,)` are their positions
    among the rows of the blocks.
    """

    blocks: Blocks
    sample: Sample
    rows: np.ndarray

    def take(self, fit: np.ndarray, fold: Fold | None = None) -> Share:
        """Return the rows at some positions of the sample; `fold` are positions in it for early stopping."""
        return replace(self, sample=self.sample.take(fit, fold), rows=self.rows[fit])

    def matrix(self, part: np.ndarray | None = None) -> Any:
        """Return the numbers of the rows at these positions of the sample, or of all, as a Dask array."""
        return self.blocks.array(self.at(part))

    def beside(self, values: np.ndarray, part: np.ndarray | None = None) -> Any:
        """Return values `(n,)` or `(n, k)` of the sample's rows as a Dask array beside `matrix`."""
        return self.blocks.beside(self.at(part), self.spread(values))

    def weights(self, part: np.ndarray | None = None) -> Any:
        """Return the weights of the rows as a Dask array beside `matrix`; None where all count the same."""
        weight = self.sample.weight_of(slice(None) if part is None else part)
        if weight is None:
            return None
        full = np.zeros(len(self.sample.y))
        full[slice(None) if part is None else part] = weight
        return self.beside(full, part)

    def at(self, part: np.ndarray | None = None) -> np.ndarray:
        """Return the positions among the rows of the blocks of positions of the sample, or of all of it."""
        return self.rows if part is None else self.rows[part]

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Return values of the sample's rows, `(n, …)`, at their places among all rows of the blocks."""
        full = np.zeros((self._count, *values.shape[1:]), values.dtype)
        full[self.rows] = values
        return full

    @cached_property
    def _count(self) -> int:
        return sum(len(rows) for rows in self.blocks.rows)
