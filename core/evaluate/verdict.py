"""When a score's interval is enough for a verdict: enough blocks, and a level that allows for earlier tests."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from core.errors import Message
from core.evaluate.blocks import BLOCK_UNITS, FEWEST_BLOCKS, Blocks
from core.evaluate.bootstrap import LEVEL, Interval
from core.locale import N_, P_


@dataclass(frozen=True)
class Evidence:
    """What an interval rests on.

    It resampled `sessions` (stories where `unit` is "story") in `blocks` blocks of `length` of them, and the same
    rows have been tested `looks` times, this time included.
    """

    blocks: int
    length: int = 1
    sessions: int = 0
    unit: str = "session"
    looks: int = 1

    @classmethod
    def of(cls, blocks: Blocks) -> Evidence:
        """Return what an interval over these blocks rests on."""
        return cls(blocks.count, blocks.length, blocks.sessions, blocks.unit)

    @property
    def enough(self) -> bool:
        """Whether there are enough blocks for a verdict."""
        return self.blocks >= FEWEST_BLOCKS

    @property
    def over(self) -> Message:
        """Over what the interval was taken, in words: "60 sessions (12 blocks of 5)"."""
        unit = Message(BLOCK_UNITS[self.unit])
        sessions = self.sessions or self.blocks
        if self.length == 1:
            return Message(N_("{sessions:,} {unit}"), {"sessions": sessions, "unit": unit})
        return Message(
            P_("{sessions:,} {unit} ({n} block of {length})", "{sessions:,} {unit} ({n} blocks of {length})"),
            {"sessions": sessions, "unit": unit, "n": self.blocks, "length": self.length},
        )

    def at_level(self, score: Interval) -> Interval:
        """Return a 95% interval widened to the level of a verdict after so many tests of the same rows.

        Each side is stretched in the ratio of Student's quantiles at the two levels, with one degree of freedom
        less than there are blocks. NaN where there are too few blocks.
        """
        if not self.enough:
            return Interval(score.value, math.nan, math.nan)
        if self.looks == 1:
            return score
        from scipy.stats import t

        tails = (1 - LEVEL) / 2, one_sided(self.looks)
        first, now = (float(t.isf(tail, self.blocks - 1)) for tail in tails)
        low, high = (score.value + (bound - score.value) * now / first for bound in (score.low, score.high))
        return Interval(score.value, low, high)

    def against(self, score: Interval, guess: float) -> int:
        """Return 1 where a score lies above what a guess scores, -1 where it lies below, 0 where that is not known."""
        at = self.at_level(score)
        return int(at.low > guess) - int(at.high < guess)


def verdict(found: Interval, evidence: Evidence) -> str:
    """Return how a difference stands to 0: "better", "worse", "unclear", or why that cannot be told.

    It is "tested" where earlier tests of the rows forbid what a first test would say, "short" below six blocks.
    """
    if not evidence.enough or math.isnan(found.low):
        return "short"
    if sign := evidence.against(found, 0.0):
        return "better" if sign > 0 else "worse"
    return "tested" if replace(evidence, looks=1).against(found, 0.0) else "unclear"


def one_sided(looks: int) -> float:
    """Return the one-sided level of the verdict of the k-th test of the same rows: 2.5% / k².

    They sum to 4.1% however often one tests, as 1 + 1/4 + 1/9 + ... is π²/6: whatever is tried, and however the
    tests depend on each other, fewer than one user in twenty is ever told that something helps which does not
    (Bonferroni's inequality, with the level spent as in Foster & Stine, "α-investing: a procedure for sequential
    control of expected false discoveries", 2008).
    """
    if looks < 1:
        raise ValueError(f"{looks} tests")
    return (1 - LEVEL) / 2 / looks**2
