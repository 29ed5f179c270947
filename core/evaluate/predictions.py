"""The table between training and evaluation: out-of-sample predictions, whoever made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from core.data.dataset import Dataset

MEAN = "mean"  # the ensemble: the mean of the models
FUSION = "fusion"  # a model of the table and a model of the headline, weighed
HOLDOUT = 0  # the number of the holdout's fold; those of the walk-forward count from 1 on
COLUMNS = ("row", "session", "company", "fold", "outcome")


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predictions of rows that the models did not learn from, beside what happened.

    `table` has one line per predicted row and the columns `row` (number of the row in the user's file),
    `session` and `company` (missing where the table has none), `fold` (0 the holdout, 1… the walk-forward tests),
    `outcome` (a class number or a return), and for each model and baseline `MODEL:CLASS` (probability), or
    `MODEL` for returns; NaN where a model did not predict a row. `classes` are the labels, empty for returns.

    Raises `ValueError` where one of the first five columns is missing.
    """

    table: pd.DataFrame
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if missing := [name for name in COLUMNS if name not in self.table]:
            raise ValueError(f"the table of predictions lacks the columns {', '.join(missing)}")

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        positions: np.ndarray,
        fold: np.ndarray,
        outcome: np.ndarray,
        predictions: Mapping[str, np.ndarray],
        classes: tuple[str, ...] = (),
    ) -> Predictions:
        """Make the table of the rows at `positions (n,)` of the dataset's frame.

        `fold (n,)` and `outcome (n,)` are theirs, as are the predictions `(n, classes)` or `(n,)` by model.
        """
        table = dataset.frame[["row", "session", "company"]].iloc[positions].reset_index(drop=True)
        columns: dict[str, np.ndarray] = {"fold": fold, "outcome": outcome}
        for name, p in predictions.items():
            columns |= (
                {f"{name}:{label}": p[:, k] for k, label in enumerate(classes)} if classes else {name: p}
            )
        return cls(table.assign(**columns), classes)

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, model: str) -> np.ndarray:
        """Return a model's predictions, `(n, classes)` probabilities or `(n,)` returns."""
        columns = [f"{model}:{label}" for label in self.classes] or model
        result: np.ndarray = self.table[columns].to_numpy(float)
        return result

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The models and baselines in the table, in the order of the columns."""
        columns = [name for name in self.table.columns if name not in COLUMNS]
        if self.classes:
            last = f":{self.classes[-1]}"
            columns = [name.removesuffix(last) for name in columns if name.endswith(last)]
        return tuple(columns)

    @cached_property
    def models(self) -> tuple[str, ...]:
        """The models and baselines that predicted every row."""
        return tuple(name for name in self.names if not np.isnan(self[name]).any())

    @property
    def outcome(self) -> np.ndarray:
        """What happened, `(n,)`: class numbers or returns."""
        result: np.ndarray = self.table["outcome"].to_numpy(float)
        return result

    @property
    def fold(self) -> np.ndarray:
        """The number of each row's fold, `(n,)`."""
        result: np.ndarray = self.table["fold"].to_numpy()
        return result

    @property
    def holdout(self) -> Predictions:
        """The rows of the holdout; none while it is sealed."""
        return self.where(self.fold == HOLDOUT)

    @property
    def walk(self) -> Predictions:
        """The rows of the walk-forward tests."""
        return self.where(self.fold != HOLDOUT)

    @property
    def test(self) -> Predictions:
        """The rows that a reader is shown: those of the holdout, or of the walk-forward while that is sealed."""
        return self.holdout if (self.fold == HOLDOUT).any() else self

    def where(self, chosen: np.ndarray | pd.Series) -> Predictions:
        """Return the rows of a mask `(n,)`."""
        return Predictions(self.table[chosen].reset_index(drop=True), self.classes)

    def replace(self, **models: np.ndarray) -> Predictions:
        """Return the table with other predictions `(n, classes)` or `(n,)` of the named models."""
        columns = {
            f"{name}:{label}" if self.classes else name: p[:, k] if self.classes else p
            for name, p in models.items()
            for k, label in enumerate(self.classes or ("",))
        }
        return Predictions(self.table.assign(**columns), self.classes)

    def positions(self, dataset: Dataset) -> np.ndarray:
        """Return where the rows stand in the dataset's frame, `(n,)`; raises `ValueError` for a row it has not."""
        known = dataset.frame["row"].to_numpy()
        found = pd.Index(known).get_indexer(self.table["row"])
        if (found < 0).any():
            raise ValueError(f"{int((found < 0).sum())} of {len(self)} predicted rows are not in the dataset")
        result: np.ndarray = found
        return result

    def at(self, dataset: Dataset, positions: np.ndarray) -> Predictions:
        """Return the predictions of the rows at these positions of the dataset's frame, in this order."""
        order = pd.Index(self.positions(dataset)).get_indexer(pd.Index(positions))
        return Predictions(self.table.iloc[order].reset_index(drop=True), self.classes)
