"""Where a split lets the test be known beforehand, no verdict is given, and the reason is."""

from __future__ import annotations

from dataclasses import replace

from core.evaluate.lift import Lift
from core.locale import N_
from core.train.splits.registry import SPLITS
from core.train.splits.summary import SplitSummary

_SHARED = N_(
    "rows of the same session (trading day) stand in the training and in the test, and share its shock and its "
    "topics; train again by time or by whole sessions"
)


def withheld(split: str, summary: SplitSummary) -> str:
    """Return why a run's verdict is withheld, empty where it is not: by its split's rule, or by what was split.

    A run saved before shared sessions were counted shares them unless it was split by time.
    """
    rule = SPLITS[split]
    if rule.withholds:
        return rule.withholds
    shared = summary.shared_sessions
    if shared is None:
        shared = 0 if rule.ordered else min(summary.train_sessions, summary.test_sessions)
    return _SHARED if shared else ""


def without_verdict(lift: Lift | None, reason: str) -> Lift | None:
    """Return the lift with its numbers, but without a verdict where there is a reason to withhold it."""
    return lift and replace(lift, withheld=reason or lift.withheld)
