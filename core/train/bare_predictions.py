"""The predictions of a run without its table's data: row numbers and what the models said, as a run's file carries them.

Session, company and outcome come back from the table, once it is in the library.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from core.data.library import load_dataset
from core.errors import UserError
from core.evaluate.predictions import COLUMNS
from core.locale import N_

KEPT = ("row", "fold")
TAKEN_OUT = tuple(name for name in COLUMNS if name not in KEPT)


def without_data(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of predictions without the columns that are the user's data."""
    return table.drop(columns=[*TAKEN_OUT])


def is_bare(table: pd.DataFrame) -> bool:
    """Whether a table of predictions was saved without the user's data."""
    return "outcome" not in table and "actual" not in table  # the second one's name in an earlier version


def with_data(table: pd.DataFrame, record: Mapping[str, Any]) -> pd.DataFrame:
    """Return a bare table with session, company and outcome of the run's table; `record` is the run's.

    Raises `UserError` where that table is not in the library, or has not these rows.
    """
    try:
        dataset = load_dataset(record["dataset_id"])
    except UserError as error:
        raise UserError(
            N_("Run {run} came without its data: load its table {name} here, and all of the run opens."),
            run=record["id"],
            name=record["dataset_name"],
        ) from error
    frame = dataset.frame[["row", "session", "company"]].assign(
        outcome=dataset.outcome(record["settings"]["task"])
    )
    whole = table.merge(frame, on="row", how="left", validate="many_to_one", indicator=True)
    if (whole.pop("_merge") != "both").any():
        raise UserError(
            N_("The table {name} has not the rows that run {run} tested."),
            name=record["dataset_name"],
            run=record["id"],
        )
    rest = [name for name in table.columns if name not in KEPT]
    return whole[[*COLUMNS, *rest]]
