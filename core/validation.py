"""Checks of settings where they are made: what was got, what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.errors import UserError
from core.locale import N_


def require_choice(setting: str, value: object, allowed: Iterable[str]) -> None:
    """Raise `UserError` unless the value is one of those allowed."""
    if value not in (known := tuple(allowed)):
        raise UserError(
            N_("The setting {setting} is {value}; choose one of: {allowed}."),
            setting=setting,
            value=str(value),
            allowed=", ".join(known),
        )


def require_settings(
    settings: object,
    choices: Mapping[str, Iterable[str]],
    ranges: Mapping[str, tuple[float, float]],
) -> None:
    """Raise `UserError` unless each of these attributes is one of its choices, or lies in its range."""
    for setting, allowed in choices.items():
        require_choice(setting, getattr(settings, setting), allowed)
    for setting, (low, high) in ranges.items():
        require_range(setting, getattr(settings, setting), low, high)


def require_range(setting: str, value: float, low: float, high: float) -> None:
    """Raise `UserError` unless the value lies in `low` to `high`, both included."""
    if not low <= value <= high:
        raise UserError(
            N_("The setting {setting} is {value}; choose a number from {low} to {high}."),
            setting=setting,
            value=value,
            low=low,
            high=high,
        )
