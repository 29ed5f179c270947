"""Which outlets the rows come from."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.data.dataset import Dataset

OUTLETS_SHOWN = 15


@dataclass(frozen=True, eq=False)
class Outlets:
    """The outlets with the most rows: `shown` has `outlet, rows, share`, at most 15; `others` outlets hold
    `other_rows` rows, and `missing` rows name none. Shares are of the rows that name an outlet.
    """

    shown: pd.DataFrame
    others: int
    other_rows: int
    missing: int


def count_outlets(data: Dataset) -> Outlets:
    """Count the rows of each outlet."""
    counts = data.frame["press"].value_counts()
    named = int(counts.sum())
    shown = counts.head(OUTLETS_SHOWN)
    table = pd.DataFrame(
        {
            "outlet": shown.index.astype(str),
            "rows": shown.to_numpy(),
            "share": shown.to_numpy() / max(named, 1),
        }
    )
    return Outlets(table, len(counts) - len(shown), named - int(shown.sum()), len(data) - named)
