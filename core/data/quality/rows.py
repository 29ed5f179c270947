"""How many rows the file holds, and which were left out for what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset


@dataclass(frozen=True)
class Rows:
    """How many rows the file holds and how many are kept; `dropped` counts the others by the first reason."""

    in_file: int
    kept: int
    dropped: dict[str, int]


def count_rows(data: Dataset) -> Rows:
    """Count the rows of the file: those of the frame, and those that only a problem names."""
    kept = data.frame["row"].to_numpy()
    seen = kept
    dropped: dict[str, int] = {}
    for problem in data.problems:
        new = np.setdiff1d(np.array(problem.rows, np.int64), seen)
        if len(new):
            dropped[problem.code] = dropped.get(problem.code, 0) + len(new)
            seen = np.union1d(seen, new)
    return Rows(len(seen), len(kept), dropped)
