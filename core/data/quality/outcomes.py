"""Outcomes: classes and returns, over time, per row and per event, and where they contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.plan import Plan
from core.data.quality.finding import Finding, cleaned, file_rows
from core.data.target.contradictions import SAME_RETURN, contradictions
from core.errors import Message
from core.locale import N_

FEW_ROWS, FEW_OF_A_CLASS, RARE_CLASS = 50, 10, 0.1
SHIFT, MONTH_ROWS, MONTH_RANGE = 0.1, 30, 0.4
DAILY_LIMIT = 0.305  # the KRX's limit of 30% a session, and rounding of prices to ticks


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


def of_outcomes(data: Dataset, plan: Plan, balance: Balance) -> Iterator[Finding]:
    """Find outcomes that are too few, of one class, unbalanced, changing, contradictory or impossible."""
    if not data.target_kind:
        yield Finding(
            "no_outcomes",
            "info",
            Message(N_("No target was chosen.")),
            Message(N_("This table can be embedded, mapped and predicted, but not trained on.")),
        )
        return
    yield from _amounts(data, balance)
    yield from _differences(data, balance)
    yield from _contradictory(data, plan)
    if data.target_kind == "return":
        yield from _uneven_events(data)
        yield from _beyond_limit(data, plan)


def _amounts(data: Dataset, balance: Balance) -> Iterator[Finding]:
    rows = balance.classes["rows"].to_numpy()
    known = int(rows.sum())
    if known < FEW_ROWS:
        yield Finding(
            "few_rows",
            "serious",
            Message(N_("Only {count:,} rows have an outcome."), {"count": known}),
            Message(N_("Nothing can be learned or tested reliably from so few.")),
        )
    if known and (rows > 0).sum() == 1:
        yield Finding(
            "one_class",
            "serious",
            Message(N_("All outcomes are of one class: {name}."), {"name": data.classes[int(rows.argmax())]}),
            Message(N_("There is nothing to tell apart, so a classifier cannot be trained.")),
        )
        return
    codes = data.outcome("classify")
    for code, name in enumerate(data.classes):
        share = rows[code] / max(known, 1)
        if rows[code] > 0 and (rows[code] < FEW_OF_A_CLASS or share < RARE_CLASS):
            few = rows[code] < FEW_OF_A_CLASS
            yield Finding(
                "rare_class",
                "serious" if few else "warning",
                Message(
                    N_("The class {name} has only {count:,} rows ({share:.1%})."),
                    {"name": name, "count": int(rows[code]), "share": float(share)},
                ),
                Message(
                    N_("It cannot be in training and in test in sufficient number: its scores mean nothing.")
                )
                if few
                else Message(
                    N_(
                        "Always guessing the other class looks accurate: read balanced accuracy and AUC instead of "
                        "accuracy."
                    )
                ),
                file_rows(data, codes == code),
            )


def _differences(data: Dataset, balance: Balance) -> Iterator[Finding]:
    classes, months = balance.classes, balance.months
    up = classes.iloc[-1]
    if data.has_sessions and abs(up["row_share"] - up["event_share"]) > SHIFT:
        yield Finding(
            "rows_against_events",
            "warning",
            Message(
                N_("{name} is {by_rows:.0%} of the rows, but {by_events:.0%} of the events."),
                {
                    "name": up["class"],
                    "by_rows": float(up["row_share"]),
                    "by_events": float(up["event_share"]),
                },
            ),
            Message(
                N_("A few events with many headlines decide the share by rows: compare scores by event.")
            ),
        )
    full = months[months["rows"] >= MONTH_ROWS] if len(months) else months
    if len(full) > 1 and full["up"].max() - full["up"].min() > MONTH_RANGE:
        low, high = full.loc[full["up"].idxmin()], full.loc[full["up"].idxmax()]
        yield Finding(
            "changing_balance",
            "warning",
            Message(
                N_("The share of {name} moves from {low:.0%} ({low_month}) to {high:.0%} ({high_month})."),
                {
                    "name": up["class"],
                    "low": float(low["up"]),
                    "low_month": f"{low['month']:%Y-%m}",
                    "high": float(high["up"]),
                    "high_month": f"{high['month']:%Y-%m}",
                },
            ),
            Message(
                N_(
                    "A model that learned in one kind of market is tested in another: do not expect one score to "
                    "hold in all months."
                )
            ),
        )


def _contradictory(data: Dataset, plan: Plan) -> Iterator[Finding]:
    found = contradictions(data)
    if len(found):
        sessions = N_(
            "{texts:,} headlines of one company and session have different outcomes, in {rows:,} rows."
        )
        plain = N_("{texts:,} headlines have different outcomes, in {rows:,} rows.")
        yield Finding(
            "contradictory_outcomes",
            "warning",
            Message(
                sessions if data.has_sessions else plain,
                {"texts": int(found["group"].nunique()), "rows": len(found)},
            ),
            Message(
                N_(
                    "No model can be right on all of them; they bound what can be reached. Keeping the first outcome "
                    "leaves out the rows that differ from it."
                )
            ),
            tuple(found["row"].tolist()),
            cleaned(plan, N_("Keep the first outcome of each"), contradictions="first"),
        )


def _uneven_events(data: Dataset) -> Iterator[Finding]:
    event, target = data.event, data.frame["target"]
    if not data.has_sessions:
        return
    spread = target.groupby(event).agg(["min", "max"])
    uneven = spread.index[(spread["max"] - spread["min"] > SAME_RETURN) & (spread.index >= 0)]
    if len(uneven):
        inside = np.isin(event, uneven.to_numpy())
        yield Finding(
            "uneven_events",
            "warning",
            Message(
                N_(
                    "{count:,} of {events:,} events (one company in one session) have more than one return, in "
                    "{rows:,} rows."
                ),
                {"count": len(uneven), "events": data.events, "rows": int(inside.sum())},
            ),
            Message(
                N_(
                    "The file places headlines in sessions by another rule than here: check the exchange, its close and "
                    "the company column, or outcomes may be mixed up."
                )
            ),
            file_rows(data, inside),
        )


def _beyond_limit(data: Dataset, plan: Plan) -> Iterator[Finding]:
    beyond = (data.frame["target"].abs() > DAILY_LIMIT).to_numpy()
    if plan.exchange.calendar == "XKRX" and plan.target.horizon == 1 and beyond.any():
        yield Finding(
            "beyond_limit",
            "warning",
            Message(
                N_("{count:,} returns are beyond ±30%, the exchange's limit for one session."),
                {"count": int(beyond.sum())},
            ),
            Message(
                N_(
                    "The unit of the returns may be read wrongly, or prices are not adjusted for splits: such rows "
                    "pull every average."
                )
            ),
            file_rows(data, beyond),
        )
