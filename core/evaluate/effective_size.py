"""How many independent observations a table is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

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
    where no two rows share one. Outcomes span `horizon` sessions.
    """

    rows: int
    headlines: int
    events: int
    sessions: int
    effective_n: float
    icc: float | None
    horizon: int = 1

    @property
    def nearly_all(self) -> bool:
        """Whether the rows are hardly worth less than their number."""
        return self.effective_n >= NEARLY_ALL * self.rows

    def sentence(self) -> Message:
        """Say in plain words what the rows are worth."""
        numbers = {
            "rows": self.rows,
            "events": self.events,
            "sessions": self.sessions,
            "effective": self.effective_n,
        }
        if self.nearly_all:
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
        if self.horizon > 1:
            return Message(
                N_(
                    "{rows:,} rows count as about {effective:,.0f} independent observations only, because rows of "
                    "the same session ({sessions:,} sessions, {events:,} events) share their outcome and outcomes "
                    "over {horizon} sessions overlap: trust the scores no further than those of {effective:,.0f} "
                    "rows."
                ),
                numbers | {"horizon": self.horizon},
            )
        return Message(
            N_(
                "{rows:,} rows count as about {effective:,.0f} independent observations only, because rows of "
                "the same session ({sessions:,} sessions, {events:,} events) share their outcome: trust the "
                "scores no further than those of {effective:,.0f} rows."
            ),
            numbers,
        )


def effective_size(dataset: Dataset, outcome: np.ndarray, rows: np.ndarray, horizon: int = 1) -> Effective:
    """Return how many independent observations those of `rows` with a known outcome `(rows,)` are worth.

    As many as have a mean of the same variance: n² over the sum of the correlations of all pairs of rows, which
    is Kish's design effect ("Survey Sampling", 1965) for clusters that overlap in time. Rows of one event (in an
    undated table, of one story) correlate by the intraclass correlation, and so do events of one session; of
    that, outcomes over h sessions that begin k sessions apart have the part 1 - k/h in common. At the most the
    number of events.
    """
    rows = rows[~np.isnan(outcome[rows])]
    frame = dataset.frame.iloc[rows]
    event = dataset.event[rows]
    distinct = int(frame["headline"].nunique())
    dated, sessions = len(np.unique(event[event >= 0])), int(frame["session"].nunique())
    if not len(rows):
        return Effective(0, distinct, dated, sessions, 0.0, None)
    values, block = _numeric(outcome[rows], dataset), block_numbers(dataset, rows)
    rho = intraclass_correlation(values, block)
    placed = event >= 0
    pairs = _undated_pairs(values[~placed], block[~placed])
    if placed.any():
        session, company = (
            np.unique(ids[placed], return_inverse=True)[1] for ids in (block, _companies(frame))
        )
        pairs += _dated_pairs(values[placed], event[placed], session, company, horizon)
    worth = min(len(rows) ** 2 / pairs, len(np.unique(event_numbers(dataset, rows))))
    return Effective(len(rows), distinct, dated, sessions, float(worth), rho, horizon)


def worth_of_table(dataset: Dataset) -> dict[str, Effective]:
    """Return what all rows of a table are worth by the task that it allows, at the horizon of its plan.

    Empty for a table without a target. A training with a longer horizon finds fewer.
    """
    tasks = {"return": ("classify", "regress"), "label": ("classify",)}.get(dataset.target_kind, ())
    every = np.arange(len(dataset))
    return {task: effective_size(dataset, dataset.outcome(task), every, dataset.horizon) for task in tasks}


def _undated_pairs(values: np.ndarray, story: np.ndarray) -> float:
    """Return the sum of the correlations of all pairs of rows, each with itself too, by story."""
    if not len(story):
        return 0.0
    story = np.unique(story, return_inverse=True)[1]
    rho = intraclass_correlation(values, story) or 0.0
    return float(len(story) + rho * ((np.bincount(story) ** 2).sum() - len(story)))


def _dated_pairs(
    values: np.ndarray, event: np.ndarray, session: np.ndarray, company: np.ndarray, horizon: int
) -> float:
    """Return the sum of the correlations of all pairs of rows, each with itself too, by event and session.

    Signs of returns (0 and 1) correlate less than the returns themselves: 2/π arcsin of that (Sheppard, "On the
    application of the theory of error to cases of normal distribution and normal correlation", 1899).
    """
    from scipy.sparse import csr_array

    number, first, event = np.unique(event, return_index=True, return_inverse=True)
    day, firm, sizes = session[first], company[first], np.bincount(event)  # of each event
    means = np.zeros((len(number), values.shape[1]))
    np.add.at(means, event, values)
    within = intraclass_correlation(values, event)
    within = 1.0 if within is None else within
    between = (intraclass_correlation(means / sizes[:, None], day) or 0.0) * within
    count = csr_array((sizes.astype(float), (firm, day)), shape=(firm.max() + 1, day.max() + 1))
    total, signs = count.sum(axis=0), bool(np.isin(values, (0, 1)).all())
    same = float((sizes**2).sum())
    pairs = len(values) + within * (same - len(values)) + between * (float(total @ total) - same)
    for lag in range(1, min(horizon, len(total))):
        own = float(count[:, :-lag].multiply(count[:, lag:]).sum())
        every = float(total[:-lag] @ total[lag:])
        alike = [_overlapping(rho, 1 - lag / horizon, signs) for rho in (within, between)]
        pairs += 2 * (alike[0] * own + alike[1] * (every - own))
    return pairs


def _overlapping(rho: float, part: float, signs: bool) -> float:
    """Return the correlation that is left of `rho` where outcomes have a part in common; of signs, by Sheppard."""
    if not signs:
        return rho * part
    return 2 / math.pi * math.asin(math.sin(math.pi / 2 * rho) * part)


def _companies(frame: pd.DataFrame) -> np.ndarray:
    result: np.ndarray = pd.factorize(frame["company"].fillna(""))[0]
    return result


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
