"""Where a split lets the test be known beforehand, no verdict is given, and the reason is."""

from __future__ import annotations

from dataclasses import replace

from core.errors import Message
from core.evaluate.lift import NONE, Lift
from core.locale import N_
from core.train.splits.registry import SPLITS
from core.train.splits.summary import SplitSummary

_SHARED = N_(
    "Whether the headlines help cannot be said: rows of the same session (trading day) stand in the training and in "
    "the test, and share the shock and the topics of the day. Train again by time or by whole sessions."
)


def withheld(split: str, summary: SplitSummary) -> Message | None:
    """Return why a run's verdict is withheld, None where it is not: by its split's rule, or by what was split.

    A run saved before shared sessions were counted shares them unless it was split by time.
    """
    rule = SPLITS[split]
    if rule.withholds:
        return Message(rule.withholds)
    shared = summary.shared_sessions
    if shared is None:
        shared = 0 if rule.ordered else min(summary.train_sessions, summary.test_sessions)
    return Message(_SHARED) if shared else None


def without_verdict(lift: Lift | None, reason: Message | None) -> Lift | None:
    """Return the lift with its numbers, but the verdict "none" where there is a reason to withhold it."""
    return lift if lift is None or reason is None else replace(lift, verdict=NONE)
