"""Rows that an earlier version of the ledger saved get the marks of today's, from the table that they are of."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from core.data.library import load_dataset
from core.errors import UserError
from core.evaluate.ledger_file import entries, load_rows, save_rows
from core.evaluate.ledger_rows import Rows


@lru_cache(maxsize=16)
def upgrade(home: Path) -> None:
    """Mark all rows of a workspace that have no marks yet and whose dataset is still there; once a process.

    Others stay known by their headlines as they are spelled.
    """
    unmarked: dict[str, set[str]] = {}
    for entry in entries():
        for name in filter(None, (entry.signature, entry.scored)):
            rows = load_rows(name)
            if rows is not None and rows.marks is None:
                unmarked.setdefault(entry.dataset, set()).add(name)
    for dataset_id, names in unmarked.items():
        _mark(dataset_id, names)


def _mark(dataset_id: str, names: set[str]) -> None:
    try:
        listed = Rows.listed(load_dataset(dataset_id)).distinct()
    except UserError:
        return
    for name in names:
        rows = load_rows(name)
        if rows is None:
            continue
        finest = int(rows.keys[:, 1].any())
        found = listed.take(np.flatnonzero(np.isin(listed.keys[:, finest], rows.keys[:, finest])))
        if np.array_equal(found.keys, rows.keys):
            save_rows(found, name, anew=True)
