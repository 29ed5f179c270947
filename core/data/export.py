"""Tables that leave the app: UTF-8 with BOM for Excel, and no cell that a spreadsheet would run."""

from __future__ import annotations

import pandas as pd

_RUNS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV. A text cell or header that a spreadsheet might take for a formula gets a `'`."""
    safe = frame.rename(columns=lambda name: _neutral(str(name)))
    for position, (_name, column) in enumerate(frame.items()):
        if not pd.api.types.is_numeric_dtype(column):
            safe.isetitem(position, column.map(_neutral))
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig", "replace")


def _neutral(cell: object) -> object:
    if not isinstance(cell, str) or not cell.startswith(_RUNS):
        return cell
    return cell if _is_number(cell) else "'" + cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
