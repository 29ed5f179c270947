"""The choices that make a run, validated where they are made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from core.embed.pooling import POOLINGS
from core.errors import UserError
from core.evaluate.settings import LONGEST_HORIZON, EvaluateSettings
from core.locale import N_
from core.train.features.block import OUTLETS
from core.train.features.classifier import KEY
from core.train.features.registry import EXTRAS
from core.train.models.registry import MODELS
from core.train.splits.registry import SPLITS
from core.train.splits.splitters import WINDOWS
from core.validation import require_choice, require_settings

WEIGHTINGS = {"events": N_("every event counts the same"), "rows": N_("every row counts the same")}
CLASS_WEIGHTS = ("none", "balanced")
ALL, TABLE, HEADLINE = "all", "table", "headline"
FEATURES = {
    ALL: N_("headline and table"),
    TABLE: N_("table alone"),
    HEADLINE: N_("headline alone"),
}
CALIBRATIONS = {
    "none": N_("none"),
    "sigmoid": N_("sigmoid (few rows)"),
    "isotonic": N_("isotonic (many rows)"),
}

_CHOICES: dict[str, Collection[str]] = {
    "split": SPLITS,
    "pooling": POOLINGS,
    "window": WINDOWS,
    "weighting": WEIGHTINGS,
    "class_weight": CLASS_WEIGHTS,
    "calibrate": CALIBRATIONS,
    "features": FEATURES,
}
_RANGES = {
    "test_share": (0.05, 0.5),
    "outlets": (1, 200),
    "folds": (0, 20),
    "embargo": (0, LONGEST_HORIZON),
    "components": (0, 512),
    "winsor": (0.0, 0.2),
    "tune_seconds": (0, 24 * 3600),
}


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
    from the headline beside the vector, `classifier` the id of the tuned encoder that the one of that name reads.
    `tune_seconds` is the time given to the search for better parameters (0: none); `calibrate` is how probabilities
    are calibrated on later inner sessions.

    `features` is what the models are given: the headline and the table, or one of them alone. What they are not given
    is taken out of the settings: "table" names no encoder and no extra of the text, "headline" no outlet and no clock,
    so that runs which are the same have the same settings. `models` are the keys of those to fit, all where
    none is named.

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
    classifier: str = ""
    class_weight: str = "none"
    tune_seconds: int = 0
    calibrate: str = "none"
    features: str = ALL
    models: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "extras", tuple(self.extras))  # JSON gives a list
        _ = self.evaluation  # checks the settings that it takes
        require_settings(self, _CHOICES, _RANGES)
        for extra in self.extras:
            require_choice("extras", extra, EXTRAS)
        for model in self.models:
            require_choice("models", model, MODELS)
        object.__setattr__(self, "models", tuple(key for key in MODELS if key in (self.models or MODELS)))
        self._leave_out()
        if (KEY in self.extras) != bool(self.classifier):
            raise UserError(
                N_(
                    "The extra {extra} and the setting {extra} belong together: name the encoder, tuned here by classify, "
                    "whose probabilities are to be read."
                ),
                extra=KEY,
            )
        if self.sealed and not self.folds:
            raise UserError(
                N_(
                    "A sealed holdout is not scored before it is opened: choose folds, so that there is a score."
                )
            )

    def _leave_out(self) -> None:
        """Take out of the settings what the models are not given."""
        if self.features == ALL:
            return
        kept = "time" if self.features == TABLE else "text"
        changed: dict[str, Any] = {"extras": tuple(e for e in self.extras if EXTRAS[e].source == kept)}
        if self.features == TABLE:
            changed |= {"encoder": "", "pooling": TrainSettings.pooling, "components": 0, "classifier": ""}
        else:
            changed |= {"use_press": False, "winsor": 0.0}
        for name, value in changed.items():
            object.__setattr__(self, name, value)

    @property
    def reads_headline(self) -> bool:
        """Whether the models are given the headline's vector, so that an encoder is needed."""
        return self.features != TABLE

    @property
    def evaluation(self) -> EvaluateSettings:
        """How the run's predictions are scored."""
        return EvaluateSettings(self.task, self.unit, self.horizon, self.seed)

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON."""
        return asdict(self)
