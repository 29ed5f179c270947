"""Realised coverage: how often conformal intervals, made on earlier sessions, held the return on later ones."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import Interval, share_interval
from core.evaluate.conformal import LEVEL, Conformal, adaptive_half_widths
from core.evaluate.predictions import HOLDOUT, MEAN, Predictions
from core.evaluate.scoring import Scored, dated_returns
from core.evaluate.settings import EvaluateSettings
from core.locale import N_, P_


@dataclass(frozen=True)
class Coverage:
    """How often the intervals of a month really held the return; `month` is "2024-01", or "" for the whole.

    `width` is the mean width of the intervals, as a return.
    """

    month: str
    nominal: float
    realised: Interval
    width: float
    rows: int
    sessions: int


def coverage_by_month(
    y: np.ndarray,
    p: np.ndarray,
    half_width: float | np.ndarray,
    sessions: pd.Series | np.ndarray,
    blocks: Blocks,
    seed: int,
    level: float = LEVEL,
) -> list[Coverage]:
    """Return the realised coverage of the whole, then of each month, with 95% intervals over sessions.

    `y, p (n,)` returns and predictions, `half_width` one or `(n,)`, `sessions (n,)` dates, `blocks` those of the rows.
    """
    days = pd.Series(np.asarray(sessions))
    held, widths = np.abs(y - p) <= half_width, np.broadcast_to(half_width, len(y)) * 2.0
    month = days.dt.strftime("%Y-%m").to_numpy()
    found = []
    for name in ("", *np.unique(month)):
        rows = (month == name) | (name == "")
        inside = blocks.take(rows)
        realised = share_interval(held[rows], inside, seed)
        width = float(widths[rows].mean())
        found.append(Coverage(name, level, realised, width, int(rows.sum()), inside.sessions))
    return found


@dataclass(frozen=True, eq=False)
class RealisedCoverage:
    """How often conformal intervals, made on so many `sessions` of the walk-forward, held the return in the holdout.

    `fixed` is the coverage of intervals of one width, the whole first and then each month; `adaptive` that of
    intervals that widen after misses, empty where the fixed width has no end.
    """

    half_width: float
    level: float
    sessions: int
    fixed: tuple[Coverage, ...]
    adaptive: tuple[Coverage, ...]
    sentence: Message


def realised_coverage(
    predictions: Predictions,
    dataset: Dataset,
    settings: EvaluateSettings,
    level: float = LEVEL,
    model: str = MEAN,
) -> RealisedCoverage | Message:
    """Return how often intervals made from the errors of the walk-forward held the return in the holdout."""
    walked = predictions.fold != HOLDOUT
    if walked.all():
        return Message(N_("The holdout is sealed, so the coverage of intervals there is not measured."))
    if not walked.any():
        return Message(
            N_(
                "Intervals are made from errors on sessions that the models had not learned from, and this run has "
                "none before the test: train with walk-forward folds."
            )
        )
    table = dated_returns(predictions)
    if isinstance(table, Message):
        return table
    test = Scored.of(table, dataset, settings, [model])
    p, held = test.predictions[model], test.fold == HOLDOUT
    fitted = Conformal.fit(test.y[~held], p[~held], test.blocks.ids[~held])
    half = fitted.half_width(level)
    y, p, session, seed = test.y[held], p[held], test.session[held], settings.seed
    blocks = test.blocks.take(held)
    coverage = coverage_by_month(y, p, half, session, blocks, seed, level)
    adaptive: list[Coverage] = []
    if math.isfinite(half):
        number = np.unique(session, return_inverse=True)[1]
        halves = adaptive_half_widths(fitted, y, p, number, level, settings.horizon)
        adaptive = coverage_by_month(y, p, halves, session, blocks, seed, level)
    words = sentence(fitted, coverage)
    return RealisedCoverage(half, level, fitted.sessions, tuple(coverage), tuple(adaptive), words)


def sentence(conformal: Conformal, coverage: list[Coverage]) -> Message:
    """Say whether the intervals held what they promised; `coverage` as of `coverage_by_month`."""
    whole, months = coverage[0], coverage[1:]
    worst = min(months, key=lambda month: month.realised.value, default=whole)
    params = {
        "nominal": f"{whole.nominal:.0%}",
        "realised": f"{whole.realised.value:.0%}",
        "low": f"{whole.realised.low:.0%}",
        "high": f"{whole.realised.high:.0%}",
        "n": conformal.sessions,
        "worst": f"{worst.realised.value:.0%}",
        "month": worst.month,
    }
    if not np.isfinite(whole.width):
        template = P_(
            "{n} session of errors is too few for intervals of {nominal}: they would have no end.",
            "{n} sessions of errors are too few for intervals of {nominal}: they would have no end.",
        )
    elif whole.realised.high < whole.nominal:
        template = N_(
            "The intervals promise {nominal} and held only {realised} [{low}, {high}] of the test returns, least "
            "in {month} ({worst}): the market has moved on from the sessions that they were made from."
        )
    else:
        template = N_(
            "The intervals promise {nominal} and held {realised} [{low}, {high}] of the test returns, least in "
            "{month} ({worst})."
        )
    return Message(template, params)
