"""Which row of a second file goes with each row of the first: by a key, in the same session, or the last before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.join.keys import SharedKeys, shared_keys
from core.data.parse.columns import moments
from core.data.plan import Exchange, Join, Roles
from core.data.sessions import Sessions, sessions_around
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


@dataclass(frozen=True, eq=False)
class Placed:
    """The rows of both files in time: positions of their sessions in the calendar, -1 where unknown.

    A row of the second file belongs to the first session on which one could trade on it, as a headline does.
    `times_2` are the second file's times as read.
    """

    first: np.ndarray
    second: np.ndarray
    times_2: np.ndarray
    sessions: Sessions


def place(
    left: pd.DataFrame,
    right: pd.DataFrame,
    join: Join,
    roles: Roles,
    exchange: Exchange,
    times: tuple[np.ndarray, np.ndarray] | None = None,
) -> Placed:
    """Read the dates of both files and find their sessions; `times` are the first file's where already read."""
    if not roles.date or not join.right_date:
        raise UserError(
            N_("A join in time needs the date column of both files. Choose them, or join on an id.")
        )
    first, timed = times or _moments(left[roles.date])
    second, timed_2 = _moments(right[join.right_date])
    sessions = sessions_around(np.concatenate([first, second]), exchange)
    return Placed(
        sessions.locate(sessions.of(first, timed)),
        sessions.locate(sessions.of(second, timed_2)),
        second,
        sessions,
    )


def pair_by_id(left: pd.DataFrame, right: pd.DataFrame, join: Join) -> Pairing:
    """Pair rows whose keys are equal, as `shared_keys` compares them.

    Raises:
        UserError: where a key of the second file stands in rows that differ.
    """
    keys = shared_keys(left[join.left_on], right[join.right_on])
    again, differing = _repeats(right.drop(columns=join.right_on), keys.second)
    if len(differing):
        name = keys.names[keys.second[differing[0]]]
        same = np.flatnonzero(keys.second == keys.second[differing[0]]) + 1
        raise UserError(
            N_(
                "The column {column} of the second file is no id: {keys:,} of its values stand in rows that differ, "
                "for example {example} in rows {first:,} and {second:,}. Keep one row each, or choose another column."
            ),
            column=join.right_on,
            keys=len(np.unique(keys.second[differing])),
            example=str(name),
            first=int(same[0]),
            second=int(differing[0]) + 1,
        )
    partner = find(keys.second, ~again & (keys.second >= 0), keys.first)
    why = np.select([partner >= 0, keys.first < 0], ["", "no_key"], "no_partner").astype(object)
    why_2 = np.select([keys.second < 0, again], ["no_key", "repeat"], "").astype(object)
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
    span = len(placed.sessions.days) + 1
    usable, usable_2 = (
        (placed.first >= 0) & (company.first >= 0),
        (placed.second >= 0) & (company.second >= 0),
    )
    pair, pair_2 = company.first * span + placed.first, company.second * span + placed.second
    exact = join.how == "exact"
    unit = pair_2 if exact else company.second * 2**33 + placed.times_2.astype(np.int64)
    content = right.drop(columns=[name for name in (join.right_date, join.right_company) if name])
    again, differing = _repeats(content, np.where(usable_2, unit, -1))
    if len(differing):
        _refuse_differing(company, placed, join, unit, differing)
    candidate, wanted = usable_2 & ~again, np.where(usable, pair, -1)
    if exact:
        partner = find(pair_2, candidate, wanted)
    else:
        partner = _find_before(pair_2, candidate, wanted, placed.times_2, span)
    known = np.isin(company.first, company.second[candidate])
    why = np.select(
        [partner >= 0, placed.first < 0, company.first < 0, ~known],
        ["", "no_date", "no_company", "unknown_company"],
        "no_session_row" if exact else "before_first",
    ).astype(object)
    why_2 = np.select([placed.second < 0, company.second < 0, again], ["no_date", "no_company", "repeat"], "")
    return Pairing(partner, why, why_2.astype(object), (*company.notes, *_notes(partner, placed, exact)))


