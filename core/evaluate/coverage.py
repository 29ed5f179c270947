"""Realised coverage: how often conformal intervals, made on earlier sessions, held the return on later ones."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.blocks import FEWEST_BLOCKS, Blocks
from core.evaluate.bootstrap import Interval, intervals, share_interval
from core.evaluate.conformal import LEVEL, Conformal, adaptive_half_widths, known_before
from core.evaluate.metrics import Metric
from core.evaluate.predictions import HOLDOUT, MEAN, Predictions
from core.evaluate.scoring import Scored, dated_returns
from core.evaluate.settings import EvaluateSettings
from core.evaluate.weighted import mean
from core.locale import N_, P_


@dataclass(frozen=True)
class Coverage:
    """How often the intervals of a month really held the return; `month` is "2024-01", or "" for the whole.

    `width` is the mean width of the intervals, as a return. `enough` says whether there are enough blocks for the
    interval of `realised` to tell anything.
    """

    month: str
    nominal: float
    realised: Interval
    width: float
    rows: int
    sessions: int
    enough: bool = True


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
        found.append(Coverage(name, level, realised, width, int(rows.sum()), inside.sessions, inside.enough))
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
    number = np.searchsorted(np.sort(dataset.frame["session"].dropna().unique()), test.session)
    first = int(number[held].min())
    learned = ~held & known_before(number, first, settings.horizon)
    if not learned.any():
        return Message(
            N_(
                "No interval is made: outcomes over {horizon} sessions are known too late for any session of the "
                "walk-forward to count before the test begins."
            ),
            {"horizon": settings.horizon},
        )
    fitted = Conformal.fit(test.y[learned], p[learned], number[learned])
    overlap = settings.horizon > 1 and fitted.sessions < FEWEST_BLOCKS * settings.horizon
    half = math.inf if overlap else fitted.half_width(level)
    kept = np.abs(test.y - p) <= half
    fallen = fell_short(kept, learned, held, test.blocks, level, settings.seed)
    y, p, session, seed = test.y[held], p[held], test.session[held], settings.seed
    blocks = test.blocks.take(held)
    coverage = coverage_by_month(y, p, half, session, blocks, seed, level)
    adaptive: list[Coverage] = []
    if math.isfinite(half):
        halves = adaptive_half_widths(fitted, y, p, number[held] - first, level, settings.horizon)
        adaptive = coverage_by_month(y, p, halves, session, blocks, seed, level)
    words = sentence(fitted, coverage, fallen, settings.horizon if overlap else 1)
    return RealisedCoverage(half, level, fitted.sessions, tuple(coverage), tuple(adaptive), words)


def sentence(
    conformal: Conformal, coverage: list[Coverage], fallen: bool = False, overlapping: int = 1
) -> Message:
    """Say whether the intervals held what they promised; `coverage` as of `coverage_by_month`.

    `fallen` says that they held less than can be chance, `overlapping` the horizon where it leaves too few sessions.
    """
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
        "horizon": overlapping,
    }
    return Message(_template(whole, fallen, overlapping), params)


def _template(whole: Coverage, fallen: bool, overlapping: int) -> str:
    if overlapping > 1:
        return P_(
            "{n} session of errors is too few for intervals: outcomes over {horizon} sessions overlap, so it counts "
            "as less.",
            "{n} sessions of errors are too few for intervals: outcomes over {horizon} sessions overlap, so they count "
            "as fewer.",
        )
    if not np.isfinite(whole.width):
        return P_(
            "{n} session of errors is too few for intervals of {nominal}: they would have no end.",
            "{n} sessions of errors are too few for intervals of {nominal}: they would have no end.",
        )
    if not whole.enough:
        return N_(
            "The intervals promise {nominal} and held {realised} of the test returns: too short a test to say whether they "
            "keep it."
        )
    if fallen:
        return N_(
            "The intervals promise {nominal} and held only {realised} [{low}, {high}] of the test returns, least "
            "in {month} ({worst}): the market has moved on from the sessions that they were made from."
        )
    if whole.realised.high < whole.nominal:
        return N_(
            "The intervals promise {nominal} and held {realised} [{low}, {high}] of the test returns, least in "
            "{month} ({worst}). That may be chance: they were made from {n:,} sessions only."
        )
    return N_(
        "The intervals promise {nominal} and held {realised} [{low}, {high}] of the test returns, least in "
        "{month} ({worst})."
    )


def fell_short(
    kept: np.ndarray, learned: np.ndarray, held: np.ndarray, blocks: Blocks, level: float, seed: int
) -> bool:
    """Say whether the holdout kept `kept (n,)` within its intervals less often than `level` by more than chance.

    The width was chosen on sessions as few as those it is tried on, so both are resampled: the interval is that of
    the share kept in the holdout less that in the sessions learned from.
    """

    def difference(kept: np.ndarray, held: np.ndarray, w: np.ndarray) -> np.ndarray:
        result: np.ndarray = mean(kept[held], w[:, held]) - mean(kept[~held], w[:, ~held])
        return result

    rows = learned | held
    metric = Metric("kept", "", difference, True, "regress")
    if not blocks.take(held).enough:
        return False
    found = intervals(kept[rows].astype(float), held[rows], blocks.take(rows), [metric], seed)["kept"]
    return bool(kept[held].mean() - level + found.high - found.value < 0)
