"""Events as the unit of training and scoring, and how many independent observations a table is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import Message
from core.locale import N_
from core.train.scores.bootstrap import blocks

NEARLY_ALL = 0.9
EXACT = 12  # places to which a mean of probabilities or returns is exact


class Events(NamedTuple):
    """Scored events in order of first appearance: the mean prediction of their rows, and what happened.

    `predictions (events, classes)` or `(events,)`; `outcome (events,)`, NaN where unknown; `sessions
    (events,)` datetime64, NaT where unknown; `sizes (events,)`, the number of rows of each.
    """

    predictions: np.ndarray
    outcome: np.ndarray
    sessions: np.ndarray
    sizes: np.ndarray

    @property
    def blocks(self) -> np.ndarray:
        """The number of each event's block for the bootstrap: its session, or itself where it has none."""
        number, sessions = pd.factorize(self.sessions, sort=True)
        unknown = number < 0
        return np.where(unknown, len(sessions) + np.cumsum(unknown) - 1, number)


@dataclass(frozen=True)
class Effective:
    """How much a table is worth: `effective_n` independent observations among its rows with an outcome.

    `events` is the number of companies' sessions and `sessions` that of trading days, 0 in an undated table.
    `icc` is the intraclass correlation of the outcome over sessions (stories where undated), of 0 to 1; None
    where no two rows share one.
    """

    rows: int
    headlines: int
    events: int
    sessions: int
    effective_n: float
    icc: float | None

    def sentence(self) -> Message:
        """Say in plain words what the rows are worth."""
        numbers = {
            "rows": self.rows,
            "events": self.events,
            "sessions": self.sessions,
            "effective": self.effective_n,
        }
        if self.effective_n >= NEARLY_ALL * self.rows:
            return Message(
                N_(
                    "{rows:,} rows count as about {effective:,.0f} independent observations, nearly all of them."
                ),
                numbers,
            )
        if not self.sessions:
            return Message(
                N_(
                    "{rows:,} rows count as about {effective:,.0f} independent observations only, because rows "
                    "that tell the same story share their outcome: trust the scores no further than those of "
                    "{effective:,.0f} rows."
                ),
                numbers,
            )
        return Message(
            N_(
                "{rows:,} rows count as about {effective:,.0f} independent observations only, because rows of "
                "the same session ({sessions:,} sessions, {events:,} events) share their outcome: trust the "
                "scores no further than those of {effective:,.0f} rows."
            ),
            numbers,
        )