def refuse_the_future(
    pairing: Pairing, left: pd.Series, right: pd.Series, placed: Placed
) -> tuple[Message, ...]:
    """Refuse a pairing in which a row got a partner whose session comes after its own.

    `left` and `right` are the date columns; sessions are compared, not times of day. Returns a note where
    partners are of the headline's own session, and where joined rows lack one of the dates.

    Raises:
        UserError: with an example, where there is such a row.
    """
    matched = np.flatnonzero(pairing.partner >= 0)
    own, partners = placed.first[matched], placed.second[pairing.partner[matched]]
    ahead = matched[(partners > own) & (own >= 0)]
    if len(ahead):
        row = int(ahead[0])
        raise UserError(
            N_(
                "{rows:,} headlines would get a row from their future, for example row {row:,}: its headline is of "
                "{headline}, its partner of {feature}. Join as of the last session before; or, if the second file "
                "holds outcomes only, join without its date column {column}."
            ),
            rows=len(ahead),
            row=row + 1,
            headline=left.iloc[row],
            feature=right.iloc[pairing.partner[row]],
            column=str(right.name),
        )
    notes = []
    if ((partners == own) & (own >= 0)).any():
        notes.append(Message(SAME_SESSION))
    unknown = int(((own < 0) | (partners < 0)).sum())
    if unknown:
        template = N_(
            "{rows:,} joined rows could not be checked for a look into the future: a date is missing or cannot be "
            "read."
        )
        notes.append(Message(template, {"rows": unknown}))
    return tuple(notes)


def _moments(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    times, timed, _ = moments(cells)
    if np.isnat(times).all():
        raise UserError(
            N_("No cell of {column} could be read as a date. Choose another date column, or none."),
            column=str(cells.name),
        )
    return times, timed


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


def _repeats(content: pd.DataFrame, code: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mask of rows with the code of an earlier row, and the positions of those that differ from all."""
    later = pd.Series(code).duplicated().to_numpy() & (code >= 0)
    if not later.any():
        return later, np.empty(0, np.int64)
    among = np.flatnonzero(np.isin(code, code[later]))
    same = content.iloc[among].assign(**{"\0code": code[among]}).duplicated().to_numpy()
    return later, among[later[among] & ~same]


def _refuse_differing(
    company: SharedKeys, placed: Placed, join: Join, code: np.ndarray, differing: np.ndarray
) -> None:
    at = int(differing[0])
    day = str(placed.sessions.days[placed.second[at]])[:10]
    example = f"{company.names[company.second[at]]}, {day}" if join.right_company else day
    params = {
        "example": example,
        "first": int(np.flatnonzero(code == code[at])[0]) + 1,
        "second": at + 1,
        "others": len(np.unique(code[differing])) - 1,
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


def find(codes: np.ndarray, candidate: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the position of the candidate with each wanted code, -1 where there is none or the code is -1."""
    at = np.flatnonzero(candidate)
    index = pd.Index(codes[at]).get_indexer(wanted)
    return np.where((index >= 0) & (wanted >= 0), np.append(at, -1)[index], -1)


def _find_before(
    codes: np.ndarray, candidate: np.ndarray, wanted: np.ndarray, times: np.ndarray, span: int
) -> np.ndarray:
    """Return the position of the last candidate before each wanted code and of the same company, else -1.

    A code is `company * span + session`; candidates of one code follow each other by their times.
    """
    at = np.flatnonzero(candidate)
    at = at[np.lexsort((times[at], codes[at]))]
    index = np.searchsorted(codes[at], wanted, side="left") - 1
    found = np.append(at, -1)[index]
    return np.where((index >= 0) & (wanted >= 0) & (codes[found] // span == wanted // span), found, -1)


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
