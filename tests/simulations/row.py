"""A row of the table in docs/honesty.md: a world whose truth is known, what must hold in it, and what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One claim shown true: `measure` runs the simulation and returns what was found, in words with numbers.

    `repetitions` says how many tables, and of which seeds.
    """

    world: str
    must: str
    repetitions: str
    measure: Callable[[], str]

    def line(self) -> str:
        """Run the simulation and return the row as Markdown."""
        return f"| {self.world} | {self.must} | {self.measure()} | {self.repetitions} |"


def percent(*shares: float) -> str:
    """Return shares as "1.3% / 2.0%"."""
    return " / ".join(f"{share:.1%}" for share in shares)


def span(values: Iterable[float], digits: int = 2) -> str:
    """Return the lowest and highest value, "0.92 to 0.95"."""
    found = list(values)
    return f"{min(found):.{digits}f} to {max(found):.{digits}f}"
