"""The columns of a file of predictions that say which rows of a dataset it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.guess.headers import AHEAD, DATE, GROUP, HEADLINE
from core.data.guess.roles import guess_roles
from core.data.near_duplicates import key
from core.data.parse.columns import moments, texts
from core.data.reading import Source
from core.errors import UserError
from core.evaluate.foreign.values import as_numbers
from core.locale import N_

_SAMPLE = 2_000
_SHORTEST = 8  # characters of a headline, on average
_ROW_NAMES = ("row", "행", "행번호", "row_number")


@dataclass(frozen=True)
class Keys:
    """The columns of a file that say which rows it speaks of; None where it has none."""

    number: str | None = None
    id: str | None = None
    headline: str | None = None
    date: str | None = None
    company: str | None = None

    @property
    def used(self) -> tuple[str, ...]:
        """The columns that are there."""
        columns = (self.number, self.id, self.headline, self.date, self.company)
        return tuple(name for name in columns if name)


def find_keys(table: pd.DataFrame, dataset: Dataset, sources: Sequence[Source], id_column: str = "") -> Keys:
    """Find the columns by which a file can be matched; `sources` are the files that the dataset was made from.

    Raises `UserError` where the id column that was asked for is not there.
    """
    names = [str(name) for name in table.columns]
    if id_column and id_column not in names:
        raise UserError(
            N_("There is no column {column} in the file. Its columns are: {columns}."),
            column=id_column,
            columns=", ".join(names),
        )
    number = identity = None
    if id_column:
        if id_cells(dataset, sources, id_column) is not None:
            identity = id_column
        else:
            number = id_column
    else:
        number = next((name for name in names if name.lower() in _ROW_NAMES and _counts(table[name])), None)
        if number is None:
            identity = next((n for n in names if _identifies(table, dataset, sources, n)), None)
    headline = _headline(table.drop(columns=[name for name in (number, identity) if name]), dataset)
    rest = [name for name in names if name not in (headline, number, identity)]
    company = next((name for name in (dataset.roles.group, "company") if name and name in rest), None)
    companies = _keys_of(dataset.frame["company"])
    company = company or next((n for n in rest if _shared(table[n], companies) >= 0.5), None)
    rest = [name for name in rest if name != company]
    date = next((name for name in (dataset.roles.date, "session") if name and name in rest), None)
    date = date or next(
        (n for n in rest if DATE.search(n) and not AHEAD.search(n) and _dated(table[n])), None
    )
    company = company or next((n for n in rest if n != date and GROUP.search(n)), None)
    return Keys(number, identity, headline, date, company)


def id_cells(dataset: Dataset, sources: Sequence[Source], column: str) -> np.ndarray | None:
    """Return an id of each row of the dataset, `(rows,)`, from the file that has this column; None without one."""
    for number, rows in enumerate(("row", "row_2")[: len(sources)]):
        cells = sources[number].table.frame
        if column not in cells or rows not in dataset.frame:
            continue
        place = dataset.frame[rows].to_numpy(int) - 1
        found = texts(cells[column])
        return np.where(place >= 0, found[np.maximum(place, 0)], "")
    return None


def _identifies(table: pd.DataFrame, dataset: Dataset, sources: Sequence[Source], column: str) -> bool:
    """Whether a column is an id of the dataset's rows: there under the same name, without repeats, and shared."""
    if column in (dataset.roles.headline, dataset.roles.press, dataset.roles.date, dataset.roles.group):
        return False
    if column == dataset.roles.target or column in dataset.roles.numeric:
        return False
    cells = id_cells(dataset, sources, column)
    if cells is None or len(np.unique(cells)) < len(cells):
        return False
    asked = texts(table[column])
    return len(np.unique(asked)) == len(asked) and bool(np.isin(asked, cells).mean() >= 0.5)


def _counts(cells: pd.Series) -> bool:
    p = as_numbers(cells)
    known = p[~np.isnan(p)]
    return bool(len(known)) and bool((known % 1 == 0).all()) and bool((known >= 1).all())


def _headline(table: pd.DataFrame, dataset: Dataset) -> str | None:
    """Return the column of the dataset's headlines: by its name, by its cells, or by what looks like headlines."""
    names = [str(name) for name in table.columns]
    if not names or dataset.roles.headline in names:
        return dataset.roles.headline if names else None
    known = _keys_of(dataset.frame["headline"])
    shared = {name: _shared(table[name], known) for name in names}
    best = max(names, key=lambda name: shared[name])
    if shared[best] > 0:
        return best
    named = [n for n in names if HEADLINE.search(n) and table[n].str.len().mean() >= _SHORTEST]
    try:
        return named[0] if named else guess_roles(table).roles.headline
    except UserError:
        return None


def _keys_of(known: pd.Series) -> set[str]:
    return {key(text) for text in known.dropna().unique()}


def _shared(cells: pd.Series, known: set[str]) -> float:
    """Return the share of the distinct texts of a column that are among the known ones; numbers are none."""
    mine = pd.unique(texts(cells)[:_SAMPLE])
    mine = mine[mine != ""]
    if not len(mine) or np.isfinite(as_numbers(pd.Series(mine))).mean() > 0.5:
        return 0.0
    return float(np.mean([key(text) in known for text in mine]))


def _dated(cells: pd.Series) -> bool:
    return bool((~np.isnat(moments(cells)[0])).mean() >= 0.6)
