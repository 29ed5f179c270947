"""The noise ceiling of headlines that return: how far their outcomes differ bounds what their wording can tell.

A story that stands in several events is a test repeated: what the outcomes of one headline share is all that
a model of the headline alone could know of it, as the agreement of annotators bounds a classifier and test-retest
reliability a correlation (Spearman, "The proof and measurement of association between two things", 1904). Of
headlines that came once it says nothing: they may tell more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from core.errors import Message
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import Interval, bounds, draws
from core.evaluate.metrics import METRICS, shown
from core.evaluate.weighted import ratio
from core.locale import N_

FEWEST_PAIRS = 50
FEWEST_STORIES = 30
FEWEST_SESSIONS = 10
MOST_EVENTS = 20  # of one story
CELLS = 4_000_000  # weights of pairs held at once


@dataclass(frozen=True)
class Ceiling:
    """The best that a model of the headline alone could reach on the headlines that returned, with 95% intervals.

    `best` is per metric: for classes `accuracy` and, for two, `auc`; for returns `r2` and `rank_ic`. `agreement` is
    the share of pairs with the same outcome (returns: on the same side of 0). `pairs` are events that share a story,
    `sessions` those that they lie in. `rows` of the `of` rows have such a headline. Where there are too few, `best`
    is empty.
    """

    best: dict[str, Interval]
    agreement: Interval
    pairs: int
    stories: int
    sessions: int
    rows: int
    of: int

    @property
    def share(self) -> str:
        """The share of the rows that the ceiling speaks of, as it is written."""
        part = self.rows / max(self.of, 1)
        return "<1%" if 0 < part < 0.005 else f"{part:.0%}"

    def sentence(self) -> Message:
        """Say how high the ceiling is and of which rows, or why it cannot be said."""
        if not self.best:
            template = N_(
                "Too few near-identical headlines for a noise ceiling: {stories:,} stories stand in several events, "
                "in {pairs:,} pairs over {sessions:,} sessions; {few} stories, {needed} pairs and {days} sessions are "
                "needed."
            )
            params: dict[str, object] = {
                "stories": self.stories,
                "pairs": self.pairs,
                "sessions": self.sessions,
                "few": FEWEST_STORIES,
                "needed": FEWEST_PAIRS,
                "days": FEWEST_SESSIONS,
            }
            return Message(template, params)
        name = next(name for name in ("auc", "rank_ic", "accuracy") if name in self.best)
        metric, score = METRICS[name], self.best[name]
        template = N_(
            "Headlines that returned in several events ({share} of the rows) had the same outcome again in {agreement} of "
            "{pairs:,} pairs. On these rows, what the headline alone tells reaches {metric} {best} [{low}, {high}] at most; "
            "of headlines that came once this says nothing."
        )
        params = {
            "share": self.share,
            "agreement": f"{self.agreement.value:.0%}",
            "pairs": self.pairs,
            "metric": Message(metric.title),
            "best": shown(metric, score.value),
            "low": shown(metric, score.low),
            "high": shown(metric, score.high),
        }
        return Message(template, params)


def returning(story: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Say which rows have a story that stands in several events, `(n,)` bool; an event below 0 is unknown."""
    known = np.flatnonzero(event >= 0)
    pairs = np.unique(np.stack([story[known], event[known]], axis=1), axis=0)
    stories, events = np.unique(pairs[:, 0], return_counts=True)
    return np.isin(story, stories[events > 1]) & (event >= 0)


def noise_ceiling(
    y: np.ndarray, story: np.ndarray, event: np.ndarray, blocks: Blocks, classes: int, seed: int
) -> Ceiling:
    """Bound the scores of any model of the headline alone on the rows of stories that stand in several events.

    `y (n,)` outcomes (class numbers or returns), `story, event (n,)` numbers (rows whose event is below 0 are left
    out), `blocks` the rows' sessions, `classes` their number or 0 for returns. With E over pairs of one story, each
    event weighing the same, and assuming that a story's outcomes in different events are drawn independently given
    its headline (what they share beyond it, such as one market move, only raises the bound):

    - accuracy ≤ (1 / M) + ((M - 1) / M) √(1 - M (1 - a) / (M - 1)), a the agreement of pairs, M the classes: Cover
      & Hart, "Nearest neighbor pattern classification" (1967), the nearest neighbour being the same headline;
    - AUC ≤ 1/2 + σ / (2 √3 π (1 - π)), σ² the covariance of pairs, π the share of wins: the AUC of the true
      probabilities q is 1/2 + E|q - q'| / (4 π (1 - π)), and E|q - q'| ≤ 2 σ / √3 (Glasser, "Variance of the
      mean difference", 1962);
    - R² ≤ the correlation r of pairs, and rank IC ≤ √r of their ranks (Spearman 1904).

    The interval resamples blocks of sessions, a pair counting as often as both of its sessions are drawn (Davezies,
    D'Haultfœuille & Guyonvarch, "Empirical process results for exchangeable arrays", 2021). Outcomes that agree
    less than by chance do so by chance: the ceiling is then that of knowing nothing, but its interval keeps its
    width, so that a few pairs never prove that nothing can be known.
    """
    first, second, weight = _pairs(story, event, seed)
    both = blocks.take(np.r_[first, second])
    a, b = y[first], y[second]
    undefined = Interval(math.nan, math.nan, math.nan)
    counts = (
        len(first),
        len(np.unique(story[first])),
        both.sessions,
        int(returning(story, event).sum()),
        len(y),
    )
    fewest = FEWEST_PAIRS, FEWEST_STORIES, FEWEST_SESSIONS
    if any(found < needed for found, needed in zip(counts, fewest, strict=False)) or not both.enough:
        return Ceiling({}, undefined, *counts)
    shared = _shared_by_classes if classes else _shared_by_returns
    drawn: dict[str, list[np.ndarray]] = {}
    for w in _pair_draws(both, weight, seed):
        for name, values in shared(a, b, w, classes).items():
            drawn.setdefault(name, []).append(values)
    made = {
        name: Interval(float(value[0]), *bounds(np.concatenate(drawn[name]), both.count, both.widening))
        for name, value in shared(a, b, weight[None], classes).items()
    }
    agreement = made.pop("agreement")
    best = {name: _ceiling(name, part, classes) for name, part in made.items()}
    return Ceiling(best, agreement, *counts)


