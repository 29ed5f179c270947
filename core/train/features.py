"""Vectors, continuous features and the outlet as one matrix of numbers, by what the training rows taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from core.data.dataset import FEATURE, Dataset
from core.train.settings import OUTLETS

HEADLINE, PRESS = "headline", "press"
LARGEST = 1e30  # beyond it float32 arithmetic overflows


class Inputs(NamedTuple):
    """What a model is told of rows: vectors `(n, dim)` or None, features `(n, features)`, outlets `(n,)`."""

    vectors: np.ndarray | None
    features: pd.DataFrame
    press: pd.Series | None

    @classmethod
    def of(cls, dataset: Dataset, vectors: np.ndarray | None, use_press: bool = True) -> Inputs:
        """Return the inputs of every row of a dataset."""
        if vectors is not None and len(vectors) != len(dataset):
            raise ValueError(f"{len(vectors)} vectors for {len(dataset)} rows")
        return cls(vectors, dataset.features, dataset.frame["press"] if use_press else None)

    def take(self, rows: np.ndarray) -> Inputs:
        """Return the inputs of the rows at these positions."""
        return Inputs(
            None if self.vectors is None else self.vectors[rows],
            self.features.iloc[rows],
            None if self.press is None else self.press.iloc[rows],
        )


@dataclass(frozen=True, eq=False)
class Preparation:
    """What is fitted on training rows before the models: medians, missing-indicators and outlet levels.

    Columns of the matrix, in order: the `dim` numbers of the vector; each of `features`, a missing value
    (or infinity) replaced by its training median; a 0/1 missing-indicator for each of them that is `flagged`
    (was missing in some training row); one 0/1 column for each of the most frequent outlets, one for all
    others and one for a missing outlet. `dropped` names features without any variation in training;
    `outlets` are all outlets of the training rows, most frequent first (empty: the outlet is not used), of which
    the first `own_columns` have a column.
    """

    dim: int
    features: tuple[str, ...]
    medians: np.ndarray  # (features,)
    flagged: np.ndarray  # (features,) bool
    dropped: tuple[str, ...]
    outlets: tuple[str, ...]
    own_columns: int = OUTLETS

    @classmethod
    def fit(
        cls,
        vectors: np.ndarray | None,
        features: pd.DataFrame,
        press: pd.Series | None,
        own_columns: int = OUTLETS,
    ) -> Preparation:
        """Learn from training rows: vectors `(n, dim)` or None, features `(n, features)`, outlets `(n,)`."""
        table = pd.DataFrame(_finite(features), columns=features.columns)
        varied = table.nunique(dropna=False) > 1
        kept = table.loc[:, varied]
        return cls(
            dim=0 if vectors is None else vectors.shape[1],
            features=tuple(kept.columns),
            medians=kept.median().to_numpy(float),
            flagged=kept.isna().any().to_numpy(bool),
            dropped=tuple(table.columns[~varied]),
            outlets=() if press is None else _by_frequency(press),
            own_columns=own_columns,
        )

    @property
    def levels(self) -> tuple[str, ...]:
        """The outlets with a column of their own."""
        return self.outlets[: self.own_columns]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the matrix's columns."""
        flags = [f"{name} (missing)" for name, flag in zip(self.features, self.flagged, strict=True) if flag]
        outlets = [f"{PRESS}={name}" for name in (*self.levels, "(other)", "(missing)")]
        vector = [f"{HEADLINE}[{i}]" for i in range(self.dim)]
        return (*vector, *self.features, *flags, *(outlets if self.outlets else ()))

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of what the columns belong to: the headline, each continuous feature, the outlet."""
        names = [FEATURE + name if name in (HEADLINE, PRESS) else name for name in self.features]
        return (*([HEADLINE] if self.dim else ()), *names, *([PRESS] if self.outlets else ()))

    @property
    def group_of(self) -> np.ndarray:
        """The number of each column's group, `(columns,)`."""
        first = int(self.dim > 0)
        features = first + np.arange(len(self.features))
        outlets = len(self.levels) + 2 if self.outlets else 0
        return np.concatenate(
            [
                np.zeros(self.dim, int),
                features,
                features[self.flagged],
                np.full(outlets, first + len(features), int),
            ]
        )

    def matrix(
        self, vectors: np.ndarray | None, features: pd.DataFrame, press: pd.Series | None
    ) -> np.ndarray:
        """Return the rows as numbers, `(n, columns)` float32; a feature that is not given counts as missing.

        Raises `ValueError` where the vectors are not of the dimension seen in training.
        """
        blocks = []
        if self.dim:
            given = 0 if vectors is None else vectors.shape[1]
            if vectors is None or given != self.dim:
                raise ValueError(f"vectors of {given} numbers, but the models were fitted on {self.dim}")
            blocks.append(vectors)
        if self.features:
            values = _finite(features.reindex(columns=list(self.features)))
            missing = np.isnan(values)
            blocks += [np.where(missing, self.medians, values), missing[:, self.flagged]]
        if self.outlets:
            blocks.append(self._one_hot(press, len(features)))
        return np.hstack(blocks).astype(np.float32)

    def unseen(self, press: pd.Series) -> np.ndarray:
        """Say which outlets no training row had, `(n,)` bool; a missing outlet is not one of them."""
        return (press.notna() & ~press.isin(self.outlets)).to_numpy(bool) & bool(self.outlets)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays that `numpy.load` reads without pickle."""
        return {
            "dim": np.array(self.dim),
            "features": np.array(self.features, str),
            "medians": self.medians,
            "flagged": self.flagged,
            "dropped": np.array(self.dropped, str),
            "outlets": np.array(self.outlets, str),
            "own_columns": np.array(self.own_columns),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Preparation:
        """Make the preparation that `to_arrays` took apart."""
        names = {key: tuple(arrays[key].tolist()) for key in ("features", "dropped", "outlets")}
        return cls(
            dim=int(arrays["dim"]),
            medians=arrays["medians"],
            flagged=arrays["flagged"],
            own_columns=int(arrays["own_columns"]),
            **names,
        )

    def _one_hot(self, press: pd.Series | None, rows: int) -> np.ndarray:
        other, missing = len(self.levels), len(self.levels) + 1
        codes = np.full(rows, missing)
        if press is not None:
            codes = pd.Index(self.levels).get_indexer(press.astype(object))
            codes = np.where(press.isna(), missing, np.where(codes < 0, other, codes))
        return np.eye(missing + 1, dtype=np.float32)[codes]


def _finite(features: pd.DataFrame) -> np.ndarray:
    values = features.to_numpy(float)
    return np.where(np.isfinite(values), np.clip(values, -LARGEST, LARGEST), np.nan)


def _by_frequency(press: pd.Series) -> tuple[str, ...]:
    counts = press.value_counts()
    return tuple(sorted(counts.index, key=lambda name: (-counts[name], name)))
