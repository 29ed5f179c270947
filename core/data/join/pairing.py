"""Which row of a second file goes with each row of the first: by a key, in the same session, or the last before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.join.keys import SharedKeys, shared_keys
from core.data.join.matching import equal_rows, last_rows_before
from core.data.join.placing import Placed
from core.data.plan import Join, Roles
from core.errors import Message, UserError
from core.locale import N_

OLD = 5

SAME_SESSION = N_(
    "Rows of the same session were joined. What is known only after its close (a closing price, that day's "
    "indicators) was not known when the headline appeared: use it as an outcome, never as a feature."
)


@dataclass(frozen=True, eq=False)
class Pairing:
    """The partner of each row of the first file, and why rows have none.

    `partner` is `(rows,)` int64, a position in the second file or -1. `why` has for each row of the first file
    without a partner, `why_2` for each row of the second that could not be one, a code; "" elsewhere.
    """

    partner: np.ndarray
    why: np.ndarray
    why_2: np.ndarray
    notes: tuple[Message, ...] = ()


def pair_by_id(left: pd.DataFrame, right: pd.DataFrame, join: Join) -> Pairing:
    """Pair rows whose keys are equal, as `shared_keys` compares them.

    Raises:
        UserError: where a key of the second file stands in rows that differ.
    """
    keys = shared_keys(left[join.left_on], right[join.right_on])
    unit = pd.DataFrame({"key": keys.second})
    usable = keys.second >= 0
    again, differing = _repeats(right.drop(columns=join.right_on), unit, usable)
    if len(differing):
        raise UserError(
            N_(
                "The column {column} of the second file is no id: {keys:,} of its values stand in rows that differ, "
                "for example {example} in rows {first:,} and {second:,}. Keep one row each, or choose another column."
            ),
            column=join.right_on,
            keys=len(unit.iloc[differing].drop_duplicates()),
            example=str(keys.names[keys.second[differing[0]]]),
            first=_first_of(unit, differing[0]),
            second=int(differing[0]) + 1,
        )
    partner = equal_rows(pd.DataFrame({"key": keys.first}), unit, ~again & usable)
    why = np.select([partner >= 0, keys.first < 0], ["", "no_key"], "no_partner").astype(object)
    why_2 = np.select([~usable, again], ["no_key", "repeat"], "").astype(object)
    return Pairing(partner, why, why_2, keys.notes)


def pair_in_time(
    left: pd.DataFrame, right: pd.DataFrame, join: Join, roles: Roles, placed: Placed
) -> Pairing:
    """Pair rows of the same company: in the same session, or with the last row of an earlier one.

    Without `right_company` the second file's rows are the whole market's, and serve every company.

    Raises:
        UserError: where it cannot be told which of two differing rows of the second file is meant.
    """
    company = _companies(left, right, join, roles)
    rows = pd.DataFrame({"company": company.first, "session": placed.first})
    rows_2 = pd.DataFrame({"company": company.second, "session": placed.second, "time": placed.times_2})
    exact = join.how == "exact"
    unit = rows_2[["company", "session"]] if exact else rows_2[["company", "time"]]
    content = right.drop(columns=[name for name in (join.right_date, join.right_company) if name])
    usable = (placed.second >= 0) & (company.second >= 0)
    again, differing = _repeats(content, unit, usable)
    if len(differing):
        _refuse_differing(company, placed, join, unit, differing)
    candidate = usable & ~again
    partner = (
        equal_rows(rows, rows_2[["company", "session"]], candidate)
        if exact
        else last_rows_before(rows, rows_2, candidate)
    )
    known = np.isin(company.first, company.second[candidate])
    why = np.select(
        [partner >= 0, placed.first < 0, company.first < 0, ~known],
        ["", "no_date", "no_company", "unknown_company"],
        "no_session_row" if exact else "before_first",
    ).astype(object)
    why_2 = np.select([placed.second < 0, company.second < 0, again], ["no_date", "no_company", "repeat"], "")
    return Pairing(partner, why, why_2.astype(object), (*company.notes, *_notes(partner, placed, exact)))


def _companies(left: pd.DataFrame, right: pd.DataFrame, join: Join, roles: Roles) -> SharedKeys:
    company = join.left_company or roles.group
    if join.right_company and company:
        return shared_keys(left[company], right[join.right_company])
    if join.right_company:
        raise UserError(
            N_(
                "The second file has a company column, {column}, but the headlines have none. Choose their company "
                "column, or join without the company."
            ),
            column=join.right_company,
        )
    return SharedKeys(np.zeros(len(left), np.int64), np.zeros(len(right), np.int64), np.array([""], object))


def _repeats(content: pd.DataFrame, unit: pd.DataFrame, usable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mask of usable rows of an earlier row's unit, and the positions of those that differ from all."""
    later = unit.duplicated().to_numpy() & usable
    if not later.any():
        return later, np.empty(0, np.int64)
    among = np.flatnonzero(unit.duplicated(keep=False).to_numpy() & usable)
    whole = pd.concat([content.iloc[among], unit.iloc[among].add_prefix("\0")], axis=1)
    return later, among[later[among] & ~whole.duplicated().to_numpy()]


def _first_of(unit: pd.DataFrame, position: int) -> int:
    """Return the number of the first row of the unit that the row at a position belongs to."""
    return int(np.flatnonzero((unit == unit.iloc[position]).all(axis=1))[0]) + 1


def _refuse_differing(
    company: SharedKeys, placed: Placed, join: Join, unit: pd.DataFrame, differing: np.ndarray
) -> None:
    at = int(differing[0])
    day = str(placed.sessions.days[placed.second[at]])[:10]
    example = f"{company.names[company.second[at]]}, {day}" if join.right_company else day
    params = {
        "example": example,
        "first": _first_of(unit, at),
        "second": at + 1,
        "others": len(unit.iloc[differing].drop_duplicates()) - 1,
    }
    if join.right_company:
        raise UserError(
            N_(
                "The second file has different rows for {example} (rows {first:,} and {second:,}), and for {others:,} "
                "more. Keep one row for each company and session."
            ),
            **params,
        )
    raise UserError(
        N_(
            "The second file has different rows for {example} (rows {first:,} and {second:,}), and for {others:,} "
            "more. Choose its company column, or keep one row for each session."
        ),
        **params,
    )


def _notes(partner: np.ndarray, placed: Placed, exact: bool) -> list[Message]:
    matched = partner >= 0
    if not matched.any():
        return []
    if exact:
        return [Message(SAME_SESSION)]
    age = placed.first[matched] - placed.second[partner[matched]]
    template = N_(
        "{rows:,} headlines got a row that is more than {limit} sessions old (the oldest: {oldest:,})."
    )
    old = int((age > OLD).sum())
    return [Message(template, {"rows": old, "limit": OLD, "oldest": int(age.max())})] if old else []
