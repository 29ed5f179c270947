"""What the compare page has at hand."""

from __future__ import annotations

from dataclasses import dataclass

from core.data.dataset import Dataset
from core.train.run import Run


@dataclass(frozen=True, eq=False)
class Shown:
    """The table, and those of its runs that are compared, newest first."""

    data: Dataset
    runs: tuple[Run, ...]
