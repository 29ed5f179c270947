"""Which company is in the news when, in which tone, and what each outlet prints at what time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from headlines import TONES, World, Writer
from market import Signal

CLOSE = pd.Timedelta(hours=15, minutes=30)
EVENTS_PER_SESSION = 7.3
TONE_SHARES = {"up": 0.37, "flat": 0.28, "down": 0.35}
HEADLINES_PER_EVENT = {1: 0.72, 2: 0.20, 3: 0.08}
REPEATS_PER_HEADLINE = {0: 0.82, 1: 0.14, 2: 0.04}
TIMES = {"before the open": 0.25, "in the session": 0.56, "after the close": 0.19}
DAY_OFF = 0.35  # of the headlines of a session that follows a weekend or a holiday


T = TypeVar("T")


@dataclass(frozen=True)
class Event:
    """The news about one company in one session: the unit that features and return belong to."""

    session: int
    company: int
    topic: str
    tone: str


def draw_events(world: World, sessions: Iterable[int], rng: np.random.Generator) -> list[Event]:
    """Draw the events of each session; some companies are in the news more often than others."""
    weights = _shares(1 / np.sqrt(np.arange(2, len(world.companies) + 2)))
    weights = rng.permutation(weights)
    topics = {name: topic["share"] for name, topic in world.topics.items()}
    events = []
    for session in sessions:
        count = min(rng.poisson(EVENTS_PER_SESSION), len(weights))
        for company in rng.choice(len(weights), count, replace=False, p=weights):
            events.append(Event(session, int(company), _draw(topics, rng), _draw(TONE_SHARES, rng)))
    return events


def news_effects(events: list[Event], shape: tuple[int, int], world: World, signal: Signal) -> np.ndarray:
    """Return what the news of each session and company adds to its next return, `(sessions, companies)`.

    The topic's effect is taken off all events in proportion, so that news as such moves nothing.
    """
    share = world.topics[signal.topic_name]["share"]
    effects = np.zeros(shape)
    for event in events:
        by_topic = signal.topic * ((event.topic == signal.topic_name) - share)
        effects[event.session, event.company] = signal.wording * TONES[event.tone] + by_topic
    return effects


def print_rows(
    events: list[Event],
    world: World,
    sessions: pd.DatetimeIndex,
    text: np.random.Generator,
    press: np.random.Generator,
) -> Iterator[dict[str, object]]:
    """Yield one row per printed headline: session, company, 작성일시, 제목 and 언론사."""
    writer = Writer(world, text)
    outlets = dict(zip(world.lists["outlets"], _shares(1 / np.arange(1.5, 16)), strict=True))
    for event in events:
        place = {"session": event.session, "company": event.company}
        company = world.companies[event.company]
        for _ in range(_draw(HEADLINES_PER_EVENT, press)):
            time = _draw_time(sessions[event.session - 1], sessions[event.session], press)
            headline = writer.write(company, time.date(), event.topic, event.tone)
            outlet = _draw(outlets, press)
            yield place | {"작성일시": time, "제목": headline, "언론사": outlet}
            for _ in range(_draw(REPEATS_PER_HEADLINE, press)):
                again = _draw_repeat_time(time, sessions[event.session], press)
                other = _draw({name: share for name, share in outlets.items() if name != outlet}, press)
                yield place | {"작성일시": again, "제목": writer.repeat(headline), "언론사": other}


def _draw_time(previous: pd.Timestamp, session: pd.Timestamp, rng: np.random.Generator) -> pd.Timestamp:
    """Draw a minute after the previous session's close and not after this session's."""
    days_off = pd.date_range(previous, session, inclusive="neither")
    if len(days_off) and rng.random() < DAY_OFF:
        return days_off[rng.integers(len(days_off))] + pd.Timedelta(
            minutes=int(rng.integers(7 * 60, 22 * 60))
        )
    kind = _draw(TIMES, rng)
    if kind == "after the close":
        return previous + CLOSE + pd.Timedelta(minutes=1 + int(min(rng.exponential(110), 480)))
    if kind == "before the open":
        return session + pd.Timedelta(minutes=int(rng.integers(6 * 60 + 30, 9 * 60)))
    return session + pd.Timedelta(minutes=9 * 60 + int(390 * rng.beta(1, 1.6)))


def _draw_repeat_time(time: pd.Timestamp, session: pd.Timestamp, rng: np.random.Generator) -> pd.Timestamp:
    """Draw when another outlet follows, while the headline still belongs to the same session."""
    return min(time + pd.Timedelta(minutes=2 + int(rng.exponential(45))), session + CLOSE)


def _draw(shares: dict[T, float], rng: np.random.Generator) -> T:
    options = list(shares)
    return options[rng.choice(len(options), p=_shares(np.array(list(shares.values()))))]


def _shares(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum()
