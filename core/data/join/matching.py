"""Rows of two tables of numbers matched by pandas: equal ones, and the last ones before."""

from __future__ import annotations

import numpy as np
import pandas as pd


def equal_rows(first: pd.DataFrame, second: pd.DataFrame, candidate: np.ndarray) -> np.ndarray:
    """Return for each row of `first` the position of the candidate of `second` that equals it, -1 where none does.

    Candidates differ from each other. `(rows,)` int64.
    """
    at = second[candidate].reset_index(names="partner")
    found = first.merge(at, how="left", on=list(first.columns), validate="many_to_one")["partner"]
    return np.asarray(found.fillna(-1), np.int64)


def last_rows_before(first: pd.DataFrame, second: pd.DataFrame, candidate: np.ndarray) -> np.ndarray:
    """Return for each row of `first` its company's last candidate of an earlier session, -1 where there is none.

    `first` has the columns `company` and `session`, `second` also `time`, which orders the rows of one session.
    `(rows,)` int64, positions in `second`.
    """
    at = second[candidate].reset_index(names="partner").sort_values(["session", "time"], kind="stable")
    rows = first.reset_index(names="row").sort_values("session", kind="stable")
    found = pd.merge_asof(
        rows, at.drop(columns="time"), on="session", by="company", allow_exact_matches=False
    )
    partner = found.set_index("row")["partner"].reindex(range(len(first)))
    return np.asarray(partner.fillna(-1), np.int64)
