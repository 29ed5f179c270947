"""How predictions are scored, validated where it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from core.data.dataset import Dataset
from core.locale import N_
from core.validation import require_choice, require_range

TASKS = ("classify", "regress")
LONGEST_HORIZON = 250
UNITS = {
    "event": N_("events (company and session)"),
    "headline": N_("single headlines"),
}


@dataclass(frozen=True)
class EvaluateSettings:
    """What is predicted, what is scored, and what sets the blocks and the random draws of every interval.

    `task` is "classify" or "regress"; `unit` is what counts once: the "event" with the mean prediction of its
    headlines, or the "headline". `horizon` is how many sessions the target looks ahead; `seed` draws the
    resamples of the bootstrap. A value outside its range raises `UserError`.
    """

    task: str = "classify"
    unit: str = "headline"
    horizon: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        require_choice("task", self.task, TASKS)
        require_choice("unit", self.unit, UNITS)
        require_range("horizon", self.horizon, 0, LONGEST_HORIZON)
        require_range("seed", self.seed, 0, 2**31 - 1)


def default_unit(data: Dataset) -> str:
    """Return what is scored where nobody chose it: events where the table has sessions, else headlines."""
    return "event" if data.has_sessions else "headline"
