"""What a second look at a run finds (`core.evaluate.review`), as plain values that a picture draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import Message
from core.evaluate.backtest import Portfolio
from core.evaluate.bootstrap import Interval
from core.evaluate.calibration import Bin
from core.evaluate.ceiling import Ceiling
from core.evaluate.conformal import Coverage
from core.evaluate.lift import UNITS
from core.evaluate.slices import Slice
from core.locale import N_

FEWEST_ROWS, FEWEST_BLOCKS = 10, 5  # of a slice


@dataclass(frozen=True)
class Calibration:
    """The reliability curve with its error; `label` is the class, "" for the most probable of several.

    `predicted` and `observed` are the mean probability and the share that came true over all `rows`.
    """

    curve: tuple[Bin, ...]
    ece: Interval
    label: str
    predicted: float
    observed: float
    rows: int
    blocks: int
    unit: str

    @property
    def off(self) -> int:
        """The number of bins whose interval leaves the promised probability out."""
        return sum(not b.observed.low <= b.predicted <= b.observed.high for b in self.curve if _bounded(b))

    def sentence(self) -> Message:
        """Say in plain words whether the probabilities can be taken at their word."""
        params = {
            "ece": _points(self.ece.value),
            "low": _points(self.ece.low),
            "high": _points(self.ece.high),
            "predicted": f"{self.predicted:.0%}",
            "observed": f"{self.observed:.0%}",
            "off": self.off,
            "bins": len(self.curve),
            "blocks": self.blocks,
            "unit": Message(UNITS[self.unit]),
        }
        if not any(map(_bounded, self.curve)):
            template = N_(
                "Too few {unit} to judge the probabilities: on average they promised {predicted}, and {observed} came true."
            )
        elif self.off > 1:
            template = N_(
                "Do not take the probabilities at their word: they miss what came true by {ece} percentage points "
                "[{low}, {high}], and {off} of {bins} groups lie clearly off. On average they promised {predicted}, "
                "and {observed} came true."
            )
        else:
            template = N_(
                "No evidence that the probabilities are wrong: they miss what came true by {ece} percentage points "
                "[{low}, {high}], which {blocks:,} {unit} bring about by chance too. On average they promised "
                "{predicted}, and {observed} came true."
            )
        return Message(template, params)


@dataclass(frozen=True)
class Calls:
    """What a threshold calls the second class (an alarm), against what happened, over all rows.

    `precision` is the share of alarms that came true, `recall` the share of what came true that was called.
    """

    hits: int
    false_alarms: int
    misses: int
    quiet: int
    precision: Interval
    recall: Interval

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.hits + self.false_alarms + self.misses + self.quiet


@dataclass(frozen=True, eq=False)
class Book:
    """A book that follows the predictions, and one that always holds every company; both at the same cost."""

    following: Portfolio
    holding: Portfolio
    companies: int


@dataclass(frozen=True, eq=False)
class Kept:
    """How well conformal intervals, made on so many `sessions` of the walk forward, kept their promise on the holdout.

    `fixed` is the coverage of intervals of one width, the whole first and then each month; `adaptive` that of
    intervals that widen after misses, empty where the fixed width has no end.
    """

    half_width: float
    level: float
    sessions: int
    fixed: tuple[Coverage, ...]
    adaptive: tuple[Coverage, ...]
    sentence: Message


@dataclass(frozen=True)
class Sliced:
    """The main metric of each slice, and of the whole; `weighted` where every event counts the same."""

    metric: str
    whole: Interval
    slices: tuple[Slice, ...]
    rows: int
    weighted: bool

    def of(self, by: str) -> tuple[list[Slice], list[Slice]]:
        """Return the slices by "press", "company", "month" or "length", and those too small to be judged."""
        kept = [made for made in self.slices if made.by == by]
        large = [made for made in kept if _large(made)]
        return large, [made for made in kept if made not in large]


@dataclass(frozen=True)
class Headroom:
    """The noise ceiling, and the scores that stand under it: the model's, and those of headlines alone."""

    ceiling: Ceiling
    metric: str
    scores: dict[str, Interval]


def _large(made: Slice) -> bool:
    enough = made.rows >= FEWEST_ROWS and made.blocks >= FEWEST_BLOCKS
    return enough and made.score.low < made.score.high


def _bounded(found: Bin) -> bool:
    return bool(np.isfinite(found.observed.low))


def _points(share: float) -> str:
    return f"{share * 100:.0f}" if np.isfinite(share) else "–"
