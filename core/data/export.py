"""Tables that leave the app: UTF-8 with BOM for Excel, and no cell that a spreadsheet would run."""

from __future__ import annotations

import re

import pandas as pd

from core.data.dataset import Dataset

# what spreadsheets take for the start of a formula, full-width forms too:
# https://owasp.org/www-community/attacks/CSV_Injection
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][+-]?\d+)?%?")


def to_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV. A text cell or header that a spreadsheet might take for a formula gets a `'`."""
    safe = frame.rename(columns=lambda name: _neutral(str(name)))
    for position, (_name, column) in enumerate(frame.items()):
        if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)):
            cells = [_neutral(cell) for cell in column]
            safe.isetitem(position, pd.Series(cells, safe.index, dtype=object))
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig", "replace")


def dataset_table(data: Dataset) -> pd.DataFrame:
    """Return a dataset as a table to export: the row of each file first, then what was read, as it was typed.

    Columns have the file's own names; beside them stand `row`, `session`, `story` (equal for the same or nearly
    the same headline) and, where the target is a return, `return` as a fraction.
    """
    roles, frame = data.roles, data.frame
    columns = {name: frame[name] for name in ("row", "row_2") if name in frame}
    columns[roles.headline] = frame["headline"]
    for kind, name in (("press", roles.press), ("company", roles.group), ("time", roles.date)):
        if name:
            columns[name] = frame[kind]
    columns |= {str(name): values for name, values in data.features.items()}
    if roles.date:
        columns[_free("session", columns)] = frame["session"]
    columns[_free("story", columns)] = frame["story"]
    if data.target_kind == "return":
        columns[_free("return", columns)] = frame["target"]
    elif data.target_kind:
        columns[_free(roles.target or "outcome", columns)] = frame["target"]
    return pd.DataFrame(columns)


def _free(name: str, taken: dict[str, pd.Series]) -> str:
    while name in taken:
        name += "_2"
    return name


def _neutral(cell: object) -> object:
    if not isinstance(cell, str) or not cell.startswith(_RUNS):
        return cell
    return cell if _is_number(cell) else "'" + cell


def _is_number(cell: str) -> bool:
    return cell[-1:].isascii() and any(c.isdigit() for c in cell) and _NUMBER.fullmatch(cell) is not None
