"""How the outcomes are spread: over classes, per row and per event, and over the months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset


@dataclass(frozen=True, eq=False)
class Balance:
    """How the outcomes are spread.

    `classes` has one row per class in order: `class, rows, row_share, events, event_share` (shares of those
    with an outcome; without sessions events are stories). `months` has one row per month: `month` (its first
    day), `rows`, `events`, `up` (the share of events of the last class) and, for returns, `mean` (over events);
    it is empty without sessions.
    """

    classes: pd.DataFrame
    months: pd.DataFrame


def weigh_outcomes(data: Dataset) -> Balance:
    """Count the classes by rows and by events, and by month."""
    if not data.target_kind:
        return Balance(pd.DataFrame(), pd.DataFrame())
    unit = data.event if data.has_sessions else data.frame["story"].to_numpy()
    table = pd.DataFrame({"unit": unit, "code": data.outcome("classify"), "session": data.frame["session"]})
    table["target"] = data.outcome("regress") if data.target_kind == "return" else table["code"]
    table = table[table["code"].notna()]
    placed = table[table["unit"] >= 0]
    up = len(data.classes) - 1
    shares = placed.groupby("unit").agg(
        session=("session", "first"), mean=("target", "mean"), rows=("code", "size")
    )
    shares["up"] = (placed["code"] == up).groupby(placed["unit"]).mean()
    return Balance(
        _classes(data, table, placed), _months(data, shares) if data.has_sessions else pd.DataFrame()
    )


def _classes(data: Dataset, table: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    count = len(data.classes)
    rows = np.bincount(table["code"].astype(int), minlength=count)
    pairs = placed.groupby(["unit", "code"]).size()  # an event of two classes counts in both by its rows
    weight = (
        (pairs / pairs.groupby("unit").transform("sum"))
        .groupby("code")
        .sum()
        .reindex(range(count), fill_value=0.0)
    )
    return pd.DataFrame(
        {
            "class": data.classes,
            "rows": rows,
            "row_share": rows / max(rows.sum(), 1),
            "events": weight.to_numpy(),
            "event_share": weight.to_numpy() / max(weight.sum(), 1.0),
        }
    )


def _months(data: Dataset, events: pd.DataFrame) -> pd.DataFrame:
    month = events["session"].dt.to_period("M").dt.to_timestamp()
    table = events.groupby(month).agg(
        rows=("rows", "sum"), events=("rows", "size"), up=("up", "mean"), mean=("mean", "mean")
    )
    if data.target_kind != "return":
        table = table.drop(columns="mean")
    return table.rename_axis("month").reset_index()
