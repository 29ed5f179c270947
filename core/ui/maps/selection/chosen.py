"""What is selected on the map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.train.run import Run


@dataclass(frozen=True, eq=False)
class Selection:
    """Rows that the reader has selected, by their positions `(n,)`, in their dataset with its vectors `(rows, dim)`.

    `run` is the chosen run, None where there is none; `sealed` are the positions of sealed rows.
    """

    data: Dataset
    vectors: np.ndarray
    rows: np.ndarray
    sealed: np.ndarray
    run: Run | None
