"""Is A better than B? A paired difference on the same sessions, judged at a level that allows for all comparisons."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.compare.candidate import Candidate
from core.compare.groups import Group, grouped
from core.compare.together import Together, together
from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.bootstrap import LEVEL, Interval
from core.evaluate.metrics import METRICS, main_metric, shown
from core.evaluate.verdict import Evidence, one_sided
from core.locale import N_

GROWTH = 3  # by how much the first verdicts of a board that will grow are made stricter
BETTER, WORSE, UNKNOWN = "better", "worse", "unknown"
VERDICTS = {BETTER: N_("better"), WORSE: N_("worse"), UNKNOWN: N_("cannot tell")}


@dataclass(frozen=True)
class Pair:
    """The score of `one` less that of `other`, both keys: with the 95% interval of this difference alone.

    `above` is the share of resamples in which `one` scores higher, a tie counting a half. The verdict is one of as many
    `comparisons` as are made at once and of rows that were tested `looks` times; `withheld` says why there is none
    whatever the interval, empty where there may be one.
    """

    one: str
    other: str
    difference: Interval
    above: float
    evidence: Evidence
    comparisons: float = 1.0
    looks: int = 1
    withheld: str = ""

    @property
    def tail(self) -> float:
        """The one-sided level of this comparison: that of the verdict, shared by all comparisons (Bonferroni)."""
        return one_sided(self.looks) / self.comparisons

    @property
    def at_level(self) -> Interval:
        """The interval widened to the level of the verdict, as `Evidence.at_level` does; NaN with too few blocks."""
        found = self.difference
        if not self.evidence.enough:
            return Interval(found.value, math.nan, math.nan)
        from scipy.stats import t

        freedom = self.evidence.blocks - 1
        stretch = float(t.isf(self.tail, freedom) / t.isf((1 - LEVEL) / 2, freedom))
        low, high = (found.value + (bound - found.value) * stretch for bound in (found.low, found.high))
        return Interval(found.value, low, high)

    @property
    def p_value(self) -> float:
        """The chance, at most, that any comparison looks as clear as this one though no two differ; NaN if unknown."""
        from scipy.stats import t

        found = self.difference
        if not self.evidence.enough or math.isnan(found.low):
            return math.nan
        reach = found.value - found.low if found.value > 0 else found.high - found.value
        if reach <= 0:
            return 1.0 if found.value == 0 else math.nan
        freedom = self.evidence.blocks - 1
        distance = abs(found.value) / reach * float(t.isf((1 - LEVEL) / 2, freedom))
        return min(1.0, 2 * float(t.sf(distance, freedom)) * self.comparisons * self.looks**2)

    @property
    def verdict(self) -> str:
        """`BETTER`, `WORSE`, or `UNKNOWN` where the interval of the verdict's level holds 0, or there is none."""
        if self.withheld:
            return UNKNOWN
        at = self.at_level
        return BETTER if at.low > 0 else WORSE if at.high < 0 else UNKNOWN

    def turned(self) -> Pair:
        """Return the same comparison the other way round."""
        d = self.difference
        turned = Interval(0.0 - d.value, 0.0 - d.high, 0.0 - d.low)
        return Pair(
            self.other,
            self.one,
            turned,
            1 - self.above,
            self.evidence,
            self.comparisons,
            self.looks,
            self.withheld,
        )

    def sentence(self, task: str, one: Message, other: Message) -> Message:
        """Say the verdict with its probability; `one` and `other` are the names for the reader."""
        metric, d = METRICS[main_metric(task).name], self.difference
        params = {
            "one": one,
            "other": other,
            "value": shown(metric, d.value, difference=True),
            "low": shown(metric, d.low, difference=True),
            "high": shown(metric, d.high, difference=True),
            "above": f"{self.above:.0%}",
            "why": Message(self.withheld),
        }
        return Message(self._template(), params)

    def _template(self) -> str:
        if self.withheld:
            return N_(
                "Cannot tell whether {one} is better than {other}: {why} (difference {value}, above in {above} of resamples)."
            )
        if not self.evidence.enough:
            return N_(
                "Cannot tell whether {one} is better than {other}: the test holds too few independent stretches of time "
                "(difference {value})."
            )
        if self.difference.low == self.difference.high == 0:
            return N_("{one} and {other} score the same in every resample.")
        if self.verdict == BETTER:
            return N_(
                "{one} is better than {other}: {value} [{low}, {high}], above in {above} of resamples; that stands though "
                "all pairs are compared."
            )
        if self.verdict == WORSE:
            return N_(
                "{one} is worse than {other}: {value} [{low}, {high}], above in {above} of resamples; that stands though "
                "all pairs are compared."
            )
        if self.difference.low > 0 or self.difference.high < 0:
            return N_(
                "Cannot tell whether {one} is better than {other}: {value} [{low}, {high}], above in {above} of resamples. "
                "Alone this would be evidence; with so many comparisons such a difference comes about by chance."
            )
        return N_(
            "Cannot tell whether {one} is better than {other}: {value} [{low}, {high}], above in {above} of resamples."
        )


def growth(runs: int) -> float:
    """Return by how much the level is divided, as a board of so many runs was looked at while it grew: 3 (1 + ln n).

    Each look tests new pairs, in number about 2/n of all: at one level for every size the chance of any false "better"
    would grow with ln n without end. Measured (`tests.simulations.leaderboard`): boards that grow run by run to 24 or 100
    runs say one in at most 5%.
    """
    return GROWTH * (1 + math.log(max(runs, 1)))


def pair_of(
    found: Together,
    one: str,
    other: str,
    comparisons: float | None = None,
    looks: int = 1,
    withheld: str = "",
) -> Pair:
    """Compare two of what was scored together, as one of all pairs or of so many `comparisons`."""
    made = found.comparisons if comparisons is None else comparisons
    difference, above = found.difference(one, other), found.above(one, other)
    return Pair(one, other, difference, above, found.evidence, made, looks, withheld)


def compare_pair(data: Dataset, a: Candidate, b: Candidate, comparisons: float = 1.0, looks: int = 1) -> Pair:
    """Compare two candidates by the main metric on the rows that both were tested on.

    `comparisons` is how many are made at once, `looks` how often the rows were tested; both make the level stricter.
    Raises `UserError` where the two were not tested on the same rows in the same way.
    """
    group = require_same_test(a, b)
    predictions = {each.key: group.predictions(each.run)[each.model] for each in (a, b)}
    found = together(group.tested, data, group.settings, predictions)
    return pair_of(found, a.key, b.key, comparisons, looks, a.run.withheld or b.run.withheld)


def require_same_test(a: Candidate, b: Candidate) -> Group:
    """Return the largest group that holds both candidates' runs; raises `UserError` where there is none."""
    runs = list({each.run.id: each.run for each in (a, b)}.values())
    found = grouped(runs)
    for _run, why in found.unread:
        raise UserError(why.template, **why.params)
    if len(found.groups[0].runs) < len(runs):
        raise UserError(
            N_(
                "These two were not tested on the same rows in the same way, so they cannot be compared: train both with "
                "the same target, unit, horizon and split."
            )
        )
    return found.groups[0]
