"""One thing that the quality report found, what it means, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.data.dataset import Dataset
from core.data.plan import Plan
from core.errors import Message

LEVELS = ("serious", "warning", "info")


@dataclass(frozen=True)
class Action:
    """A button: its label (a template to translate) and the plan that a press of it makes."""

    label: str
    plan: Plan


@dataclass(frozen=True)
class Finding:
    """What was found (`message`, with counts), what that means for the result, the rows of the file, a remedy.

    `level` is "serious" (the scores will mislead), "warning" (mind it when reading them) or "info". `rows` are
    the numbers of all rows concerned; empty where it concerns the table as a whole.
    """

    code: str
    level: str
    message: Message
    meaning: Message
    rows: tuple[int, ...] = ()
    action: Action | None = None

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"a finding's level is one of {LEVELS}, not {self.level!r}")


def cleaned(plan: Plan, label: str, **steps: str) -> Action:
    """Return the action that changes steps of a plan's cleaning."""
    return Action(label, replace(plan, cleaning=replace(plan.cleaning, **steps)))


def file_rows(data: Dataset, mask: np.ndarray) -> tuple[int, ...]:
    """Return the numbers in the file of the rows where `mask (rows,)` is True."""
    return tuple(data.frame["row"].to_numpy()[mask].tolist())
