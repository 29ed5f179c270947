"""The text-lift meter: do the headlines say anything beyond the table?

The score with the headlines minus that without, on the same rows, by a paired bootstrap over sessions: what
the two predictions share cancels, so the interval is that of the difference alone (Efron & Tibshirani, "An
Introduction to the Bootstrap", 1993, chapter 8 for the pairs; `core.evaluate.bootstrap` for the blocks).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from core.errors import Message
from core.evaluate.bootstrap import BLOCKS, count_blocks, paired
from core.evaluate.metrics import METRICS, RETURN, Metric, shown
from core.locale import N_

HELPS, HURTS, NONE = "helps", "hurts", "none"
FEWEST_BLOCKS = 6  # in five, all five of one sign come by chance in 2 of 32 cases: more than 5%
WORTH = 0.02  # of AUC or rank IC; of an error, this share of it


@dataclass(frozen=True)
class Lift:
    """The difference that the headlines make to a score, `with_text - without_text`, with its 95% interval.

    `verdict` is "helps" or "hurts" where the interval leaves 0 out (a lower error helps), else "none";
    `blocks` is the number of sessions (`unit` "session") or stories that were resampled. NaN where undefined.
    """

    metric: str
    value: float
    low: float
    high: float
    verdict: str
    with_text: float = math.nan
    without_text: float = math.nan
    blocks: int = 0
    unit: str = "session"

    @property
    def most(self) -> float:
        """The largest help that the interval does not rule out, as a difference of the score."""
        return self.high if METRICS[self.metric].higher_is_better else self.low

    @property
    def too_wide(self) -> bool:
        """Whether a help that would be worth having is neither found nor ruled out."""
        metric = METRICS[self.metric]
        gain = self.most if metric.higher_is_better else -self.most
        return self.verdict == NONE and not gain <= _worth(metric, self.without_text)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, which has no NaN."""
        return {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Lift:
        """Make the lift that `as_dict` took apart."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {k: math.nan if v is None else v for k, v in plain.items() if k in known}
        return cls(**values)


def text_lift(
    y: np.ndarray,
    with_text: np.ndarray,
    without_text: np.ndarray,
    block_ids: np.ndarray,
    metric: str | Metric,
    seed: int,
    weights: np.ndarray | None = None,
    unit: str = "session",
) -> Lift:
    """Compare two predictions of the same rows, `(n, classes)` or `(n,)`, made with and without headlines.

    `y (n,)` outcomes, `block_ids (n,)` sessions from 0 on, `weights (n,)` of the rows. With fewer than six
    blocks the verdict is "none": five sessions that agree may do so by chance. Raises `ValueError` where the
    arrays do not fit each other.
    """
    metric = METRICS[metric] if isinstance(metric, str) else metric
    if not len(y) == len(with_text) == len(without_text) == len(block_ids):
        sizes = len(y), len(with_text), len(without_text), len(block_ids)
        raise ValueError(f"outcomes, predictions and blocks differ in length: {sizes}")
    w = np.ones((1, len(y))) if weights is None else weights[None]
    ours, other = (float(metric.compute(y, p, w)[0]) for p in (with_text, without_text))
    made = paired(y, with_text, without_text, block_ids, metric, seed, weights=weights)
    blocks = count_blocks(block_ids)
    verdict = _verdict(metric, made.low, made.high) if blocks >= FEWEST_BLOCKS else NONE
    return Lift(metric.name, made.value, made.low, made.high, verdict, ours, other, blocks, unit)


def sentence(lift: Lift) -> Message:
    """Say in plain words whether the headlines helped, as ready to deny it as to affirm it."""
    metric = METRICS[lift.metric]
    params = {
        "metric": Message(metric.title),
        "with_text": shown(metric, lift.with_text),
        "without_text": shown(metric, lift.without_text),
        "value": shown(metric, lift.value, difference=True),
        "low": shown(metric, lift.low, difference=True),
        "high": shown(metric, lift.high, difference=True),
        "most": shown(metric, lift.most, difference=True),
        "blocks": lift.blocks,
        "unit": Message(BLOCKS[lift.unit]),
        "needed": FEWEST_BLOCKS,
    }
    return Message(_template(lift), params)


def _template(lift: Lift) -> str:
    if math.isnan(lift.value):
        return N_("Whether the headlines help cannot be said: {metric} is undefined on these test rows.")
    if lift.blocks < FEWEST_BLOCKS:
        return N_(
            "Too few {unit} to tell whether the headlines help: the test holds {blocks} and {needed} are needed "
            "at the least ({metric} {with_text} with the headlines, {without_text} without)."
        )
    if lift.verdict == HELPS:
        return N_(
            "The headlines help: {metric} is {with_text} with them and {without_text} without, a difference of "
            "{value} [{low}, {high}] over {blocks} {unit}."
        )
    if lift.verdict == HURTS:
        return N_(
            "The headlines hurt: {metric} is {with_text} with them and {without_text} without, a difference of "
            "{value} [{low}, {high}] over {blocks} {unit}."
        )
    if lift.too_wide:
        return N_(
            "No evidence that the headlines add anything: {metric} is {with_text} with them and {without_text} "
            "without, a difference of {value} [{low}, {high}]. But {blocks} {unit} are too few to rule it out: "
            "a difference of up to {most} is still possible."
        )
    return N_(
        "No evidence that the headlines add anything, and little room for it: {metric} is {with_text} with them "
        "and {without_text} without, a difference of {value} [{low}, {high}] over {blocks} {unit}."
    )


def _verdict(metric: Metric, low: float, high: float) -> str:
    if not (low > 0 or high < 0):
        return NONE
    return HELPS if (low > 0) == metric.higher_is_better else HURTS


def _worth(metric: Metric, without: float) -> float:
    relative = not metric.higher_is_better or metric.unit == RETURN
    return WORTH * abs(without) if relative else WORTH
