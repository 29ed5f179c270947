"""The choices that make a run, validated where they are made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from core.data.dataset import Dataset
from core.embed.pooling import POOLINGS
from core.errors import UserError
from core.locale import N_

TASKS = ("classify", "regress")
SPLITS = ("time", "group", "random")
LONGEST_HORIZON = 250
OUTLETS = 15


@dataclass(frozen=True)
class TrainSettings:
    """What to predict, how to split, and which vectors to use.

    `split` is "time" (the last sessions are the test), "group" (near-duplicate stories and events stay
    together) or "random" (plain rows, which leaks). `test_share` is the share of the sessions ("time") or of
    the rows that is held out; `outlets` is how many of the most frequent outlets are told
    apart, the others being one; `horizon` is how many sessions the target looks ahead, and sets the purge. A
    value outside its range raises `UserError`.
    """

    task: str = "classify"
    split: str = "time"
    test_share: float = 0.2
    horizon: int = 1
    encoder: str = "multilingual-e5-small"
    pooling: str = "mean"
    seed: int = 0
    use_press: bool = True
    outlets: int = OUTLETS

    def __post_init__(self) -> None:
        _require_choice("task", self.task, TASKS)
        _require_choice("split", self.split, SPLITS)
        _require_choice("pooling", self.pooling, POOLINGS)
        _require_range("test_share", self.test_share, 0.05, 0.5)
        _require_range("horizon", self.horizon, 0, LONGEST_HORIZON)
        _require_range("outlets", self.outlets, 1, 200)
        _require_range("seed", self.seed, 0, 2**31 - 1)

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON."""
        return asdict(self)


def default_split(dataset: Dataset) -> str:
    """Return the honest split that a dataset allows: by time where it has sessions, else by story."""
    return "time" if dataset.has_sessions else "group"


def _require_choice(setting: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UserError(
            N_("The setting {setting} is {value}; choose one of: {allowed}."),
            setting=setting,
            value=str(value),
            allowed=", ".join(allowed),
        )


def _require_range(setting: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise UserError(
            N_("The setting {setting} is {value}; choose a number from {low} to {high}."),
            setting=setting,
            value=value,
            low=low,
            high=high,
        )
