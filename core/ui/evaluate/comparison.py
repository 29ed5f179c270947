"""Placeholder."""

from __future__ import annotations

from core.data.dataset import Dataset
from core.train.run import Run


def compare(run: Run, data: Dataset) -> None:
    """Draw nothing yet."""
