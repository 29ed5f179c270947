"""Go or no-go: one sentence on whether the tuned encoder is better, with the number behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Message
from core.evaluate.blocks import FEWEST_BLOCKS, SIGNIFICANT
from core.evaluate.bootstrap import Scores
from core.evaluate.metrics import shown
from core.evaluate.verdict import verdict as standing
from core.locale import N_
from core.tune.judge.baselines import title_of
from core.tune.judge.judged import Judged

ACCURACY = "accuracy"

_GO = N_(
    "Go: on texts that the training never saw, {metric} rises from {before} to {after}, by {value} [{low}, {high}] over "
    "{over}."
)
_UNCLEAR = N_(
    "No-go: no improvement is shown. On texts that the training never saw, {metric} goes from {before} to {after}, by "
    "{value} [{low}, {high}] over {over}."
)
_WORSE = N_(
    "No-go: the tuned encoder is worse. On texts that the training never saw, {metric} falls from {before} to {after}, "
    "by {value} [{low}, {high}] over {over}."
)
_SHORT = N_(
    "No-go: this cannot be told. The test holds {over}, and {needed} are needed at the least ({metric} {before} before, "
    "{after} after)."
)
_COLLAPSED = N_(
    "No-go: the encoder has collapsed. All texts lie close together (mean cosine {alike}, before {alike_before}), so "
    "they can hardly be told apart; {metric} goes from {before} to {after}. Take a smaller learning rate or fewer epochs."
)
_COSTLY = N_(
    "No-go: {metric} rises from {before} to {after}, by {value} [{low}, {high}] over {over}, but fewer texts are "
    "classified rightly: accuracy falls by {lost}."
)
_AS_GOOD = N_(
    "A plain baseline is about as good: {baseline} has an accuracy of {plain}, the tuned encoder {after} [{low}, {high}]."
)


@dataclass(frozen=True)
class Verdict:
    """Whether to use the tuned encoder, and why in one sentence; `note` says where a plain baseline does as well."""

    go: bool
    message: Message
    note: Message | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        note = self.note.as_dict() if self.note else None
        return {"go": self.go, "message": self.message.as_dict(), "note": note}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Verdict:
        """Make the verdict that `as_dict` took apart."""
        note = Message.from_dict(plain["note"]) if plain.get("note") else None
        return cls(plain["go"], Message.from_dict(plain["message"]), note)


def verdict(judged: Judged, baselines: Scores | None = None) -> Verdict:
    """Return go where the test shows an improvement beyond chance and the encoder has not collapsed, else no-go.

    Go needs the 95% interval of the paired difference above 0, six blocks at least, and where the verdict is about
    accuracy a McNemar p-value below 5% as well: a handful of texts that happen to change alike moves an interval,
    but not the exact test. Where it is about the gap of cosines, accuracy must not fall beyond chance. `baselines`
    are the scores that `core.tune.judge.baselines` makes.
    """
    note = _as_good(judged, baselines or {})
    template = _reason(judged)
    return Verdict(template == _GO, Message(template, _numbers(judged)), note)


def _reason(judged: Judged) -> str:
    if judged.collapsed:
        return _COLLAPSED
    found = standing(judged.difference[judged.metric], judged.evidence)
    if found == "short":
        return _SHORT
    if found == "worse":
        return _WORSE
    if found != "better" or (judged.metric == ACCURACY and not judged.p_value < SIGNIFICANT):
        return _UNCLEAR
    lost = judged.difference.get(ACCURACY)
    return _COSTLY if lost is not None and lost.high < 0 else _GO


def _numbers(judged: Judged) -> dict[str, object]:
    metric, found = judged.metric_of(judged.metric), judged.difference[judged.metric]
    lost = judged.difference.get(ACCURACY)
    return {
        "metric": Message(metric.title),
        "before": shown(metric, judged.before[judged.metric].value),
        "after": shown(metric, judged.after[judged.metric].value),
        "value": shown(metric, found.value, difference=True),
        "low": shown(metric, found.low, difference=True),
        "high": shown(metric, found.high, difference=True),
        "over": judged.evidence.over,
        "needed": FEWEST_BLOCKS,
        "alike": f"{judged.after['mean_cosine'].value:.3f}",
        "alike_before": f"{judged.before['mean_cosine'].value:.3f}",
        "lost": "" if lost is None else f"{-lost.value:.3f}",
    }


def _as_good(judged: Judged, baselines: Scores) -> Message | None:
    """Say which baseline's accuracy is highest, where it is not below the tuned encoder's interval."""
    known = {name: table[ACCURACY].value for name, table in baselines.items() if ACCURACY in table}
    if not known or ACCURACY not in judged.after:
        return None
    best, after = max(known, key=lambda name: known[name]), judged.after[ACCURACY]
    if known[best] < (after.value if math.isnan(after.low) else after.low):
        return None
    numbers = {"baseline": title_of(best), "plain": f"{known[best]:.3f}", "after": f"{after.value:.3f}"}
    return Message(_AS_GOOD, numbers | {"low": f"{after.low:.3f}", "high": f"{after.high:.3f}"})
