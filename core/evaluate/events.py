"""Events as the unit of training and scoring: all headlines of one company in one session."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from core.data.dataset import Dataset

EXACT = 12  # places to which a mean of probabilities or returns is exact


class Events(NamedTuple):
    """Scored events in order of first appearance: the mean prediction of their rows, and what happened.

    `predictions (events, classes)` or `(events,)`; `outcome (events,)`, NaN where unknown; `sessions
    (events,)` datetime64, NaT where unknown; `sizes (events,)`, the number of rows of each; `first (events,)` the
    position of the first row of each in the dataset.
    """

    predictions: np.ndarray
    outcome: np.ndarray
    sessions: np.ndarray
    sizes: np.ndarray
    first: np.ndarray


def event_numbers(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Number the events of these rows in order of first appearance, `(n,)`; an undated row is one by itself."""
    event = dataset.event[rows]
    alone = dataset.event.max(initial=-1) + 1 + np.arange(len(rows))
    result: np.ndarray = pd.factorize(np.where(event >= 0, event, alone))[0]
    return result


def event_weights(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Return weights `(n,)` under which each event of these rows counts the same; their mean is 1.

    A row weighs 1 over the number of its event's rows: the inverse cluster size (Williamson, Datta & Satten,
    "Marginal analyses of clustered data when cluster size is informative", 2003).
    """
    event = event_numbers(dataset, rows)
    sizes = np.bincount(event)
    result: np.ndarray = len(rows) / len(sizes) / sizes[event]
    return result


def to_events(dataset: Dataset, rows: np.ndarray, predictions: np.ndarray, outcome: np.ndarray) -> Events:
    """Average predictions of rows, `(n, classes)` or `(n,)`, per company and session.

    `rows`, `predictions` and `outcome (n,)` are in one order. Where the rows of an event disagree on the outcome,
    the event's is their mean return or their most frequent class (`disagreeing` counts such events).
    """
    event = event_numbers(dataset, rows)
    sizes = np.bincount(event)
    first = np.unique(event, return_index=True)[1]
    sums = np.zeros((len(sizes), *predictions.shape[1:]))
    np.add.at(sums, event, predictions)
    means = sums / sizes.reshape(-1, *[1] * (predictions.ndim - 1))
    means = means.round(EXACT)  # the mean of n equal numbers is that number, so that ties stay ties
    happened = (_most_frequent if predictions.ndim == 2 else _average)(event, outcome, len(sizes))
    sessions = dataset.frame["session"].to_numpy()[rows[first]]
    return Events(means, happened, sessions, sizes, rows[first])


def disagreeing(dataset: Dataset, outcome: np.ndarray, rows: np.ndarray) -> int:
    """Return how many events of these rows have rows with different known outcomes `(n,)`."""
    table = pd.DataFrame({"event": event_numbers(dataset, rows), "outcome": outcome})
    return int((table.groupby("event")["outcome"].nunique() > 1).sum())


def _average(event: np.ndarray, outcome: np.ndarray, events: int) -> np.ndarray:
    known = ~np.isnan(outcome)
    count = np.bincount(event[known], minlength=events)
    total = np.bincount(event[known], outcome[known], minlength=events)
    result: np.ndarray = np.divide(total, count, out=np.full(events, np.nan), where=count > 0)
    return result


def _most_frequent(event: np.ndarray, outcome: np.ndarray, events: int) -> np.ndarray:
    known = ~np.isnan(outcome)
    codes = outcome[known].astype(int)
    counts = np.zeros((events, codes.max(initial=0) + 1), int)
    np.add.at(counts, (event[known], codes), 1)
    return np.where(counts.sum(axis=1) > 0, counts.argmax(axis=1).astype(float), np.nan)
