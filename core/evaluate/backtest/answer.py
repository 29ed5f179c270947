"""What a backtest comes to, in sentences that can be acted on."""

from __future__ import annotations

import math
from dataclasses import replace

from core.errors import Message
from core.evaluate.backtest.pipeline import Backtest
from core.evaluate.backtest.statistics import A_YEAR
from core.evaluate.blocks import FEWEST_BLOCKS
from core.evaluate.bootstrap import Interval
from core.evaluate.verdict import verdict
from core.locale import N_, P_

_AGAINST_HOLDING = {
    "short": N_(
        "Too short for an answer: {days:,} trading days are {blocks:,} blocks of {length:,}, and {fewest} are needed. "
        "After costs the portfolio made {value} a year compared with holding everything, which may well be chance."
    ),
    "better": N_(
        "After costs the portfolio made more than holding everything: difference {value} a year [{low}, {high}] over "
        "{days:,} trading days ({blocks:,} blocks)."
    ),
    "worse": N_(
        "After costs the portfolio made less than holding everything: difference {value} a year [{low}, {high}] over "
        "{days:,} trading days ({blocks:,} blocks). Do not trade it like this."
    ),
    "tested": N_(
        "After costs the portfolio can't be told from holding everything: a difference of {value} a year [{low}, {high}] "
        "over {days:,} trading days would be evidence in a first test, but they have been tested {looks:,} times."
    ),
    "unclear": N_(
        "After costs the portfolio can't be told from holding everything: difference {value} a year [{low}, {high}] over "
        "{days:,} trading days ({blocks:,} blocks)."
    ),
}
_AGAINST_NOTHING = {
    "short": N_("Without the market's part it made {value} a year after costs; too short for an answer."),
    "better": N_(
        "Without the market's part it made money after costs: {value} a year [{low}, {high}]. So it is not the market "
        "alone that it earned."
    ),
    "worse": N_("Without the market's part it lost money after costs: {value} a year [{low}, {high}]."),
    "tested": N_(
        "Without the market's part it made {value} a year [{low}, {high}] after costs, which is no evidence after "
        "{looks:,} tests."
    ),
    "unclear": N_(
        "Without the market's part its gain after costs can't be told from nothing: {value} a year [{low}, {high}]."
    ),
}


def answer(found: Backtest, looks: int = 1) -> Message:
    """Say whether following the predictions made more, after costs, than holding every company.

    `looks` is how often the rows have been tested, this time included.
    """
    return _said(_AGAINST_HOLDING, found.difference, found, looks)


def neutral_answer(found: Backtest, looks: int = 1) -> Message:
    """Say whether anything is left without the market's part, or why that cannot be said; `looks` as of `answer`."""
    if found.neutral is None:
        return found.hedge.note
    return _said(_AGAINST_NOTHING, found.neutral.statistics.mean, found, looks)


def caveats(found: Backtest) -> list[Message]:
    """Say what makes these numbers less certain than they look: few days, unknown returns, orders not filled."""
    days = len(found.days)
    told = []
    if days < A_YEAR:
        told.append(
            Message(
                N_(
                    "{days:,} trading days are less than a year: what is written a year is scaled up from them, and a "
                    "few of them may have made it all."
                ),
                {"days": days},
            )
        )
    if found.quiet:
        told.append(
            Message(
                N_(
                    "On {quiet:,} of {days:,} trading days no company's return is known; they count as 0 for every "
                    "portfolio."
                ),
                {"quiet": found.quiet, "days": days},
            )
        )
    if found.unknown > 0:
        told.append(
            Message(
                N_("The returns of {share} of what was held are not known; they count as 0."),
                {"share": f"{found.unknown:.1%}"},
            )
        )
    if found.blocked:
        told.append(
            Message(
                P_(
                    "{n:,} order was not filled, as the share stood at its daily price limit.",
                    "{n:,} orders were not filled, as the share stood at its daily price limit.",
                ),
                {"n": found.blocked},
            )
        )
    return told


def _said(templates: dict[str, str], value: Interval, found: Backtest, looks: int) -> Message:
    evidence = replace(found.evidence, looks=looks)
    numbers = {
        "value": _percent(value.value),
        "low": _percent(value.low),
        "high": _percent(value.high),
        "days": len(found.days),
        "blocks": evidence.blocks,
        "length": evidence.length,
        "fewest": FEWEST_BLOCKS,
        "looks": looks,
    }
    return Message(templates[verdict(value, evidence)], numbers)


def _percent(fraction: float) -> str:
    return "–" if math.isnan(fraction) else f"{fraction:+.1%}"
