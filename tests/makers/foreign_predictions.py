"""Files of predictions that were made elsewhere, for a small dataset with skill in one column."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.reading import read_table
from tests.makers.train_tables import make_dataset

ROWS, DAYS = 240, 40


def small(task: str = "classify", seed: int = 0) -> tuple[Dataset, np.ndarray]:
    """Return a dataset of 40 sessions with a feature `x`, and a signal of the outcome that the table has not."""
    rng = np.random.default_rng(seed)
    x, unknown = rng.normal(size=ROWS), rng.normal(size=ROWS)
    target = 0.01 * (0.3 * x + unknown + rng.normal(size=ROWS))
    data = make_dataset(target, np.arange(ROWS) // (ROWS // DAYS), {"x": x}, name="0123456789abcdef")
    data.frame["company"] = pd.Series([f"회사{k % 6}" for k in range(ROWS)], dtype="str")
    return data, unknown


def as_file(**columns: object) -> pd.DataFrame:
    """Return columns as a reader of files gives them: written as CSV in UTF-8 and read again."""
    return read_table(pd.DataFrame(columns).to_csv(index=False).encode()).frame
