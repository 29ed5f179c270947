"""Tables that leave the app, as CSV (UTF-8 with BOM for Excel) or XLSX: no cell that a spreadsheet would run."""

from __future__ import annotations

import io
import re

import numpy as np
import pandas as pd

from core.data.dataset import Dataset

# what spreadsheets take for the start of a formula, full-width forms too:
# https://owasp.org/www-community/attacks/CSV_Injection
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][+-]?\d+)?%?")


def to_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV. A text cell or header that a spreadsheet might take for a formula gets a `'`."""
    text: str = _safe(frame).to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig", "replace")


def to_xlsx(frame: pd.DataFrame, sheet: str = "Headline Lab") -> bytes:
    """Return a table as one sheet of a workbook; texts that might be a formula as in `to_csv`.

    Control characters, which a workbook cannot hold, are left out.
    """
    safe = _safe(frame).map(lambda cell: _CONTROL.sub("", cell) if isinstance(cell, str) else cell)
    safe.columns = [_CONTROL.sub("", str(name)) for name in safe.columns]
    target = io.BytesIO()
    safe.to_excel(target, sheet_name=sheet, index=False, engine="openpyxl")
    return target.getvalue()


def _safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with every text cell and header harmless in a spreadsheet."""
    safe = frame.rename(columns=lambda name: _neutral(str(name)))
    for position, (_name, column) in enumerate(frame.items()):
        if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)):
            cells = column.to_numpy(object, copy=True)
            some = np.arange(len(cells))
            if isinstance(
                column.dtype, pd.StringDtype
            ):  # most cells of a large table begin like none of these
                some = np.flatnonzero(column.str.startswith(_RUNS).fillna(False).to_numpy(bool))
            cells[some] = [_neutral(cell) for cell in cells[some]]
            safe.isetitem(position, pd.Series(cells, safe.index, dtype=object))
    return safe


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
