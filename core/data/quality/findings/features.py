"""Continuous features: the outcome in disguise, constant, empty, or with missing cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from core.data.plan import Plan
from core.data.quality.facts import Facts
from core.data.quality.finding import Action, Case, Kind, without_feature
from core.locale import N_

MOSTLY_MISSING = 0.5


def _disguised_as(kind: str) -> Callable[[Facts], Iterator[Case]]:
    def look(facts: Facts) -> Iterator[Case]:
        yield from (Case({"name": one.feature}) for one in facts.disguises if one.kind == kind)

    return look


def _features(facts: Facts) -> Iterator[Any]:
    """Yield each feature's row of `describe_columns`."""
    yield from facts.columns[facts.columns["kind"] == "feature"].itertuples()


def _empty(facts: Facts) -> Iterator[Case]:
    yield from (Case({"name": one.column}) for one in _features(facts) if one.share == 1)


def _constant(facts: Facts) -> Iterator[Case]:
    for one in _features(facts):
        if one.lowest == one.highest and not one.missing:
            yield Case({"name": one.column})


def _missing(facts: Facts) -> Iterator[Case]:
    for one in _features(facts):
        if 0 < one.share < 1:
            params = {"name": one.column, "count": one.missing, "share": one.share}
            rows = facts.numbers(facts.data.features[one.column].isna().to_numpy())
            yield Case(params, rows, "warning" if one.share > MOSTLY_MISSING else "")


def _leave_out(plan: Plan, case: Case) -> Action | None:
    return without_feature(plan, case.params["name"])


KINDS = (
    Kind(
        "disguised_target",
        "serious",
        N_("The feature {name} alone orders the outcomes almost exactly."),
        N_(
            "It is probably the outcome under another name: with it every score would be too good to be true."
        ),
        _disguised_as("target"),
        _leave_out,
    ),
    Kind(
        "disguised_future",
        "serious",
        N_("The feature {name} equals the outcome of another session that was not over at the headline."),
        N_(
            "It knows the future, so that the scores would be too good to be true: it was probably shifted the "
            "wrong way."
        ),
        _disguised_as("future"),
        _leave_out,
    ),
    Kind(
        "disguised_session",
        "warning",
        N_(
            "The feature {name} equals the outcome of the session before: it seems to hold the return of the "
            "headline's own session."
        ),
        N_(
            "That return is known after the close only. It is right only if the outcome covers the headline's own "
            "session; otherwise it was shifted by one session."
        ),
        _disguised_as("session"),
        _leave_out,
    ),
    Kind(
        "disguised_name",
        "warning",
        N_("The name of the feature {name} speaks of what comes next."),
        N_(
            "A feature must be known when the headline appears; otherwise the scores would be too good to be true."
        ),
        _disguised_as("name"),
        _leave_out,
    ),
    Kind(
        "empty_feature",
        "warning",
        N_("The feature {name} is missing in all rows."),
        N_("It is not used."),
        _empty,
        _leave_out,
    ),
    Kind(
        "constant_feature",
        "warning",
        N_("The feature {name} has the same value in all rows."),
        N_("It cannot explain anything and is not used."),
        _constant,
        _leave_out,
    ),
    Kind(
        "missing_feature",
        "info",
        N_("The feature {name} is missing in {count:,} rows ({share:.0%})."),
        N_("The typical value stands in for a missing one, and the models see that it was missing."),
        _missing,
        lambda plan, case: _leave_out(plan, case) if case.level else None,
    ),
)
