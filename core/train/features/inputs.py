"""What a model is given before anything is fitted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from core.data.dataset import Dataset


class Inputs(NamedTuple):
    """The inputs of `n` rows.

    Vectors `(n, dim)` or None, continuous features `(n, features)`, press outlets `(n,)` or None, and for the
    extras the headlines `(n,)` and their times `(n,)`, None where they are not known.
    """

    vectors: np.ndarray | None
    features: pd.DataFrame
    press: pd.Series | None
    text: pd.Series | None = None
    time: pd.Series | None = None

    @classmethod
    def of(cls, dataset: Dataset, vectors: np.ndarray | None, use_press: bool = True) -> Inputs:
        """Return the inputs of every row of a dataset; raises `ValueError` unless there is a vector for each."""
        if vectors is not None and len(vectors) != len(dataset):
            raise ValueError(f"{len(vectors)} vectors for {len(dataset)} rows")
        frame = dataset.frame
        press = frame["press"] if use_press else None
        return cls(vectors, dataset.features, press, frame["headline"], frame["time"])

    def take(self, rows: np.ndarray) -> Inputs:
        """Return the inputs of the rows at these positions."""
        return Inputs(
            None if self.vectors is None else self.vectors[rows],
            self.features.iloc[rows],
            *(None if part is None else part.iloc[rows] for part in (self.press, self.text, self.time)),
        )
