"""Where a split lets the test be known beforehand, no verdict is given, and the reason is."""

from __future__ import annotations

from dataclasses import replace

from core.evaluate.lift import Lift
from core.locale import N_
from core.train.splits.registry import SPLITS
from core.train.splits.summary import SplitSummary

_UNDATED = N_(
    "the table has no dates, so rows of one day may stand in the training and in the test; a table with dates can be "
    "judged"
)
_OVERLAPPING = N_(
    "an earlier version took its intervals over single sessions, though its outcomes overlap; train again for a verdict"
)
_SHARED = N_(
    "rows of the same session (trading day) stand in the training and in the test, and share its shock and its "
    "topics; train again by time or by whole sessions"
)


def withheld(split: str, summary: SplitSummary) -> str:
    """Return why a run's verdict is withheld, empty where it is not: by its split's rule, or by what was split.

    A run saved before shared sessions were counted shares them unless it was split by time.
    """
    rule = SPLITS[split].on(bool(summary.sessions))
    if rule.withholds:
        return rule.withholds
    if not summary.sessions:
        return _UNDATED
    shared = summary.shared_sessions
    if shared is None:
        shared = 0 if rule.ordered else min(summary.train_sessions, summary.test_sessions)
    return _SHARED if shared else ""


def withheld_of_saved(horizon: int, recorded: bool) -> str:
    """Return why a saved run has no verdict, empty where it has one: `recorded` says what its intervals rest on."""
    return _OVERLAPPING if horizon > 1 and not recorded else ""


def without_verdict(lift: Lift | None, reason: str) -> Lift | None:
    """Return the lift with its numbers, but without a verdict where there is a reason to withhold it."""
    return lift and replace(lift, withheld=reason or lift.withheld)
