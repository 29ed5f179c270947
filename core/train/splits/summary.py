"""How many rows and sessions a split puts where, as a run's record keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from core.data.dataset import Dataset
from core.train.splits.partition import Split


@dataclass(frozen=True)
class SplitSummary:
    """How many rows went where; `cut` is the first session of the test (ISO date) where time splits.

    `shared_sessions` are those with rows on both sides; None in a run that was saved before they were counted.
    """

    rows: int
    distinct_headlines: int
    train_rows: int
    test_rows: int
    purged_rows: int
    grouped_rows: int
    left_out_rows: int
    sessions: int
    train_sessions: int
    test_sessions: int
    events: int
    cut: str | None = None
    embargoed_rows: int = 0
    shared_sessions: int | None = None


@dataclass(frozen=True)
class FoldSummary:
    """A walk-forward fold: its first and last test session (ISO dates) and how many rows and sessions."""

    first: str
    last: str
    train_rows: int
    test_rows: int
    train_sessions: int
    test_sessions: int


def summary_of_split(dataset: Dataset, split: Split) -> SplitSummary:
    """Count the rows of the holdout's split."""
    session = dataset.frame["session"]
    return SplitSummary(
        rows=len(dataset),
        distinct_headlines=dataset.distinct_headlines,
        train_rows=len(split.train),
        test_rows=len(split.test),
        purged_rows=len(split.purged),
        embargoed_rows=len(split.embargoed),
        grouped_rows=len(split.grouped),
        left_out_rows=len(split.left_out),
        sessions=dataset.sessions,
        train_sessions=int(session.iloc[split.train].nunique()),
        test_sessions=int(session.iloc[split.test].nunique()),
        events=dataset.events,
        shared_sessions=len(set(session.iloc[split.train].dropna()) & set(session.iloc[split.test])),
        cut=None if split.cut is None else split.cut.date().isoformat(),
    )


def summary_of_fold(dataset: Dataset, split: Split) -> FoldSummary:
    """Count the rows and sessions of a walk-forward fold."""
    session = dataset.frame["session"]
    days = session.iloc[split.test]
    return FoldSummary(
        first=days.min().date().isoformat(),
        last=days.max().date().isoformat(),
        train_rows=len(split.train),
        test_rows=len(split.test),
        train_sessions=int(session.iloc[split.train].nunique()),
        test_sessions=int(days.nunique()),
    )
