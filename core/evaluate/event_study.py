"""What happened around the headline? Cumulative abnormal returns by fifth of the predictions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.blocks import FEWEST_BLOCKS, Blocks
from core.evaluate.bootstrap import Interval, bounds, draws
from core.evaluate.daily_returns import FEWEST_RETURNS, KNOWN_SHARE
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.settings import EvaluateSettings
from core.evaluate.tested_events import TestedEvents, tested_events
from core.evaluate.verdict import Evidence, verdict
from core.evaluate.weighted import FIFTHS, quintiles, ratio
from core.locale import N_

BEFORE, AFTER = 5, 10
FEWEST_EVENTS = 25
MARKET, OWN_MEAN, RAW = "market", "mean", "raw"
ABNORMAL = {
    MARKET: N_("Abnormal is what a company returned beyond the market that day."),
    OWN_MEAN: N_(
        "Without a benchmark or five companies a day there is no market: abnormal is what a company returned beyond its "
        "own mean before the test."
    ),
    RAW: N_("There is neither a market nor a time before the test to compare with: these are plain returns."),
}


@dataclass(frozen=True, eq=False)
class EventStudy:
    """Cumulative abnormal returns from the close of the headline's session, by fifth of the predictions.

    `sessions (t,)` are relative to the headline's, from -5 to 10; `curves (5, t)` the mean of each fifth, lowest
    first, with its ends in `lows` and `highs` (NaN at 0 and where fewer than six blocks); `spread` is the top less the
    bottom fifth at each of `sessions`; `events` and `blocks (t,)` how many stand behind it. What lies before 0 is
    what had happened until then, below 0 where the price rose.
    """

    sessions: np.ndarray
    curves: np.ndarray
    lows: np.ndarray
    highs: np.ndarray
    spread: tuple[Interval, ...]
    events: np.ndarray
    blocks: np.ndarray
    abnormal: str

    @property
    def note(self) -> Message:
        """Say what counts as abnormal."""
        return Message(ABNORMAL[self.abnormal])

    def sentence(self, looks: int = 1) -> Message:
        """Say what the top fifth made more than the bottom one after the headline, at the longest span judged.

        `looks` is how often these rows have been tested.
        """
        after = np.flatnonzero((self.sessions > 0) & (self.blocks >= FEWEST_BLOCKS))
        if not len(after):
            return Message(
                N_(
                    "Too short for an answer: {blocks:,} blocks of sessions, and {fewest} are needed. The curves show what "
                    "happened, not what to expect."
                ),
                {"blocks": int(self.blocks[self.sessions == 1][0]), "fewest": FEWEST_BLOCKS},
            )
        at = int(after[-1])
        found, before = self.spread[at], self.spread[0]
        numbers = {
            "span": int(self.sessions[at]),
            "value": _percent(found.value),
            "low": _percent(found.low),
            "high": _percent(found.high),
            "past": _percent(-before.value),
            "early": int(-self.sessions[0]),
            "blocks": int(self.blocks[at]),
            "looks": looks,
        }
        return Message(_ANSWERS[verdict(found, Evidence(int(self.blocks[at]), looks=looks))], numbers)


_ANSWERS = {
    "tested": N_(
        "Cannot tell whether the fifth with the highest predictions makes more: {value} [{low}, {high}] in the {span} "
        "sessions after the headline ({blocks:,} blocks) would be evidence in a first test, but these rows have been tested "
        "{looks:,} times."
    ),
    "better": N_(
        "In the {span} sessions after the headline the fifth with the highest predictions made {value} [{low}, {high}] more "
        "than the fifth with the lowest ({blocks:,} blocks). In the {early} sessions before it had been {past}, which "
        "nobody who read the headline could earn."
    ),
    "worse": N_(
        "In the {span} sessions after the headline the fifth with the highest predictions made {value} [{low}, {high}] "
        "compared with the fifth with the lowest ({blocks:,} blocks): the wrong way round. In the {early} sessions before "
        "it had been {past}."
    ),
    "unclear": N_(
        "In the {span} sessions after the headline the fifth with the highest predictions can't be told from the fifth with "
        "the lowest: {value} [{low}, {high}] ({blocks:,} blocks). In the {early} sessions before it had been {past}, which "
        "nobody who read the headline could earn."
    ),
}


def event_study(
    predictions: Predictions, dataset: Dataset, settings: EvaluateSettings, model: str = MEAN
) -> EventStudy | Message:
    """Return cumulative abnormal returns around the headlines of the test, by fifth of the predictions.

    Daily returns less the market's (or else the company's own mean before the test) are summed from the close of
    the headline's session: Brown & Warner, "Using daily stock returns: the case of event studies" (1985). The
    intervals are pointwise, over blocks of as many sessions as are summed, as these sums overlap and the companies of
    a session share its shocks. A message where daily returns are not known or events are few.
    """
    events = tested_events(predictions, dataset, settings, model)
    if isinstance(events, Message):
        return events
    if len(events) < FEWEST_EVENTS or len(np.unique(events.score)) < FIFTHS:
        return Message(
            N_(
                "Fifths need at least {fewest} events with five different predictions; here are {events:,} events."
            ),
            {"fewest": FEWEST_EVENTS, "events": len(events)},
        )
    abnormal, kind = _abnormal(events)
    sessions = np.arange(-BEFORE, AFTER + 1)
    paths = cumulative(abnormal, events.day, events.company, sessions)
    fifth = quintiles(events.score, np.ones((1, len(events))))[:, 0]
    number = np.unique(events.day, return_inverse=True)[1]
    return study(paths, fifth, number, sessions, settings.seed, kind)


def study(
    paths: np.ndarray,
    fifth: np.ndarray,
    session: np.ndarray,
    sessions: np.ndarray,
    seed: int,
    abnormal: str,
) -> EventStudy:
    """Average `paths (n, t)` by `fifth (5, n)` weights, with intervals over blocks of `session (n,)`, from 0 on."""
    shape = FIFTHS, len(sessions)
    curves, lows, highs = (np.full(shape, math.nan) for _ in range(3))
    spread, counts, blocks = [], [], []
    days = np.arange(int(session.max()) + 1)
    for t, span in enumerate(sessions):
        known = ~np.isnan(paths[:, t])
        sums, weights = (
            np.stack([np.bincount(session, row, minlength=len(days)) for row in fifth * part])
            for part in (np.where(known, paths[:, t], 0), known)
        )
        once = ratio(sums.sum(axis=1), weights.sum(axis=1))
        overlap = max(1, abs(int(span)))
        own = Blocks(days, overlap, overlap)
        drawn = [ratio(sums @ w.T, weights @ w.T) for w in draws(own, seed)]
        means = np.concatenate(drawn, axis=1)
        ends = [bounds(row, own.count, own.widening) for row in (*means, means[-1] - means[0])]
        if not own.enough or span == 0:
            ends = [(math.nan, math.nan)] * len(ends)
        curves[:, t] = once
        lows[:, t], highs[:, t] = np.array(ends[:FIFTHS]).T
        spread.append(Interval(float(once[-1] - once[0]), *ends[-1]))
        counts.append(int(known.sum()))
        blocks.append(own.count)
    return EventStudy(
        sessions,
        curves,
        lows,
        highs,
        tuple(spread),
        np.array(counts),
        np.array(blocks),
        abnormal,
    )


def cumulative(
    abnormal: np.ndarray, day: np.ndarray, company: np.ndarray, sessions: np.ndarray
) -> np.ndarray:
    """Return the sums of `abnormal (d, c)` from each event's day on, `(n, len(sessions))`; NaN where unknown."""
    padded = np.pad(abnormal, ((BEFORE, AFTER), (0, 0)), constant_values=math.nan)
    lags = np.arange(sessions[0], sessions[-1])
    steps = padded[(day + BEFORE)[:, None] + lags, company[:, None]]  # the return from lag to lag + 1
    zero = int(np.flatnonzero(lags == 0)[0])
    later = np.cumsum(steps[:, zero:], axis=1)
    earlier = -np.cumsum(steps[:, :zero][:, ::-1], axis=1)[:, ::-1]
    return np.concatenate([earlier, np.zeros((len(day), 1)), later], axis=1)


def _abnormal(events: TestedEvents) -> tuple[np.ndarray, str]:
    returns, market = events.returns.returns, events.returns.market
    tested = slice(events.day.min(), events.day.max() + 1)
    if (~np.isnan(market[tested])).mean() >= KNOWN_SHARE:
        return returns - market[:, None], MARKET
    before = returns[: events.day.min()]
    counts = (~np.isnan(before)).sum(axis=0)
    if (counts[np.unique(events.company)] >= FEWEST_RETURNS).all():
        return returns - np.nansum(before, axis=0) / np.maximum(counts, 1), OWN_MEAN
    return returns, RAW


def _percent(fraction: float) -> str:
    return "–" if math.isnan(fraction) else f"{fraction:+.2%}"
