"""Numbers that a feature has never had, and percents typed where the table has fractions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


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
        """Say which values `(n,)` look like percents where fractions are meant, as `meant` does of one, `(n,)` bool."""
        if np.isnan(self.low) or max(abs(self.low), abs(self.high)) >= 1:
            return np.zeros(len(values), bool)
        sizes = np.abs(values)
        plausible = ~self.outside(values / 100) | ((sizes >= 1) & (sizes < 100))
        return np.asarray(self.outside(values) & plausible)

    def meant(self, value: float | None) -> float | None:
        """Return the fraction that was meant where a percent was typed, as in -5 for -0.05; else None.

        That is asked where the table's values are all below 1, so that they can be fractions, and the value lies
        outside them, while a hundredth of it does not, or it is 1 or more itself.
        """
        if value is None or self.holds(value) or max(abs(self.low), abs(self.high)) >= 1:
            return None
        fraction = float(f"{value / 100:.12g}")
        return fraction if self.holds(fraction) or 1 <= abs(value) < 100 else None