def event_numbers(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Number the events of these rows in order of first appearance, `(n,)`; an undated row is one by itself."""
    event = dataset.event[rows]
    alone = dataset.event.max(initial=-1) + 1 + np.arange(len(rows))
    return pd.factorize(np.where(event >= 0, event, alone))[0]


def event_weights(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Return weights `(n,)` under which each event of these rows counts the same; their mean is 1."""
    event = event_numbers(dataset, rows)
    sizes = np.bincount(event)
    return len(rows) / len(sizes) / sizes[event]


def to_events(dataset: Dataset, rows: np.ndarray, predictions: np.ndarray, outcome: np.ndarray) -> Events:
    """Average predictions of rows, `(n, classes)` or `(n,)`, per company and session.

    `outcome` is that of every row of the dataset, `(rows,)`. Where the rows of an event disagree on it, the
    event's is their mean return or their most frequent class (`disagreeing` counts such events).
    """
    event = event_numbers(dataset, rows)
    sizes = np.bincount(event)
    first = np.unique(event, return_index=True)[1]
    sums = np.zeros((len(sizes), *predictions.shape[1:]))
    np.add.at(sums, event, predictions)
    means = sums / sizes.reshape(-1, *[1] * (predictions.ndim - 1))
    means = means.round(EXACT)  # the mean of n equal numbers is that number, so that ties stay ties
    happened = (_most_frequent if predictions.ndim == 2 else _average)(event, outcome[rows], len(sizes))
    return Events(means, happened, dataset.frame["session"].to_numpy()[rows[first]], sizes)


def disagreeing(dataset: Dataset, outcome: np.ndarray, rows: np.ndarray) -> int:
    """Return how many events of these rows have rows with different known outcomes; `outcome` is `(rows,)`."""
    table = pd.DataFrame({"event": event_numbers(dataset, rows), "outcome": outcome[rows]})
    return int((table.groupby("event")["outcome"].nunique() > 1).sum())


def effective_size(dataset: Dataset, outcome: np.ndarray, rows: np.ndarray) -> Effective:
    """Return how many independent observations those of `rows` with a known outcome `(rows,)` are worth.

    The number of rows over the design effect 1 + (m - 1) rho (Kish, "Survey Sampling", 1965), with m the
    size of the session of an average row, sum m_i² / sum m_i, and rho the analysis-of-variance estimate of
    the intraclass correlation (Donner & Koval, "The estimation of intraclass correlation in the analysis of
    family data", 1980), never below 0; at the most the number of events, whose rows share everything.
    """
    rows = rows[~np.isnan(outcome[rows])]
    frame = dataset.frame.iloc[rows]
    event = dataset.event[rows]
    distinct = int(frame["headline"].nunique())
    dated, sessions = len(np.unique(event[event >= 0])), int(frame["session"].nunique())
    if not len(rows):
        return Effective(0, distinct, dated, sessions, 0.0, None)
    block = blocks(dataset, rows)
    rho = intraclass_correlation(_numeric(outcome[rows], dataset), block)
    sizes = np.bincount(block)
    effect = 1 + ((sizes**2).sum() / sizes.sum() - 1) * (rho or 0.0)
    worth = min(len(rows) / effect, len(np.unique(event_numbers(dataset, rows))))
    return Effective(len(rows), distinct, dated, sessions, float(worth), rho)


def intraclass_correlation(values: np.ndarray, block: np.ndarray) -> float | None:
    """Return the intraclass correlation of `values (n, columns)` over blocks `(n,)`, of 0 to 1.

    (MSB - MSW) / (MSB + (m0 - 1) MSW), the mean squares between and within blocks summed over the columns and
    m0 the adjusted mean size. With one block 1 is taken, the careful choice; None where no block has two rows.
    """
    sizes = np.bincount(block)
    n, k = len(block), len(sizes)
    if k == n:
        return None
    if k == 1:
        return 1.0
    sums = np.zeros((k, values.shape[1]))
    np.add.at(sums, block, values)
    means = sums / sizes[:, None]
    between = (sizes[:, None] * (means - values.mean(axis=0)) ** 2).sum() / (k - 1)
    within = ((values - means[block]) ** 2).sum() / (n - k)
    adjusted = (n - (sizes**2).sum() / n) / (k - 1)
    spread = between + (adjusted - 1) * within
    return float(np.clip((between - within) / spread, 0, 1)) if spread > 0 else 1.0


def _numeric(outcome: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Return returns or two classes as one column, more classes as one 0/1 column each."""
    count = len(dataset.classes)
    return np.eye(count)[outcome.astype(int)] if count > 2 else outcome[:, None]


def _average(event: np.ndarray, outcome: np.ndarray, events: int) -> np.ndarray:
    known = ~np.isnan(outcome)
    count = np.bincount(event[known], minlength=events)
    total = np.bincount(event[known], outcome[known], minlength=events)
    return np.divide(total, count, out=np.full(events, np.nan), where=count > 0)


def _most_frequent(event: np.ndarray, outcome: np.ndarray, events: int) -> np.ndarray:
    known = ~np.isnan(outcome)
    codes = outcome[known].astype(int)
    counts = np.zeros((events, codes.max(initial=0) + 1), int)
    np.add.at(counts, (event[known], codes), 1)
    return np.where(counts.sum(axis=1) > 0, counts.argmax(axis=1).astype(float), np.nan)