def _ceiling(name: str, shared: Interval, classes: int) -> Interval:
    """Turn the part that outcomes share, with its interval, into the best score; below 0 it is moved up to 0."""
    up = max(-shared.value, 0.0)
    reach: Callable[[float], float] = {
        "accuracy": lambda part: (1 + (classes - 1) * math.sqrt(part)) / classes,
        "auc": lambda part: min(0.5 + math.sqrt(part / 12), 1.0),
        "r2": lambda part: min(part, 1.0),
        "rank_ic": lambda part: math.sqrt(min(part, 1.0)),
    }[name]
    most = math.inf if name == "auc" else 1.0
    value, low, high = (
        number if math.isnan(number) else reach(min(max(number + up, 0.0), most))
        for number in (shared.value, shared.low, shared.high)
    )
    return Interval(value, low, high)


def _pairs(story: np.ndarray, event: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the rows of each pair of events with one story, and its weight; a row stands for its event."""
    rows = np.flatnonzero(event >= 0)
    keys = np.stack([story[rows], event[rows]], axis=1)
    rows = rows[np.unique(keys, axis=0, return_index=True)[1]]
    rows = np.random.default_rng(seed).permutation(rows)
    rows = rows[np.argsort(story[rows], kind="stable")]
    starts = np.flatnonzero(np.r_[True, np.diff(story[rows]) != 0]) if len(rows) else rows
    firsts, seconds, weights = [rows[:0]], [rows[:0]], [np.empty(0)]
    for group in np.split(rows, starts[1:]):
        members = group[:MOST_EVENTS]
        if len(members) > 1:
            i, j = np.triu_indices(len(members), 1)
            firsts.append(members[i])
            seconds.append(members[j])
            weights.append(np.full(len(i), 1 / (len(members) - 1)))
    return np.concatenate(firsts), np.concatenate(seconds), np.concatenate(weights)


def _pair_draws(both: Blocks, weight: np.ndarray, seed: int) -> Iterator[np.ndarray]:
    """Yield how often each pair is drawn in each resample, times its weight, `(some resamples, pairs)`.

    `both` are the sessions of the pairs' first rows, and then those of their second ones.
    """
    first, second = np.split(both.ids, 2)
    sessions = Blocks(np.arange(int(both.ids.max()) + 1), both.length, both.horizon)
    step = max(1, CELLS // len(weight))
    for times in draws(sessions, seed):
        for start in range(0, len(times), step):
            part = times[start : start + step]
            yield weight * part[:, first] * part[:, second]


def _shared_by_classes(a: np.ndarray, b: np.ndarray, w: np.ndarray, classes: int) -> dict[str, np.ndarray]:
    """Return what each ceiling grows with, `(B,)`: for AUC the squared σ / (π (1 - π))."""
    total = w.sum(axis=1)
    agreement = ratio(w @ (a == b).astype(float), total)
    found = {"agreement": agreement, "accuracy": 1 - classes * (1 - agreement) / (classes - 1)}
    if classes == 2:
        share = ratio(w @ (a + b), 2 * total)
        found["auc"] = ratio(ratio(w @ (a * b), total) - share**2, (share * (1 - share)) ** 2)
    return found


def _shared_by_returns(a: np.ndarray, b: np.ndarray, w: np.ndarray, _classes: int) -> dict[str, np.ndarray]:
    from scipy.stats import rankdata

    ranks = rankdata(np.r_[a, b])
    return {
        "agreement": ratio(w @ ((a > 0) == (b > 0)).astype(float), w.sum(axis=1)),
        "r2": _correlation(a, b, w),
        "rank_ic": _correlation(ranks[: len(a)], ranks[len(a) :], w),
    }


def _correlation(a: np.ndarray, b: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the correlation of pairs without an order, `(B,)`: the intraclass one."""
    middle = (a.mean() + b.mean()) / 2
    a, b, total = a - middle, b - middle, w.sum(axis=1)
    mean = ratio(w @ (a + b), 2 * total)
    variance = ratio(w @ (a**2 + b**2), 2 * total) - mean**2
    return ratio(ratio(w @ (a * b), total) - mean**2, variance)
