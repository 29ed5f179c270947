"""Join a second file, of features, prices or outcomes, to the file of headlines."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.data.join.look_ahead import refuse_the_future
from core.data.join.pairing import Pairing, pair_by_id, pair_in_time
from core.data.join.placing import place
from core.data.plan import Exchange, Join, Roles
from core.data.sessions import KRX
from core.errors import Message, UserError
from core.locale import N_

REASONS = {
    "no_key": N_("its key is empty"),
    "no_partner": N_("the other file does not have its key"),
    "no_date": N_("its date is missing or cannot be read"),
    "no_company": N_("its company is missing"),
    "unknown_company": N_("the other file does not have its company"),
    "no_session_row": N_("the other file has no row of the company in this session"),
    "before_first": N_("the other file has no row of the company in an earlier session"),
    "repeat": N_("it repeats another row of its file"),
    "not_needed": N_("no headline needed it"),
}


@dataclass(frozen=True, eq=False)
class Joined:
    """What a join found.

    - `frame`: the first file's rows in their order, its columns, then the second file's; "" where unmatched;
    - `row_2`: `(rows,)` int64, the number of the second file's row that each row got (1 for the first below
      the header), 0 where none;
    - `unmatched`, `unused`: positions in the first file without a partner, in the second that nobody took;
    - `reasons`, `reasons_2`: a code of `REASONS` to positions among `unmatched`, among `unused`; each position
      has one reason;
    - `added`: the names in `frame` of the second file's columns, in that file's order;
    - `second`: the second file;
    - `notes`: what should be said about the join as a whole.
    """

    frame: pd.DataFrame
    row_2: np.ndarray
    unmatched: np.ndarray
    unused: np.ndarray
    reasons: dict[str, np.ndarray]
    reasons_2: dict[str, np.ndarray]
    added: tuple[str, ...]
    second: pd.DataFrame
    notes: tuple[Message, ...] = ()

    @property
    def matched(self) -> int:
        """The number of rows that got a partner."""
        return len(self.frame) - len(self.unmatched)

    def in_second(self, name: str) -> str | None:
        """Return the second file's own name of a column of `frame`, None for a column of the first file."""
        return dict(zip(self.added, map(str, self.second.columns), strict=True)).get(name)

    def sample_matched(self, n: int = 5) -> pd.DataFrame:
        """Return up to `n` joined rows; the index holds their numbers in both files, `row` and `row_2`."""
        at = _spread(np.flatnonzero(self.row_2), n)
        index = pd.MultiIndex.from_arrays([at + 1, self.row_2[at]], names=["row", "row_2"])
        return self.frame.iloc[at].set_axis(index)

    def sample_unmatched(self, n: int = 5) -> pd.DataFrame:
        """Return up to `n` rows of the first file without a partner; the index holds `row` and `reason`."""
        own = self.frame.iloc[:, : self.frame.shape[1] - len(self.added)]
        return _sample(own, self.unmatched, self.reasons, "row", n)

    def sample_unused(self, n: int = 5) -> pd.DataFrame:
        """Return up to `n` rows of the second file that nobody took; the index holds `row_2` and `reason`."""
        return _sample(self.second, self.unused, self.reasons_2, "row_2", n)


def join_tables(
    left: pd.DataFrame,
    right: pd.DataFrame,
    join: Join,
    roles: Roles,
    exchange: Exchange = KRX,
    times: tuple[np.ndarray, np.ndarray] | None = None,
) -> Joined:
    """Give each row of `left` at most one row of `right`, two tables of text cells.

    Keys and companies are compared as `keys.shared_keys` says; the date of a row of `right` is put through the
    same calendar as a headline's, so that a row stamped after the close counts from the next session on. As of
    means: the company's last row of a session strictly before the headline's. `times` are the first file's
    (times, timed) where `values.moments` has already read them.

    Raises:
        UserError: where a column is missing or no date can be read, a key or a company's session stands in
            several rows of `right` that differ, or (joining on an id with `right_date`) a row would come from
            the headline's future.
    """
    left, right = left.reset_index(drop=True), right.reset_index(drop=True)
    _check_columns(left, right, join, roles)
    if join.how == "id":
        pairing = pair_by_id(left, right, join)
        if join.right_date:
            placed = place(left, right, join, roles, exchange, times)
            notes = refuse_the_future(pairing, left[roles.date], right[join.right_date], placed)
            pairing = replace(pairing, notes=pairing.notes + notes)
    else:
        pairing = pair_in_time(left, right, join, roles, place(left, right, join, roles, exchange, times))
    return _joined(left, right, pairing)


def _check_columns(left: pd.DataFrame, right: pd.DataFrame, join: Join, roles: Roles) -> None:
    if join.how == "id" and not (join.left_on and join.right_on):
        raise UserError(N_("A join on an id needs the id column of both files. Choose them."))
    firsts = (join.left_on,) if join.how == "id" else (roles.date, join.left_company or roles.group)
    for table, names in ((left, firsts), (right, (join.right_on, join.right_date, join.right_company))):
        for name in names:
            if name and name not in table.columns:
                raise UserError(
                    N_("There is no column {column} in the file. Its columns are: {columns}."),
                    column=name,
                    columns=", ".join(map(str, table.columns)),
                )


def _joined(left: pd.DataFrame, right: pd.DataFrame, pairing: Pairing) -> Joined:
    matched = pairing.partner >= 0
    taken = np.zeros(len(right), bool)
    taken[pairing.partner[matched]] = True
    why_2 = np.where(pairing.why_2 == "", "not_needed", pairing.why_2)
    added = _free_names(list(map(str, left.columns)), list(map(str, right.columns)))
    blank = pd.DataFrame({name: [""] for name in right.columns}, dtype="str")
    partners = pd.concat([right, blank], ignore_index=True).iloc[
        np.where(matched, pairing.partner, len(right))
    ]
    return Joined(
        frame=pd.concat([left, partners.reset_index(drop=True).set_axis(list(added), axis=1)], axis=1),
        row_2=pairing.partner + 1,
        unmatched=np.flatnonzero(~matched),
        unused=np.flatnonzero(~taken),
        reasons=_by_reason(np.where(matched, "", pairing.why)),
        reasons_2=_by_reason(np.where(taken, "", why_2)),
        added=added,
        second=right,
        notes=pairing.notes,
    )


def _free_names(taken: list[str], names: list[str]) -> tuple[str, ...]:
    used, result = set(taken) | set(names), []
    for name in names:
        number, new = 2, name
        if name in taken:
            while (new := f"{name}_{number}") in used:
                number += 1
            used.add(new)
        result.append(new)
    return tuple(result)


def _by_reason(why: np.ndarray) -> dict[str, np.ndarray]:
    return {code: at for code in REASONS if len(at := np.flatnonzero(why == code))}


def _spread(positions: np.ndarray, n: int) -> np.ndarray:
    """Return up to `n` of the positions, evenly spread."""
    if len(positions) <= n:
        return positions
    return np.asarray(positions[np.linspace(0, len(positions) - 1, n).astype(int)])


def _sample(
    table: pd.DataFrame, at: np.ndarray, reasons: dict[str, np.ndarray], name: str, n: int
) -> pd.DataFrame:
    at = _spread(at, n)
    why = [next(code for code, positions in reasons.items() if position in positions) for position in at]
    return table.iloc[at].set_axis(pd.MultiIndex.from_arrays([at + 1, why], names=[name, "reason"]))
