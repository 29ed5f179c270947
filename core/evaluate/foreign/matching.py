"""Rows of a file of predictions matched to the rows of a dataset: by number, by an id, or by headline and session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.near_duplicates import key
from core.data.parse.cells import plain_text
from core.data.parse.columns import moments, texts
from core.data.plan import Exchange
from core.data.reading import Source
from core.data.sessions import sessions_around, zone_of
from core.errors import Message, UserError
from core.evaluate.foreign.keys import Keys, id_cells
from core.evaluate.foreign.values import as_numbers
from core.locale import N_, P_

ROW, ID, HEADLINE = "row", "id", "headline"
EXAMPLES = 3
_SAME_TABLE = 0.9  # the least share of rows whose headlines agree where both files have them


@dataclass(frozen=True, eq=False)
class Match:
    """Which row of the file speaks of which row of the dataset, and what was left over.

    `file (m,)` and `position (m,)` are pairs, positions in the dataset's frame without repeats. `by` is "row", "id" or
    "headline"; `keys` are the columns of the file that were used. `unmatched` rows of the file have no partner;
    `duplicates` say again what an earlier one says of the same row; `ambiguous` ones fit rows that ended differently.
    """

    file: np.ndarray
    position: np.ndarray
    by: str
    keys: tuple[str, ...]
    unmatched: np.ndarray
    duplicates: np.ndarray
    ambiguous: np.ndarray
    notes: tuple[Message, ...] = field(default=())


def match(
    table: pd.DataFrame, dataset: Dataset, sources: Sequence[Source], keys: Keys, outcome: np.ndarray
) -> Match:
    """Match the rows of a file to those of the dataset; `outcome (rows,)` are the dataset's, NaN where unknown.

    Raises `UserError` where no row fits, or the numbers fit and the headlines do not: then it is another table.
    """
    if keys.number or keys.id:
        made = _by_number(table, dataset, sources, keys)
        _require_same_table(table, dataset, keys, made)
    elif keys.headline:
        made = _by_headline(table, dataset, keys, outcome)
    else:
        raise UserError(
            N_(
                "Nothing says which rows the predictions are of: the file needs the row number (column “row”), an id that "
                "the table has too, or the headline with its date (columns: {columns})."
            ),
            columns=", ".join(map(str, table.columns)),
        )
    if not len(made.file):
        raise UserError(
            P_(
                "The one row of predictions fits no row of the dataset {dataset} (matched by {keys}): choose the dataset "
                "that the predictions were made for, or name the id column.",
                "None of the {n:,} rows of predictions fits a row of the dataset {dataset} (matched by {keys}): choose "
                "the dataset that the predictions were made for, or name the id column.",
            ),
            n=len(table),
            dataset=dataset.name,
            keys=", ".join(made.keys),
        )
    return made


def examples(table: pd.DataFrame, rows: np.ndarray, keys: Keys) -> list[dict[str, Any]]:
    """Return a few rows of the file as a reader can find them: their number (1 below the header) and their key."""
    column = keys.headline or keys.id or keys.number
    cells = [""] * len(table) if column is None else table[column].astype(str)
    return [{"row": int(i) + 1, "key": plain_text(str(cells[i]))[:80]} for i in rows[:EXAMPLES]]


def _by_number(table: pd.DataFrame, dataset: Dataset, sources: Sequence[Source], keys: Keys) -> Match:
    column = keys.number or keys.id or ""
    if keys.number:
        asked = pd.Index(np.nan_to_num(as_numbers(table[column]), nan=-1.0))
        known = pd.Index(dataset.frame["row"].to_numpy(float))
    else:
        cells = id_cells(dataset, sources, column)
        asked, known = pd.Index(texts(table[column])), pd.Index(cells)
    repeated = known.duplicated(keep=False)
    first = pd.Series(np.arange(len(known)), known)[~known.duplicated()]
    place = np.where(asked == "", -1, first.reindex(asked).fillna(-1).to_numpy(int))
    ambiguous = (place >= 0) & repeated[place]
    found = np.flatnonzero((place >= 0) & ~ambiguous)
    again = pd.Series(place[found]).duplicated().to_numpy()
    kept = found[~again]
    by = ROW if keys.number else ID
    left = np.flatnonzero(place < 0)
    return Match(kept, place[kept], by, (column,), left, found[again], np.flatnonzero(ambiguous))


def _by_headline(table: pd.DataFrame, dataset: Dataset, keys: Keys, outcome: np.ndarray) -> Match:
    sessions = _sessions(table, dataset, keys)
    company = None
    if keys.company and dataset.frame["company"].notna().any():
        company = keys.company
    made = _paired(table, dataset, keys, sessions, company, outcome)
    if not len(made.file) and company:
        without = _paired(table, dataset, keys, sessions, None, outcome)
        note = Message(
            N_(
                "The companies in {column} are written otherwise than in the table, so they were not used to match."
            ),
            {"column": company},
        )
        if len(without.file):
            return Match(**{**vars(without), "notes": (note,)})
    return made


def _paired(
    table: pd.DataFrame,
    dataset: Dataset,
    keys: Keys,
    sessions: np.ndarray | None,
    company: str | None,
    outcome: np.ndarray,
) -> Match:
    assert keys.headline is not None
    used = [keys.headline]
    mine = [_plain(texts(table[keys.headline]))]
    theirs = [_plain(dataset.frame["headline"].to_numpy(object))]
    if sessions is not None:
        used.append(keys.date or "")
        mine.append(sessions.astype("datetime64[D]").astype(str))
        theirs.append(dataset.frame["session"].to_numpy("datetime64[D]").astype(str))
    if company:
        used.append(company)
        mine.append(_plain(texts(table[company])))
        theirs.append(_plain(dataset.frame["company"].fillna("").to_numpy(object)))
    joined = np.concatenate([_joined(mine), _joined(theirs)])
    codes = pd.factorize(joined)[0]
    asked, known = codes[: len(table)], codes[len(table) :]
    asked = np.where(mine[0] == "", -1, asked)
    here = pd.Series(np.arange(len(dataset))).groupby(known).indices
    file, place, again, ambiguous = [], [], [], []
    for code, rows in pd.Series(np.arange(len(table))).groupby(asked).indices.items():
        positions = here.get(code)
        if code < 0 or positions is None:
            continue
        if len(rows) == len(positions):
            file += rows.tolist()
            place += positions.tolist()
            continue
        ends = outcome[positions]
        if len(np.unique(ends[~np.isnan(ends)])) > 1:
            ambiguous += rows.tolist()
            continue
        file += [rows[0]] * len(positions)
        place += positions.tolist()
        again += rows[1:].tolist()
    order = np.argsort(place, kind="stable")
    told = {*file, *again, *ambiguous}
    return Match(
        np.array(file, int)[order],
        np.array(place, int)[order],
        HEADLINE,
        tuple(used),
        np.array([i for i in range(len(table)) if i not in told], int),
        np.sort(np.array(again, int)),
        np.sort(np.array(ambiguous, int)),
    )


def _sessions(table: pd.DataFrame, dataset: Dataset, keys: Keys) -> np.ndarray | None:
    """Return the session of each row of the file, by the dataset's exchange; None where one of the two has none."""
    if not keys.date or not dataset.has_sessions:
        return None
    exchange = dataset.plan.exchange if dataset.plan else Exchange()
    times, timed, _bad = moments(table[keys.date], zone_of(exchange))
    if np.isnat(times).all():
        return None
    there = times.astype("datetime64[D]").astype("datetime64[s]")
    held = np.isin(there, dataset.frame["session"].dropna().to_numpy("datetime64[s]"))
    held &= ~timed & (exchange.untimed == "same")
    return np.where(held, there, sessions_around(times, exchange).of(times, timed, exchange.untimed))


