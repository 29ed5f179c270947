"""Numbers that a feature has never had, and percents typed where the table has fractions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

FAR = 5  # a percent is typed a hundred times as large as the fraction that it is


@dataclass(frozen=True)
class Range:
    """What a feature's values in the table are: the ends and the median, NaN where it has none; `step` to change it."""

    low: float
    high: float
    median: float
    step: float

    @classmethod
    def of(cls, values: pd.Series) -> Range:
        """Return the range of a feature's values `(rows,)`; infinite ones do not count."""
        finite = values.replace([np.inf, -np.inf], np.nan).dropna()
        if not len(finite):
            return cls(np.nan, np.nan, np.nan, 0.1)
        spread = float(finite.std()) if len(finite) > 1 else 0.0
        return cls(
            float(finite.min()),
            float(finite.max()),
            float(finite.median()),
            spread / 4 if spread > 0 else 0.1,
        )

    def holds(self, value: float | None) -> bool:
        """Whether a value lies within the range; a missing one does, and so does any where nothing is known."""
        return value is None or bool(np.isnan([value, self.low]).any()) or self.low <= value <= self.high

    def outside(self, values: np.ndarray) -> np.ndarray:
        """Say which values `(n,)` lie outside the range, as `holds` does of one, `(n,)` bool."""
        return np.asarray((values < self.low) | (values > self.high))

    def in_percent(self, values: np.ndarray) -> np.ndarray:
        """Say which values `(n,)` look like percents where fractions are meant, as in -5 for -0.05, `(n,)` bool.

        That is asked where the known values are all below 1, so that they can be fractions, and a value is `FAR` times
        as large as any of them, while a hundredth of it is within their range, or it is 1 to 100.
        """
        largest = max(abs(self.low), abs(self.high))
        if not largest < 1:
            return np.zeros(len(values), bool)
        sizes = np.abs(values)
        plausible = ~self.outside(values / 100) | ((sizes >= 1) & (sizes < 100))
        return np.asarray(self.outside(values) & (sizes > FAR * largest) & plausible)

    def meant(self, value: float | None) -> float | None:
        """Return the fraction that was meant where a percent was typed, as `in_percent` asks; else None."""
        if value is None or not self.in_percent(np.array([value]))[0]:
            return None
        return float(f"{value / 100:.12g}")
