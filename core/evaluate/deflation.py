"""The best score of many test accesses, less the luck of choosing the best (deflated)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import Message
from core.evaluate.blocks import FEWEST_BLOCKS
from core.evaluate.bootstrap import Interval
from core.evaluate.ledger_file import Entry
from core.evaluate.metrics import METRICS, shown
from core.evaluate.verdict import Evidence
from core.locale import N_

_EULER = 0.5772156649015329
_NORMAL = 1.959964  # standard errors in half of a 95% interval


def expected_maximum(n: int) -> float:
    """Return the expected maximum of `n` independent standard normals; 0 for one.

    (1 - γ) Φ⁻¹(1 - 1/n) + γ Φ⁻¹(1 - 1/(n e)), γ being Euler's constant: Bailey & López de Prado, "The deflated
    Sharpe ratio" (2014), from the extreme value theory of the Gumbel distribution.
    """
    from scipy.stats import norm

    if n < 2:
        return 0.0
    return float((1 - _EULER) * norm.ppf(1 - 1 / n) + _EULER * norm.ppf(1 - 1 / (n * math.e)))


@dataclass(frozen=True)
class Deflated:
    """The best score of several test accesses, and what is left of it without the luck of choosing.

    `interval` is its 95% interval, as far as its standard error tells.
    """

    metric: str
    best: float
    deflated: float
    luck: float
    accesses: int
    run_id: str
    interval: Interval

    def sentence(self, classes: int = 0) -> Message:
        """Say how much of the best score is the luck of having tested often; of so many `classes`, 0 for returns."""
        metric = METRICS[self.metric]
        params = {
            "metric": Message(metric.titled(classes)),
            "accesses": self.accesses,
            "best": shown(metric, self.best),
            "luck": shown(metric, abs(self.luck), difference=True).lstrip("+"),
            "deflated": shown(metric, self.deflated),
        }
        if self.accesses < 2:
            return Message(N_("This holdout has been tested once: {metric} {best}."), params)
        template = N_(
            "This holdout has been tested {accesses:,} times. The best {metric} is {best}; of that many scores "
            "without any skill the best would be flattered by about {luck}. Less that luck it is {deflated}."
        )
        return Message(template, params)

    def worth(self, evidence: Evidence, interval: Interval | None = None) -> Message:
        """Say whether the best score stands above chance, by the rule of every verdict (`core.evaluate.verdict`).

        `evidence` is what an interval over this holdout rests on, at the level of that test; `interval` the best
        score's own. Where it is not known all accesses count.
        """
        metric = METRICS[self.metric]
        if interval is None:
            evidence = replace(evidence, looks=max(evidence.looks, self.accesses))
        found = evidence.at_level(interval or self.interval)
        params = {
            "low": shown(metric, found.low),
            "high": shown(metric, found.high),
            "guess": f"{metric.guessing:g}",
            "needed": FEWEST_BLOCKS,
            "accesses": evidence.looks,
        }
        if not evidence.enough:
            return Message(
                N_(
                    "None of these scores is evidence: the holdout holds fewer than {needed} independent stretches of time."
                ),
                params,
            )
        if math.isnan(found.low):
            return Message(N_("How sure that is was not recorded."), params)
        if evidence.looks == 1:
            above = N_("It stands above chance ({guess}): its interval is [{low}, {high}].")
            return Message(
                above
                if found.low > metric.guessing
                else N_(
                    "It is no evidence of skill: its interval is [{low}, {high}], and chance is {guess}."
                ),
                params,
            )
        if found.low > metric.guessing:
            return Message(
                N_(
                    "It stands above chance ({guess}) though {accesses:,} tests are counted: its interval at that level is "
                    "[{low}, {high}]."
                ),
                params,
            )
        return Message(
            N_(
                "It is no evidence of skill: with {accesses:,} tests counted its interval is [{low}, {high}], and chance is "
                "{guess}."
            ),
            params,
        )


def deflated_best(accesses: Sequence[Entry], metric: str) -> Deflated | None:
    """Return the best score of the accesses less the expected maximum of as many noise scores; None without one.

    Bailey & López de Prado (2014) take the Sharpe ratio that the best of N trials without skill would reach,
    the trials' standard deviation times `expected_maximum(N)`. Carried over to any metric, the deviation is
    the best score's own standard error (over sessions), and N counts all tests, the unscored ones too. Accesses
    to one holdout are correlated, so this takes off rather too much: the deflated score is a cautious one.
    """
    better = 1 if METRICS[metric].higher_is_better else -1
    scored = [(e, e.value, e.se or 0.0) for e in accesses if e.metric == metric and e.value is not None]
    if not scored:
        return None
    entry, value, se = max(scored, key=lambda item: better * item[1])
    tests = max(1, sum(access.tests for access in accesses))
    luck = better * se * expected_maximum(tests)
    half = _NORMAL * se if se else math.nan
    interval = Interval(value, value - half, value + half)
    return Deflated(metric, value, value - luck, luck, tests, entry.run_id, interval)
