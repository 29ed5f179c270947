"""From a table of text and its roles to a typed `Dataset`."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pandas as pd

from core.data.dataset import FEATURE, Dataset, Problem, Roles
from core.data.repeats import stories
from core.data.sessions import sessions_around
from core.data.values import moments, numbers, plain_text, texts
from core.errors import Message, UserError
from core.locale import N_


def build_dataset(table: pd.DataFrame, roles: Roles, name: str, drop_repeats: bool = True) -> Dataset:
    """Type a table of text cells by its roles.

    Rows that repeat a whole row are dropped unless `drop_repeats` is False, rows without a headline always;
    both are counted in the dataset's `problems`, as is every cell that could not be read.

    Raises:
        UserError: where a role names a column that is not there or one column twice, a feature is no number,
            or no row has a headline.
    """
    _check_roles(table, roles)
    problems: list[Problem] = []
    row = np.arange(1, len(table) + 1)
    frame = pd.DataFrame({"row": row, "headline": texts(table[roles.headline], plain_text)})

    keep = frame["headline"].to_numpy() != ""
    _count(problems, "no_headline", N_("Rows without a headline were left out."), row[~keep])
    if not keep.any():
        raise UserError(N_("The column {column} holds no headline in any row. Choose another column."),
                        column=roles.headline)  # fmt: skip
    if drop_repeats:
        repeated = table.duplicated().to_numpy() & keep
        _count(problems, "repeats", N_("Rows that repeat a whole row were dropped."), row[repeated])
        keep &= ~repeated

    table, frame = table[keep].reset_index(drop=True), frame[keep].reset_index(drop=True)
    row = frame["row"].to_numpy()
    frame["press"] = _text_or_missing(table, roles.press)
    frame["company"] = _text_or_missing(table, roles.group)
    frame["time"], frame["session"] = _times(table, roles.date, row, problems)
    for feature in roles.numeric:
        frame[FEATURE + feature] = _feature(table[feature], row, problems)
    frame["target"], kind = _target(table, roles.target, row, problems)
    frame["story"] = stories(frame["headline"].tolist())
    return Dataset(content_id(frame, roles), name, roles, frame, kind, tuple(problems))


def content_id(frame: pd.DataFrame, roles: Roles) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of a typed frame's content and roles.

    The order of the columns, the encoding and the format of the file do not change it.
    """
    digest = hashlib.sha256(repr(replace(roles, numeric=tuple(sorted(roles.numeric)))).encode())
    for column in sorted(frame.columns):
        digest.update(f"\0{column}\0".encode())
        values = frame[column]
        if values.dtype.kind in "fiM":
            digest.update(np.ascontiguousarray(values.to_numpy()).tobytes())
        else:
            cells = ["\1" if pd.isna(cell) else str(cell) for cell in values]
            digest.update("\0".join(cells).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


def _check_roles(table: pd.DataFrame, roles: Roles) -> None:
    single = (roles.headline, roles.press, roles.date, roles.group, roles.target)
    chosen = [name for name in (*single, *roles.numeric) if name]
    for name in chosen:
        if name not in table.columns:
            raise UserError(N_("There is no column {column} in the file. Its columns are: {columns}."),
                            column=name, columns=", ".join(map(str, table.columns)))  # fmt: skip
        if chosen.count(name) > 1:
            raise UserError(N_("The column {column} was chosen for two roles. Give each role its own column."),
                            column=name)  # fmt: skip


def _count(problems: list[Problem], code: str, template: str, rows: np.ndarray, **params: object) -> None:
    if len(rows):
        problems.append(Problem(code, Message(template, params), tuple(rows.tolist())))


def _text_or_missing(table: pd.DataFrame, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series([None] * len(table), dtype="str")
    cells = pd.Series(texts(table[column], plain_text), dtype="str")
    return cells.mask(cells == "")


def _times(
    table: pd.DataFrame, column: str | None, row: np.ndarray, problems: list[Problem]
) -> tuple[np.ndarray, np.ndarray]:
    unknown = np.full(len(table), np.datetime64("NaT", "s"))
    if column is None:
        return unknown, unknown
    times, timed, bad = moments(table[column])
    _count(problems, "bad_date", N_("Dates in {column} could not be read; these rows have no session."), row[bad],
           column=column)  # fmt: skip
    if np.isnat(times).all():
        raise UserError(N_("No cell of {column} could be read as a date. Choose another date column, or none."),
                        column=column)  # fmt: skip
    return times, sessions_around(times).of(times, timed)


def _feature(cells: pd.Series, row: np.ndarray, problems: list[Problem]) -> np.ndarray:
    values, bad = numbers(cells)
    if bad.any() and not np.isfinite(values).any():
        raise UserError(N_("No cell of {column} could be read as a number. Leave it out of the features."),
                        column=str(cells.name))  # fmt: skip
    _count(problems, "bad_number", N_("Cells of {column} could not be read as numbers; they count as missing."),
           row[bad], column=str(cells.name))  # fmt: skip
    return values


def _target(
    table: pd.DataFrame, column: str | None, row: np.ndarray, problems: list[Problem]
) -> tuple[pd.Series | np.ndarray, str]:
    if column is None:
        return np.full(len(table), np.nan), ""
    values, bad = numbers(table[column])
    known = np.isfinite(values)
    if known.any() and bad.mean() < 0.1 and not _are_codes(values[known]):
        _count(problems, "bad_number", N_("Cells of {column} could not be read as numbers; they count as missing."),
               row[bad], column=column)  # fmt: skip
        values = values * return_unit(table[column], values)
        _count(problems, "no_target", N_("Rows have no outcome; they are left out of training."),
               row[~np.isfinite(values)])  # fmt: skip
        return values, "return"
    labels = _text_or_missing(table, column)
    classes = labels.nunique()
    if classes > 20:
        raise UserError(
            N_("The target {column} holds {classes:,} different texts. It should hold returns, or at most 20 labels "
               "such as 승 and 패."), column=column, classes=classes)  # fmt: skip
    _count(problems, "no_target", N_("Rows have no outcome; they are left out of training."),
           row[labels.isna().to_numpy()])  # fmt: skip
    return labels, "label"


def _are_codes(values: np.ndarray) -> bool:
    """Say whether numbers are two codes such as 0 and 1 rather than returns."""
    return len(np.unique(values)) <= 2 and bool((values == np.round(values)).all())


def return_unit(cells: pd.Series, values: np.ndarray) -> float:
    """Return what one unit of a return column is worth as a fraction: 1, 0.01 (percent) or 0.0001 (bp).

    The header decides (`수익률(%)`, `(bp)`); cells that carry their own unit are fractions already; else a
    column whose largest values exceed 100 % a session as fractions must be percent.
    """
    header = str(cells.name).lower()
    if cells.str.contains("%|bp", case=False).any():
        return 1.0
    if "bp" in header:
        return 0.0001
    if "%" in header or "퍼센트" in header or "pct" in header or "percent" in header:
        return 0.01
    known = np.abs(values[np.isfinite(values)])
    return 0.01 if len(known) and np.quantile(known, 0.99) > 1.0 else 1.0
