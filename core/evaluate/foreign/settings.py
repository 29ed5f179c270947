"""How predictions that were made elsewhere are read and judged, validated where it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from core.errors import UserError
from core.evaluate.settings import TASKS, UNITS
from core.locale import N_
from core.validation import require_choice, require_range

PROBABILITY, PERCENT, SCORE, LABEL, RETURN = "probability", "percent", "score", "label", "return"
KINDS = {
    PROBABILITY: N_("probabilities (0 to 1)"),
    PERCENT: N_("percent (0 to 100, or returns in %)"),
    SCORE: N_("scores or ratings: only their order counts"),
    LABEL: N_("the predicted class itself"),
    RETURN: N_("returns as fractions (0.012 is 1.2%)"),
}


@dataclass(frozen=True)
class ForeignSettings:
    """What the user says of the predictions; "" and () are guessed from the file.

    `task` is "classify" or "regress"; `id` the column that names the rows: the number of the row in the dataset's
    file, or a column that this file has too. `models` are columns of predictions, or what stands before the class in
    their names; `kind` what they hold (`KINDS`). `trained_from` and `trained_until` are the first and the last day
    (ISO dates, "" unknown) that the model learned from. `unit` and `seed` are as in `EvaluateSettings`.

    A value that cannot be raises `UserError`.
    """

    task: str = ""
    id: str = ""
    models: tuple[str, ...] = ()
    kind: str = ""
    trained_from: str = ""
    trained_until: str = ""
    unit: str = "event"
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "models", tuple(self.models))  # JSON gives a list
        if self.task:
            require_choice("task", self.task, TASKS)
        if self.kind:
            require_choice("kind", self.kind, KINDS)
        require_choice("unit", self.unit, UNITS)
        require_range("seed", self.seed, 0, 2**31 - 1)
        for name in ("trained_from", "trained_until"):
            _require_date(name, getattr(self, name))
        if self.trained_from and not self.trained_until:
            raise UserError(
                N_(
                    "The training period has a first day and no last one: say until when the model learned as well "
                    "(trained_until)."
                )
            )
        if self.trained_from > self.trained_until:
            raise UserError(
                N_("The training period ends ({until}) before it begins ({first}): exchange the two."),
                until=self.trained_until,
                first=self.trained_from,
            )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self) | {"models": list(self.models)}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> ForeignSettings:
        """Make the settings that `as_dict` took apart; what is missing has its default."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in saved.items() if name in known})


def _require_date(name: str, value: str) -> None:
    if not value:
        return
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise UserError(
            N_("The setting {setting} is {value}; write a day as YYYY-MM-DD, for example 2024-03-31."),
            setting=name,
            value=value,
        ) from error
