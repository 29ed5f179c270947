"""Outcomes that are too few, of one class, uneven, changing, contradictory or impossible."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.data.quality.facts import Facts
from core.data.quality.finding import Case, Kind, cleaned
from core.data.target.contradictions import SAME_RETURN, contradictions
from core.locale import N_

FEW_ROWS, FEW_OF_A_CLASS, RARE_CLASS = 50, 10, 0.1
SHIFT, MONTH_ROWS, MONTH_RANGE = 0.1, 30, 0.4
DAILY_LIMIT = 0.305  # the KRX's limit of 30% a session, and rounding of prices to ticks


def _no_target(facts: Facts) -> Iterator[Case]:
    if not facts.data.target_kind:
        yield Case()


def _few_rows(facts: Facts) -> Iterator[Case]:
    known = int(_rows_of_classes(facts).sum())
    if facts.data.target_kind and known < FEW_ROWS:
        yield Case({"count": known})


def _one_class(facts: Facts) -> Iterator[Case]:
    rows = _rows_of_classes(facts)
    if (rows > 0).sum() == 1:
        yield Case({"name": facts.data.classes[int(rows.argmax())]})


def _rare_classes(facts: Facts) -> Iterator[Case]:
    rows = _rows_of_classes(facts)
    if (rows > 0).sum() < 2:
        return
    codes = facts.data.outcome("classify")
    for code, name in enumerate(facts.data.classes):
        count, share = int(rows[code]), float(rows[code] / rows.sum())
        params = {"name": name, "count": count, "share": share}
        if 0 < count < FEW_OF_A_CLASS:
            meaning = N_(
                "It cannot be in training and in test in sufficient number: its scores mean nothing."
            )
            yield Case(params, facts.numbers(codes == code), "serious", meaning=meaning)
        elif count and share < RARE_CLASS:
            yield Case(params, facts.numbers(codes == code))


def _rows_of_classes(facts: Facts) -> np.ndarray:
    return facts.balance.classes["rows"].to_numpy() if facts.data.target_kind else np.zeros(0, int)


def _rows_against_events(facts: Facts) -> Iterator[Case]:
    if not (facts.data.target_kind and facts.data.has_sessions):
        return
    up = facts.balance.classes.iloc[-1]
    if abs(up["row_share"] - up["event_share"]) > SHIFT:
        shares = {"by_rows": float(up["row_share"]), "by_events": float(up["event_share"])}
        yield Case({"name": up["class"], **shares})


def _changing_balance(facts: Facts) -> Iterator[Case]:
    months = facts.balance.months
    full = months[months["rows"] >= MONTH_ROWS] if len(months) else months
    if len(full) > 1 and full["up"].max() - full["up"].min() > MONTH_RANGE:
        low, high = full.loc[full["up"].idxmin()], full.loc[full["up"].idxmax()]
        yield Case(
            {
                "name": facts.balance.classes.iloc[-1]["class"],
                "low": float(low["up"]),
                "low_month": f"{low['month']:%Y-%m}",
                "high": float(high["up"]),
                "high_month": f"{high['month']:%Y-%m}",
            }
        )


def _contradictory(facts: Facts) -> Iterator[Case]:
    if not facts.data.target_kind:
        return
    found = contradictions(facts.data)
    if len(found):
        params = {"texts": int(found["group"].nunique()), "rows": len(found)}
        without = N_("{texts:,} headlines have different outcomes, in {rows:,} rows.")
        message = "" if facts.data.has_sessions else without
        yield Case(params, tuple(found["row"].tolist()), message=message)


def _uneven_events(facts: Facts) -> Iterator[Case]:
    data = facts.data
    if data.target_kind != "return" or not data.has_sessions:
        return
    spread = data.frame["target"].groupby(data.event).agg(["min", "max"])
    uneven = spread.index[(spread["max"] - spread["min"] > SAME_RETURN) & (spread.index >= 0)]
    if len(uneven):
        inside = np.isin(data.event, uneven.to_numpy())
        params = {"count": len(uneven), "events": data.events, "rows": int(inside.sum())}
        yield Case(params, facts.numbers(inside))


def _beyond_limit(facts: Facts) -> Iterator[Case]:
    plan = facts.plan
    daily = plan.exchange.calendar == "XKRX" and plan.target.horizon == 1
    if facts.data.target_kind == "return" and daily:
        beyond = (facts.data.frame["target"].abs() > DAILY_LIMIT).to_numpy()
        if beyond.any():
            yield Case({"count": int(beyond.sum())}, facts.numbers(beyond))


KINDS = (
    Kind(
        "no_outcomes",
        "info",
        N_("No target was chosen."),
        N_("This table can be embedded, mapped and predicted, but not trained on."),
        _no_target,
    ),
    Kind(
        "few_rows",
        "serious",
        N_("Only {count:,} rows have an outcome."),
        N_("Nothing can be learned or tested reliably from so few."),
        _few_rows,
    ),
    Kind(
        "one_class",
        "serious",
        N_("All outcomes are of one class: {name}."),
        N_("There is nothing to tell apart, so a classifier cannot be trained."),
        _one_class,
    ),
    Kind(
        "rare_class",
        "warning",
        N_("The class {name} has only {count:,} rows ({share:.1%})."),
        N_(
            "Always guessing the other class looks accurate: read balanced accuracy and AUC instead of "
            "accuracy."
        ),
        _rare_classes,
    ),
    Kind(
        "rows_against_events",
        "warning",
        N_("{name} is {by_rows:.0%} of the rows, but {by_events:.0%} of the events."),
        N_("A few events with many headlines decide the share by rows: compare scores by event."),
        _rows_against_events,
    ),
    Kind(
        "changing_balance",
        "warning",
        N_("The share of {name} moves from {low:.0%} ({low_month}) to {high:.0%} ({high_month})."),
        N_(
            "A model that learned in one kind of market is tested in another: do not expect one score to "
            "hold in all months."
        ),
        _changing_balance,
    ),
    Kind(
        "contradictory_outcomes",
        "warning",
        N_("{texts:,} headlines of one company and session have different outcomes, in {rows:,} rows."),
        N_(
            "No model can be right on all of them; they bound what can be reached. Keeping the first outcome "
            "leaves out the rows that differ from it."
        ),
        _contradictory,
        lambda plan, case: cleaned(plan, N_("Keep the first outcome of each"), contradictions="first"),
    ),
    Kind(
        "uneven_events",
        "warning",
        N_(
            "{count:,} of {events:,} events (one company in one session) have more than one return, in "
            "{rows:,} rows."
        ),
        N_(
            "The file places headlines in sessions by another rule than here: check the exchange, its close and "
            "the company column, or outcomes may be mixed up."
        ),
        _uneven_events,
    ),
    Kind(
        "beyond_limit",
        "warning",
        N_("{count:,} returns are beyond ±30%, the exchange's limit for one session."),
        N_(
            "The unit of the returns may be read wrongly, or prices are not adjusted for splits: such rows "
            "pull every average."
        ),
        _beyond_limit,
    ),
)
