"""How many independent observations a table is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.blocks import block_numbers
from core.evaluate.events import event_numbers
from core.locale import N_

NEARLY_ALL = 0.9


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
    block = block_numbers(dataset, rows)
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
