"""The events of the test, placed among the daily returns around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.daily_returns import OUTCOMES, SPREAD, DailyReturns, company_names, daily_returns
from core.evaluate.predictions import Predictions
from core.evaluate.scoring import one_scale
from core.evaluate.settings import EvaluateSettings
from core.locale import N_

NEARLY_ALL = 0.95


@dataclass(frozen=True, eq=False)
class TestedEvents:
    """Events (a company's session) of the test in order of time, each with the mean score of its headlines.

    `score (n,)` is the predicted return, or the probability of the last of two classes; as a rank within its fold
    where there are several. `session (n,)` datetime64[s]; `day`, `company (n,)` are the numbers of the event's day
    and company in `returns`.
    """

    score: np.ndarray
    session: np.ndarray
    day: np.ndarray
    company: np.ndarray
    returns: DailyReturns

    def __len__(self) -> int:
        return len(self.score)


def tested_events(
    predictions: Predictions, dataset: Dataset, settings: EvaluateSettings, model: str
) -> TestedEvents | Message:
    """Return the test's events beside daily returns, or what is missing for that in one sentence.

    Daily returns are closing prices, or outcomes that look one session ahead where every company has a headline on
    nearly every session.
    """
    test = predictions.test
    if len(test.classes) > 2:
        return Message(N_("More than two classes have no single score by which events could be ordered."))
    known = daily_returns(dataset, max(settings.horizon, 1))
    if isinstance(known, Message):
        return known
    if known.source == SPREAD:
        return Message(
            N_(
                "This needs the returns of single days, and the target looks {horizon} sessions ahead. Join daily closing "
                "prices on the Data page."
            ),
            {"horizon": known.horizon},
        )
    if known.source == OUTCOMES and (share := _covered(known)) < NEARLY_ALL:
        return Message(
            N_(
                "This needs a return of every company on every trading day; with headlines alone {share} of them are "
                "known, and those not by chance. Join daily closing prices on the Data page."
            ),
            {"share": f"{share:.0%}"},
        )
    test = test.where(test.table["session"].notna())
    if not len(test):
        return Message(N_("The table has no dates, so there are no results by session."))
    names = company_names(dataset)[test.positions(dataset)]
    day, company = known.place(test.table["session"].to_numpy("datetime64[s]"), names)
    made = test[model]
    score = made if made.ndim == 1 else made[:, -1]
    rows = pd.DataFrame({"day": day, "company": company, "score": score, "fold": test.fold})
    event = rows.groupby(["day", "company"], sort=True).agg({"score": "mean", "fold": "first"}).reset_index()
    day, company = event["day"].to_numpy(), event["company"].to_numpy()
    scaled = one_scale(event["score"].to_numpy(), event["fold"].to_numpy())
    return TestedEvents(scaled, known.days[day], day, company, known)


def _covered(known: DailyReturns) -> float:
    """Return the share of known returns between each company's first and last."""
    there = ~np.isnan(known.returns)
    span = [np.ptp(np.flatnonzero(column)) + 1 for column in there.T if column.any()]
    return float(there.sum() / max(sum(span), 1))
