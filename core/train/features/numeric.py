"""Numbers of a table as columns of a matrix: missing values filled and indicated, tails clipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

LARGEST = 1e30  # beyond it float32 arithmetic overflows


@dataclass(frozen=True, eq=False)
class Numbers:
    """What training rows teach of numeric columns; those without any variation in training are left out.

    A missing value (or infinity) becomes the column's training median, and each column that is `flagged`
    (was missing in some training row) gets a 0/1 missing-indicator. Values are clipped to `low` and `high`.
    """

    names: tuple[str, ...]
    medians: np.ndarray  # (names,)
    flagged: np.ndarray  # (names,) bool
    low: np.ndarray  # (names,)
    high: np.ndarray  # (names,)

    @classmethod
    def fit(cls, table: pd.DataFrame, winsor: float = 0.0) -> Numbers:
        """Learn from training rows `(n, columns)`; see `tails` for `winsor`."""
        values = pd.DataFrame(finite(table), columns=table.columns)
        varying = values.loc[:, values.nunique(dropna=False) > 1]
        low, high = tails(varying.to_numpy(), winsor)
        return cls(
            names=tuple(varying.columns),
            medians=varying.median().to_numpy(float),
            flagged=varying.isna().any().to_numpy(bool),
            low=low,
            high=high,
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the matrix's columns: the numbers, then the missing-indicators."""
        flags = [f"{name} (missing)" for name, flag in zip(self.names, self.flagged, strict=True) if flag]
        return (*self.names, *flags)

    @property
    def name_of(self) -> np.ndarray:
        """The number of each column's name, `(columns,)`."""
        numbers = np.arange(len(self.names))
        return np.concatenate([numbers, numbers[self.flagged]])

    def matrix(self, table: pd.DataFrame) -> np.ndarray:
        """Return rows as `(n, columns)` float64; a column that is not given counts as missing."""
        values = finite(table.reindex(columns=list(self.names)))
        missing = np.isnan(values)
        filled = np.where(missing, self.medians, np.clip(values, self.low, self.high))
        return np.hstack([filled, missing[:, self.flagged]])

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays."""
        return {
            "names": np.array(self.names, str),
            "medians": self.medians,
            "flagged": self.flagged,
            "low": self.low,
            "high": self.high,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Numbers:
        """Make what `to_arrays` took apart; without `low` and `high` nothing is clipped."""
        names = tuple(arrays["names"].tolist())
        none = np.full(len(names), LARGEST)
        return cls(
            names, arrays["medians"], arrays["flagged"], arrays.get("low", -none), arrays.get("high", none)
        )


def tails(values: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds `(columns,)` to which values `(n, columns)` are clipped: their quantiles at each tail.

    Winsorising (Tukey, "The Future of Data Analysis", 1962; the name by Dixon, 1960): a value beyond the
    `share` or the 1 - `share` quantile of the training rows becomes that quantile. A column whose two quantiles
    are equal (a rare flag) is left as it is. Trees split by order, so for them it only joins the tails; a
    linear model is spared the pull of a few extreme rows.
    """
    columns = values.shape[1]
    low, high = np.full(columns, -LARGEST), np.full(columns, LARGEST)
    if share > 0 and values.size:
        bounds = np.nanquantile(values, [share, 1 - share], axis=0)
        varied = bounds[0] < bounds[1]
        low[varied], high[varied] = bounds[:, varied]
    return low, high


def finite(table: pd.DataFrame) -> np.ndarray:
    """Return the numbers of a table, infinity as missing and none beyond what float32 can bear."""
    values = table.to_numpy(float)
    return np.where(np.isfinite(values), np.clip(values, -LARGEST, LARGEST), np.nan)
