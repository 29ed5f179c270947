"""Guess how a second file belongs to the headlines, from headers and from the cells themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data.guess.headers import AHEAD, CODE, DATE, GROUP, LABEL
from core.data.join.keys import clean_keys, shared_keys
from core.data.parse.columns import moments
from core.data.plan import Join, Roles

_SAMPLE = 2_000
_SHARED = 0.5


def guess_join(left: pd.DataFrame, right: pd.DataFrame, roles: Roles) -> Join | None:
    """Guess a join of two tables of text cells; None where nothing fits.

    An id comes first: a column whose keys, at least half of either file's, stand in a column of the second file
    too and only once there, by preference under the same name; mere row numbers of files of unequal length
    are none. Else the second file's date (and company): in the
    same session where it holds what the headlines are to be measured by (익일수익률, 승패) and they have no
    target of their own, else as of the last session before, which cannot look ahead.
    """
    dates = [str(name) for name in right.columns if _is_dated(right[name])]
    date = next((n for n in dates if DATE.search(n)), next((n for n in dates if not AHEAD.search(n)), ""))
    mine, company = _company_columns(left, right, roles, set(dates))
    shared = _shared_id(left, right, roles, set(dates))
    if shared:
        return Join("id", shared[0], shared[1], date if roles.date else "", company, mine)
    if not (roles.date and date):
        return None
    if not company and clean_keys(right[date]).duplicated().any():
        return None
    outcome = roles.target is None and any(
        AHEAD.search(str(n)) or LABEL.search(str(n)) for n in right.columns
    )
    return Join("exact" if outcome else "asof", right_date=date, right_company=company, left_company=mine)


def _is_dated(cells: pd.Series) -> bool:
    times, _, unreadable = moments(_some(cells))
    known = ~pd.isna(times)
    return bool(known.any()) and bool(known.sum() >= 9 * unreadable.sum())


def _some(cells: pd.Series) -> pd.Series:
    present = cells[cells.str.strip() != ""]
    return present if len(present) <= _SAMPLE else present.sample(_SAMPLE, random_state=0)


def _shared(first: pd.Series, second: pd.Series) -> float:
    """Return the share of a sample of the first column's keys that stand in the second."""
    keys = shared_keys(_some(first), second)
    known = keys.first[keys.first >= 0]
    return float(pd.Series(known).isin(keys.second[keys.second >= 0]).mean()) if len(known) else 0.0


def _shared_id(
    left: pd.DataFrame, right: pd.DataFrame, roles: Roles, dates: set[str]
) -> tuple[str, str] | None:
    whole = right.drop_duplicates()
    unique = [str(name) for name in right.columns if str(name) not in dates and _is_unique(whole[name])]
    others = [
        str(name) for name in left.columns if str(name) not in (roles.date, roles.target, *roles.numeric)
    ]
    best, score = None, (0.0, 0.0)
    for one in others:
        for two in unique:
            alike = one.casefold() == two.casefold()
            named = alike or bool(CODE.search(one) and CODE.search(two))
            if not (named or one == roles.group):
                continue
            if len(left) != len(right) and _is_counter(left[one]) and _is_counter(right[two]):
                continue
            share = _shared(left[one], right[two])
            if named and share < _SHARED:
                share = _shared(right[two], left[one])
            rank = (float(alike) + bool(CODE.search(one)), share)
            if share >= _SHARED and rank > score:
                best, score = (one, two), rank
    return best


def _is_counter(cells: pd.Series) -> bool:
    """Say whether the cells merely number the rows: such numbers of two files mean nothing to each other."""
    for some in (cells.iloc[:100], cells):
        values = pd.to_numeric(some, errors="coerce").to_numpy(float)
        if not (values - values[0] == np.arange(len(values))).all():
            return False
    return True


def _is_unique(cells: pd.Series) -> bool:
    keys = clean_keys(cells)
    keys = keys[keys != ""]
    return len(keys) >= 2 and bool(keys.is_unique)


def _company_columns(
    left: pd.DataFrame, right: pd.DataFrame, roles: Roles, dates: set[str]
) -> tuple[str, str]:
    """Return the company columns of both files; "" for the first where it is the group role, "" where none fits."""
    others = [str(name) for name in left.columns if GROUP.search(str(name)) and name != roles.group]
    for mine in [roles.group, *others]:
        if mine is None:
            continue
        shares = {str(n): _shared(left[mine], right[n]) for n in right.columns if str(n) not in dates}
        fitting = [name for name, share in shares.items() if share >= _SHARED]
        if fitting:
            best = max(fitting, key=lambda name: (bool(GROUP.search(name)), shares[name]))
            return ("" if mine == roles.group else mine), best
    return "", ""
