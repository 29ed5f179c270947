"""What a training would learn from and be tested on, before it is begun."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.train.settings import TrainSettings
from core.train.splits.outcome import known_outcome
from core.train.splits.partition import Split
from core.train.splits.split import folds, make_split, timeline


def preview(dataset: Dataset, settings: TrainSettings) -> pd.DataFrame:
    """Return how many rows of each session each fold puts where: `fold, part, session, rows`.

    `fold` is 0 for the holdout and counts the walk from 1 on; `part` is train, test, purged, embargoed,
    grouped or left_out. Rows without a session are not shown. Raises `UserError` where the settings allow no
    split of this table.
    """
    split = make_split(dataset, settings, ~np.isnan(known_outcome(dataset, settings)))
    walk: list[Split] = folds(dataset, settings, split.development)
    table = timeline(dataset, [*walk, split])
    return table.assign(fold=table["fold"].where(table["fold"] <= len(walk), 0))
