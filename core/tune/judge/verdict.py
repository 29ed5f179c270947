"""Go or no-go: whether a tuned encoder is worth having, in one sentence with the number behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.errors import Message
from core.evaluate.blocks import FEWEST_BLOCKS
from core.evaluate.bootstrap import Interval
from core.locale import N_
from core.tune.judge.baselines import TITLES
from core.tune.judge.judged import Judged

GO, NO_GO, UNSURE = "go", "no-go", "unsure"

_SENTENCES = {
    GO: N_("Go: on texts that the training never saw, {metric} rose from {before} to {after} ({change})."),
    NO_GO: N_(
        "No-go: on texts that the training never saw, {metric} fell from {before} to {after} ({change})."
    ),
    UNSURE: N_(
        "No-go: on texts that the training never saw, {metric} went from {before} to {after}, a change that can be luck "
        "({change})."
    ),
}
_COLLAPSED = N_(
    "No-go: the encoder has collapsed. All texts have nearly the same vector (mean cosine {cosine:.2f}), so it tells "
    "them apart no better than before. Choose a smaller learning rate or another loss."
)
_FEW = N_(
    "No-go: the test holds {blocks} independent parts, too few to tell a change from luck; {fewest} are needed. "
    "{metric}: {before} before, {after} after."
)
_BASELINE = N_("{name} is as good on the same test: {score}.")
METRICS = {
    "accuracy": N_("accuracy"),
    "f1": N_("F1 (macro)"),
    "log_loss": N_("log loss"),
    "pearson": N_("Pearson's correlation"),
    "spearman": N_("Spearman's correlation"),
}


@dataclass(frozen=True)
class Verdict:
    """`kind` is `GO`, `NO_GO` or `UNSURE` (which is no go either); `also` names a baseline that is as good, if any."""

    kind: str
    message: Message
    also: Message | None = None

    @property
    def go(self) -> bool:
        """Whether the tuned encoder is to be used."""
        return self.kind == GO

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "kind": self.kind,
            "message": self.message.as_dict(),
            "also": self.also and self.also.as_dict(),
        }

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Verdict:
        """Return what `as_dict` took apart."""
        also = Message.from_dict(fields["also"]) if fields["also"] else None
        return cls(fields["kind"], Message.from_dict(fields["message"]), also)


def verdict(judged: Judged) -> Verdict:
    """Return the verdict: go only where the 95% interval of the change lies above 0 and the encoder has not collapsed.

    Under no change, that interval lies above 0 in one of 40 cases.
    """
    change = judged.difference[judged.main]
    if judged.collapsed and judged.new is not None:
        return Verdict(NO_GO, Message(_COLLAPSED, {"cosine": judged.new.mean_cosine}))
    said = {
        "metric": Message(METRICS[judged.main]),
        "before": _value(judged.before[judged.main]),
        "after": _value(judged.after[judged.main]),
    }
    if judged.blocks < FEWEST_BLOCKS:
        return Verdict(UNSURE, Message(_FEW, said | {"blocks": judged.blocks, "fewest": FEWEST_BLOCKS}))
    kind = GO if change.low > 0 else NO_GO if change.high < 0 else UNSURE
    written = f"{change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}]"
    return Verdict(kind, Message(_SENTENCES[kind], said | {"change": written}), _rival(judged))


def _rival(judged: Judged) -> Message | None:
    """Return the sentence on the best baseline where it reaches what tuning reached."""
    scores = {name: row[judged.main].value for name, row in judged.baselines.items() if judged.main in row}
    best = max(scores, key=lambda name: scores[name], default=None)
    if best is None or scores[best] < judged.after[judged.main].value:
        return None
    return Message(
        _BASELINE, {"name": Message(TITLES[best]), "score": _value(judged.baselines[best][judged.main])}
    )


def _value(score: Interval) -> str:
    return f"{score.value:.3f}"
