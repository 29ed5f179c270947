"""Whether a run tests on what its encoder was fine-tuned on: then its scores tell nothing of new headlines."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from core.embed.seen import seen_by
from core.errors import Message, UserError
from core.locale import N_
from core.train.settings import TrainSettings
from core.train.splits.plan import SplitPlan

_IN_HOLDOUT = N_(
    "an encoder of this run was fine-tuned on texts or sessions (trading days) that it tests on; train with one that "
    "was not, or test on later sessions"
)
_IN_WALK = N_(
    "an encoder of this run was fine-tuned on texts or sessions (trading days) of the walk-forward, while the holdout is clean; "
    "train again without folds (folds 0) for a clean test"
)
_CAUTION = N_(
    "An encoder of this run was fine-tuned on what it tests on: {holdout:,} of {of_holdout:,} rows of the holdout and "
    "{walk:,} of {of_walk:,} of the walk-forward. Their scores are too good."
)


@dataclass(frozen=True)
class SeenTests:
    """How many tested rows the encoder's fine-tuning had learned from, by text or by session."""

    holdout: int
    walk: int
    of_holdout: int
    of_walk: int


def seen_tests(plan: SplitPlan, settings: TrainSettings, vectors: bool = True) -> SeenTests | None:
    """Count the tested rows that the encoder of the settings was tuned on, or its classifier; None where none was.

    With `vectors` False the encoder takes no part.
    """
    encoders = [*[settings.encoder] * vectors, *[settings.classifier] * bool(settings.classifier)]
    tested = np.concatenate([plan.holdout.test, *(fold.test for fold in plan.walk)])
    seen = np.zeros(len(tested), bool)
    for encoder in encoders:
        seen |= seen_by(encoder, plan.dataset, tested)
    if not seen.any():
        return None
    size = len(plan.holdout.test)
    return SeenTests(int(seen[:size].sum()), int(seen[size:].sum()), size, len(tested) - size)


def reason_of(seen: SeenTests | None) -> str:
    """Return why a run has no verdict, a template without parameters; empty where its encoder saw no test."""
    if seen is None:
        return ""
    return _IN_HOLDOUT if seen.holdout else _IN_WALK


def cautions_of(seen: SeenTests | None) -> tuple[Message, ...]:
    """Return what to say of a run whose encoder saw its test."""
    if seen is None:
        return ()
    return (Message(_CAUTION, asdict(seen), "encoder_saw_test"),)


def require_sealable(seen: SeenTests | None, settings: TrainSettings) -> None:
    """Raise `UserError` where a holdout is to be sealed for a run whose encoder saw what it tests on."""
    if seen and settings.sealed:
        raise UserError(
            N_(
                "No holdout is sealed: an encoder of this run ({encoder}) was fine-tuned on texts or sessions that it tests "
                "on. Choose another encoder."
            ),
            encoder=", ".join(filter(None, (settings.encoder, settings.classifier))),
        )
