"""Outlets that are missing, that dominate, or that are written in two ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from core.data.quality.facts import Facts
from core.data.quality.finding import Case, Kind
from core.locale import N_

ONE_OUTLET = 0.5


def _missing(facts: Facts) -> Iterator[Case]:
    if len(facts.outlets.shown) and facts.outlets.missing:
        rows = facts.numbers(facts.data.frame["press"].isna().to_numpy())
        yield Case({"count": facts.outlets.missing}, rows)


def _one(facts: Facts) -> Iterator[Case]:
    shown = facts.outlets.shown
    if len(shown) > 1 and shown["share"].iloc[0] > ONE_OUTLET:
        yield Case({"outlet": shown["outlet"].iloc[0], "share": float(shown["share"].iloc[0])})


def _spellings(facts: Facts) -> Iterator[Case]:
    press = facts.data.frame["press"]
    twice = _written_twice(press)
    if twice:
        names = "; ".join(" = ".join(group) for group in twice[:5]) + (" …" if len(twice) > 5 else "")
        spelled = press.isin([name for group in twice for name in group]).to_numpy()
        yield Case({"count": len(twice), "names": names}, facts.numbers(spelled))


def _written_twice(press: pd.Series) -> list[list[str]]:
    """Return the groups of outlets that differ in spaces, signs and letter case only."""
    names = press.value_counts().index.astype(str)
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(re.sub(r"[\W_]+", "", name).lower() or name, []).append(name)
    return [group for group in groups.values() if len(group) > 1]


KINDS = (
    Kind(
        "no_outlet",
        "info",
        N_("{count:,} rows name no outlet."),
        N_("They count as one outlet of their own."),
        _missing,
    ),
    Kind(
        "one_outlet",
        "info",
        N_("The outlet {outlet} alone has {share:.0%} of the rows."),
        N_("What is learned is mostly how this outlet writes; others may be predicted worse."),
        _one,
    ),
    Kind(
        "outlet_spellings",
        "warning",
        N_("{count:,} outlets are written in more than one way: {names}."),
        N_(
            "Each way of writing counts as an outlet of its own, so what is learned of it is split. Write "
            "them alike in the file."
        ),
        _spellings,
    ),
)