def _require_same_table(table: pd.DataFrame, dataset: Dataset, keys: Keys, made: Match) -> None:
    """Raise `UserError` where rows of the same number have other headlines or sessions: it is another table."""
    if not len(made.file):
        return
    if keys.headline:
        mine = _plain(texts(table[keys.headline]))[made.file]
        theirs = _plain(dataset.frame["headline"].to_numpy(object)[made.position])
        what = N_("headline")
    elif (sessions := _sessions(table, dataset, keys)) is not None:
        mine = sessions.astype("datetime64[D]")[made.file]
        theirs = dataset.frame["session"].to_numpy("datetime64[D]")[made.position]
        what = N_("date")
    else:
        return
    agree = float((mine == theirs).mean())
    if agree < _SAME_TABLE:
        raise UserError(
            N_(
                "The predictions are of another table: {different} of {rows} rows with the same {keys} have another {what} "
                "in the dataset {dataset}. Choose the dataset that they were made for."
            ),
            different=int((mine != theirs).sum()),
            rows=len(made.file),
            keys=", ".join(made.keys),
            what=Message(what),
            dataset=dataset.name,
        )


def _plain(values: np.ndarray) -> np.ndarray:
    codes, distinct = pd.factorize(values)
    result: np.ndarray = np.array([key(str(text)) for text in distinct], object)[codes]
    return result


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    rows = ["\0".join(map(str, cells)) for cells in zip(*parts, strict=True)]
    return np.array(rows, object)
