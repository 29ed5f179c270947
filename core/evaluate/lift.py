"""The text-lift meter: do the headlines say anything beyond the table?

The score with the headlines minus that without, on the same rows, by a paired bootstrap over blocks of sessions:
what the two predictions share cancels, so the interval is that of the difference alone (Efron & Tibshirani, "An
Introduction to the Bootstrap", 1993, chapter 8 for the pairs; `core.evaluate.bootstrap` for the blocks).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np

from core.errors import Message
from core.evaluate.blocks import FEWEST_BLOCKS, Blocks
from core.evaluate.bootstrap import Interval, paired
from core.evaluate.metrics import METRICS, RETURN, Metric, shown
from core.evaluate.verdict import Evidence
from core.locale import N_

HELPS, NONE = "helps", "none"
WORTH = 0.02  # of AUC or rank IC; of an error, this share of it


@dataclass(frozen=True)
class Lift:
    """The difference that the headlines make to a score, `with_text - without_text`, with its 95% interval.

    The interval resampled `sessions` (`unit` "session", else stories) in `blocks` blocks of `length`; the rows
    were tested `looks` times, this time included. `withheld` says why there is no verdict whatever the interval,
    empty where there may be one. `apart` is the same difference over sessions so far apart that no outcomes
    overlap, where they do. `arms` are the scores of all arms, and `arm` is the one that is compared with the table
    (see `core.evaluate.arms`). NaN where undefined.
    """

    metric: str
    value: float
    low: float
    high: float
    with_text: float = math.nan
    without_text: float = math.nan
    blocks: int = 0
    unit: str = "session"
    length: int = 1
    sessions: int = 0
    looks: int = 1
    withheld: str = ""
    apart: Lift | None = None
    arm: str = "all"
    arms: tuple[tuple[str, float], ...] = ()

    @property
    def evidence(self) -> Evidence:
        """What the interval rests on."""
        return Evidence(self.blocks, self.length, self.sessions or self.blocks, self.unit, self.looks)

    @property
    def verdict(self) -> str:
        """Whether the headlines help: "helps" where the interval of the verdict's level says so, else "none"."""
        return HELPS if self.sign > 0 else NONE

    @property
    def sign(self) -> int:
        """1 where the models do better with the headlines, -1 where they do worse, 0 where neither is known."""
        return 0 if self.withheld else self._sign(self.evidence)

    @property
    def first_sign(self) -> int:
        """The sign had these rows never been tested before."""
        return 0 if self.withheld else self._sign(replace(self.evidence, looks=1))

    @property
    def believable(self) -> bool:
        """Whether its interval may be shown: there is one of enough blocks, not withheld, and of more than 0 alone."""
        known = math.isfinite(self.low) and self.evidence.enough
        return known and not self.withheld and not self.unread

    @property
    def most(self) -> float:
        """The largest help that the interval does not rule out, as a difference of the score."""
        return self.high if METRICS[self.metric].higher_is_better else self.low

    @property
    def too_wide(self) -> bool:
        """Whether a help that would be worth having is neither found nor ruled out."""
        metric = METRICS[self.metric]
        gain = self.most if metric.higher_is_better else -self.most
        return not self.sign and not gain <= _worth(metric, self.without_text)

    def after(self, looks: int) -> Lift:
        """Return the lift where its rows have been tested so many times, this time included."""
        return replace(self, looks=looks, apart=self.apart and self.apart.after(looks))

    @property
    def unread(self) -> bool:
        """Whether the fused model gives the headlines no weight, so that it is the table alone."""
        return self.arm == "fusion" and self.low == self.high == 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, which has no NaN."""
        plain = _plain(asdict(self)) | {"verdict": self.verdict}
        return plain | {
            "apart": self.apart.as_dict() if self.apart else None,
            "arms": _plain(dict(self.arms)),
        }

    def told(self) -> dict[str, Any]:
        """Return what the command line prints of it: the difference, its verdict, and what the verdict rests on."""
        told = ("metric", "value", "low", "high", "verdict", "withheld", "looks")
        plain = self.as_dict()
        return {key: plain[key] for key in told} | {"blocks": {"number": self.blocks, "length": self.length}}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Lift:
        """Make the lift that `as_dict` took apart."""
        known = {field.name for field in fields(cls)} - {"apart", "arms"}
        values: dict[str, Any] = {k: math.nan if v is None else v for k, v in plain.items() if k in known}
        arms = tuple((k, math.nan if v is None else v) for k, v in (plain.get("arms") or {}).items())
        apart = cls.from_dict(plain["apart"]) if plain.get("apart") else None
        return cls(**values, apart=apart, arms=arms)

    def _sign(self, evidence: Evidence) -> int:
        better = 1 if METRICS[self.metric].higher_is_better else -1
        return better * evidence.against(Interval(self.value, self.low, self.high), 0.0)


def text_lift(
    y: np.ndarray,
    with_text: np.ndarray,
    without_text: np.ndarray,
    blocks: Blocks,
    metric: str | Metric,
    seed: int,
    weights: np.ndarray | None = None,
) -> Lift:
    """Compare two predictions of the same rows, `(n, classes)` or `(n,)`, made with and without headlines.

    `y (n,)` outcomes, `blocks` of the rows, `weights (n,)`. With fewer than six blocks there is no verdict: five
    that agree may do so by chance. Raises `ValueError` where the arrays do not fit each other.
    """
    metric = METRICS[metric] if isinstance(metric, str) else metric
    if not len(y) == len(with_text) == len(without_text) == len(blocks):
        sizes = len(y), len(with_text), len(without_text), len(blocks)
        raise ValueError(f"outcomes, predictions and blocks differ in length: {sizes}")
    w = np.ones((1, len(y))) if weights is None else weights[None]
    ours, other = (float(metric.compute(y, p, w)[0]) for p in (with_text, without_text))
    made = paired(y, with_text, without_text, blocks, metric, seed, weights=weights)
    return Lift(
        metric.name,
        *(made.value, made.low, made.high),
        *(ours, other),
        blocks=blocks.count,
        unit=blocks.unit,
        length=blocks.length,
        sessions=blocks.sessions,
    )


def sentence(lift: Lift) -> Message:
    """Say in plain words whether the headlines helped, as ready to deny it as to affirm it."""
    return Message(_template(lift), numbers(lift) | {"why": Message(lift.withheld)})


def numbers(lift: Lift) -> dict[str, object]:
    """Return what sentences about a lift are filled with, as it is written for the reader."""
    metric = METRICS[lift.metric]
    return {
        "metric": Message(metric.title),
        "with_text": shown(metric, lift.with_text),
        "without_text": shown(metric, lift.without_text),
        "value": shown(metric, lift.value, difference=True),
        "low": shown(metric, lift.low, difference=True),
        "high": shown(metric, lift.high, difference=True),
        "most": shown(metric, lift.most, difference=True),
        "over": lift.evidence.over,
        "needed": FEWEST_BLOCKS,
        "looks": lift.looks,
    }


def apart_sentence(lift: Lift) -> Message | None:
    """Say what the sessions that do not overlap say alone; None where none overlap."""
    if lift.apart is None or math.isnan(lift.apart.low):
        return None
    metric, apart = METRICS[lift.metric], lift.apart
    params = {
        "value": shown(metric, apart.value, difference=True),
        "low": shown(metric, apart.low, difference=True),
        "high": shown(metric, apart.high, difference=True),
        "over": apart.evidence.over,
    }
    return Message(
        N_(
            "With only sessions whose outcomes do not overlap, the difference is {value} [{low}, {high}] over {over}."
        ),
        params,
    )


def _template(lift: Lift) -> str:
    if math.isnan(lift.value):
        return N_("Whether the headlines help cannot be said: {metric} is undefined on these test rows.")
    if lift.withheld:
        return N_(
            "Whether the headlines help cannot be told from this test: {why} ({metric} {with_text} with the "
            "headlines, {without_text} without)."
        )
    if not lift.evidence.enough:
        return _too_few(lift)
    if lift.sign > 0:
        return N_(
            "The headlines help: {metric} is {with_text} with them and {without_text} without, a difference of "
            "{value} [{low}, {high}] over {over}."
        )
    if lift.first_sign > 0:
        return N_(
            "Cannot tell whether the headlines help: {metric} is {with_text} with them and {without_text} without, "
            "a difference of {value} [{low}, {high}] over {over}. In a first test that would be evidence; these "
            "rows have been tested {looks} times, and the best of that many tests looks as good by chance. Test "
            "once on later sessions that you seal now."
        )
    if lift.sign < 0:
        return N_(
            "These models get nothing out of the headlines: {metric} is {with_text} with them and {without_text} "
            "without, a difference of {value} [{low}, {high}] over {over}. That does not mean that the headlines "
            "say nothing."
        )
    if lift.unread:
        return N_(
            "These models get nothing out of the headlines: before the test they were found to add nothing to the "
            "table, so the fused model leaves them out and scores as the table alone ({metric} {without_text} over "
            "{over}). That does not mean that the headlines say nothing."
        )
    if lift.too_wide:
        return N_(
            "No evidence that the headlines add anything: {metric} is {with_text} with them and {without_text} "
            "without, a difference of {value} [{low}, {high}]. But {over} are too few to rule it out: a difference "
            "of up to {most} is still possible."
        )
    return N_(
        "No evidence that the headlines add anything, and little room for it with these models: {metric} is "
        "{with_text} with them and {without_text} without, a difference of {value} [{low}, {high}] over {over}."
    )


def _too_few(lift: Lift) -> str:
    if lift.length > 1:
        return N_(
            "Cannot tell whether the headlines help: outcomes overlap, so the test's {over} stand for too few "
            "independent outcomes, and {needed} blocks are needed at the least ({metric} {with_text} with the "
            "headlines, {without_text} without). Bring a longer period or take a shorter horizon."
        )
    return N_(
        "Cannot tell whether the headlines help: the test holds {over}, and {needed} are needed at the least "
        "({metric} {with_text} with the headlines, {without_text} without)."
    )


def _worth(metric: Metric, without: float) -> float:
    relative = not metric.higher_is_better or metric.unit == RETURN
    return WORTH * abs(without) if relative else WORTH


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in fields.items()}
