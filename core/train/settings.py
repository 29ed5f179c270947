"""The choices that make a run, validated where they are made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from core.data.dataset import Dataset
from core.embed.pooling import POOLINGS
from core.errors import UserError
from core.locale import N_
from core.train.features.block import OUTLETS
from core.train.features.registry import EXTRAS

TASKS = ("classify", "regress")
SPLITS = ("time", "group", "company", "random")
WINDOWS = ("expanding", "rolling")
UNITS = ("headline", "event")
WEIGHTINGS = ("events", "rows")
CLASS_WEIGHTS = ("none", "balanced")
CALIBRATIONS = ("none", "sigmoid", "isotonic")
LONGEST_HORIZON = 250


@dataclass(frozen=True)
class TrainSettings:
    """What to predict, how to split, and which vectors to use.

    `split` is "time" (the last sessions are the test), "group" (near-duplicate stories and events stay
    together), "company" (whole companies are held out) or "random" (plain rows, which leaks). `test_share` is
    the share of the sessions ("time") or of the rows that is held out. `folds` walk forward over the sessions
    before the holdout (0: the holdout alone), each learning from all earlier sessions (`window` "expanding")
    or from as many as the first had ("rolling"). `horizon` is how many sessions the target looks ahead, and
    sets the purge; `embargo` is how many more are left out between training and test. A `sealed` holdout is
    not scored before it is opened.

    `unit` is what is scored: the headline, or the event with the mean prediction of its headlines.
    `weighting` "events" lets every event weigh the same in training, however many headlines it has.

    `outlets` is how many of the most frequent outlets are told apart, the others being one; `components` is
    the number of principal components that stand for the vector (0: the vector as it is); `winsor` the share
    of the training values that is clipped at each tail of a continuous feature; `extras` are what is read
    from the headline beside the vector. `tune_seconds` is the time given to the search for better parameters (0:
    none); `calibrate` is how probabilities are calibrated on later inner sessions.

    A value outside its range raises `UserError`.
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
    folds: int = 0
    window: str = "expanding"
    embargo: int = 0
    sealed: bool = False
    unit: str = "headline"
    weighting: str = "events"
    components: int = 0
    winsor: float = 0.0
    extras: tuple[str, ...] = ()
    class_weight: str = "none"
    tune_seconds: int = 0
    calibrate: str = "none"

    def __post_init__(self) -> None:
        object.__setattr__(self, "extras", tuple(self.extras))  # JSON gives a list
        _require_choice("task", self.task, TASKS)
        _require_choice("split", self.split, SPLITS)
        _require_choice("pooling", self.pooling, POOLINGS)
        _require_range("test_share", self.test_share, 0.05, 0.5)
        _require_range("horizon", self.horizon, 0, LONGEST_HORIZON)
        for setting, allowed in (
            ("window", WINDOWS),
            ("unit", UNITS),
            ("weighting", WEIGHTINGS),
            ("class_weight", CLASS_WEIGHTS),
            ("calibrate", CALIBRATIONS),
        ):
            _require_choice(setting, getattr(self, setting), allowed)
        for extra in self.extras:
            _require_choice("extras", extra, tuple(EXTRAS))
        if self.sealed and not self.folds:
            raise UserError(
                N_(
                    "A sealed holdout is not scored before it is opened: choose folds, so that there is a score."
                )
            )
        _require_range("outlets", self.outlets, 1, 200)
        _require_range("folds", self.folds, 0, 20)
        _require_range("embargo", self.embargo, 0, LONGEST_HORIZON)
        _require_range("components", self.components, 0, 512)
        _require_range("winsor", self.winsor, 0.0, 0.2)
        _require_range("tune_seconds", self.tune_seconds, 0, 24 * 3600)
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
