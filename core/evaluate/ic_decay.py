"""How long do the predictions rank what follows? The rank IC with the returns over 1 to 20 sessions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.blocks import FEWEST_BLOCKS, SIGNIFICANT
from core.evaluate.daily_returns import DailyReturns
from core.evaluate.information_coefficient import Mean, by_session
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.settings import EvaluateSettings
from core.evaluate.tested_events import TestedEvents, tested_events
from core.locale import N_

LONGEST = 20


@dataclass(frozen=True, eq=False)
class Decay:
    """The mean rank IC of the predictions with the return over each of `horizons (k,)` sessions after the headline.

    `means` and `events` are by horizon: the IC with its 95% interval (no ends where fewer than six spans of the
    horizon fit into the sessions) and the number of events whose return is known. `certain (k,)` bool says where
    the IC differs from 0 even when all horizons are counted (Bonferroni). `pooled` where sessions are too small to
    be ranked one by one. `horizon` is the target's.
    """

    horizons: np.ndarray
    means: tuple[Mean, ...]
    events: np.ndarray
    certain: np.ndarray
    pooled: bool
    horizon: int
    returns: DailyReturns

    @property
    def judged(self) -> np.ndarray:
        """Which horizons have an interval, `(k,)` bool."""
        return np.array([not math.isnan(mean.low) for mean in self.means], bool)

    def sentence(self) -> Message:
        """Say over how many sessions the predictions still rank the returns."""
        judged = int(self.judged.sum())
        if not judged:
            return Message(
                N_(
                    "Too few sessions to say how long the predictions rank the returns: at least {fewest} times the "
                    "horizon are needed."
                ),
                {"fewest": FEWEST_BLOCKS},
            )
        longest = int(self.horizons[self.judged][-1])
        if self.certain.any():
            known = np.flatnonzero(self.certain)
            last = int(known[-1])
            return Message(
                N_(
                    "The predictions rank the returns of up to {last} sessions after the headline: at {count} of {judged} "
                    "horizons the rank IC differs from 0 even when all are counted. At {last} it is {ic} [{low}, {high}]."
                ),
                {
                    "count": len(known),
                    "judged": judged,
                    "last": int(self.horizons[last]),
                    "ic": f"{self.means[last].value:.3f}",
                    "low": f"{self.means[last].low:.3f}",
                    "high": f"{self.means[last].high:.3f}",
                },
            )
        outside = sum(
            mean.low > 0 or mean.high < 0 for mean, fine in zip(self.means, self.judged, strict=True) if fine
        )
        if outside:
            return Message(
                N_(
                    "At {outside} of {judged} horizons the interval of the rank IC leaves out 0, but no more than "
                    "{judged} looks bring about by chance: the predictions are not shown to rank what follows."
                ),
                {"outside": outside, "judged": judged},
            )
        return Message(
            N_(
                "At no horizon from 1 to {longest} sessions are the predictions shown to rank the returns: every interval "
                "of the rank IC holds 0."
            ),
            {"longest": longest},
        )


def ic_decay(
    predictions: Predictions,
    dataset: Dataset,
    settings: EvaluateSettings,
    model: str = MEAN,
    longest: int = LONGEST,
    looks: int = 1,
) -> Decay | Message:
    """Return the rank IC of the test's predictions with the returns over 1 to `longest` sessions.

    A return is from the close of the headline's session on, compounded. Those of following sessions overlap, which
    the intervals allow for; `looks`, how often these rows have been tested, is allowed for by `Decay.certain`. A
    message where the returns of other horizons than the target's are not known.
    """
    events = tested_events(predictions, dataset, settings, model)
    if isinstance(events, Message):
        return events
    return decay_of(events, max(settings.horizon, 1), settings.seed, longest, looks)


def decay_of(events: TestedEvents, horizon: int, seed: int, longest: int = LONGEST, looks: int = 1) -> Decay:
    """Return the rank IC of events with the returns over 1 to `longest` sessions, `horizon` being the target's."""
    horizons = np.arange(1, longest + 1)
    found = [_at(events, int(k), seed) for k in horizons]
    means = tuple(mean for mean, _, _ in found)
    return Decay(
        horizons,
        means,
        np.array([count for _, count, _ in found]),
        certain(means, horizons, looks),
        any(pooled for *_, pooled in found),
        horizon,
        events.returns,
    )


def certain(means: Sequence[Mean], horizons: np.ndarray, looks: int = 1) -> np.ndarray:
    """Return which of these means differ from 0 at 5% for all `horizons (k,)` together, `(k,)` bool (Bonferroni).

    At 5% / k² in the k-th of `looks` at these rows.
    """
    judged = sum(not math.isnan(mean.low) for mean in means) * looks**2
    found = [
        abs(mean.value)
        > _widening(judged, mean.freedom or mean.sessions // int(k) - 1) * (mean.high - mean.low) / 2
        for k, mean in zip(horizons, means, strict=True)
    ]
    return np.array(found, bool)


def _at(events: TestedEvents, horizon: int, seed: int) -> tuple[Mean, int, bool]:
    ahead = events.returns.growth(horizon)[events.day, events.company]
    known = ~np.isnan(ahead)
    if known.sum() < 2:
        return Mean(math.nan, math.nan, math.nan, math.nan, 0, 0), int(known.sum()), False
    made = by_session(ahead[known], events.score[known], events.session[known], seed, horizon)
    mean = made.rank_ic
    if mean.sessions // horizon < FEWEST_BLOCKS:
        mean = replace(mean, low=math.nan, high=math.nan, t=math.nan)
    return mean, int(known.sum()), made.pooled


def _widening(looks: int, freedom: int) -> float:
    """Return how much wider an interval has to be for so many looks to be wrong once in twenty together."""
    from scipy.stats import t

    return float(
        t.isf(SIGNIFICANT / 2 / max(looks, 1), max(freedom, 1)) / t.isf(SIGNIFICANT / 2, max(freedom, 1))
    )
