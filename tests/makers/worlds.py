"""Which worlds of a simulation every run of the slow tests has, and which `--thorough` adds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest


def first_always(worlds: Sequence[Any]) -> list[Any]:
    """Return the worlds for `pytest.mark.parametrize`: all but the first are run with `--thorough` alone."""
    first, *others = worlds
    return [first, *further(others)]


def further(worlds: Iterable[Any]) -> list[Any]:
    """Return parameters, each a value or a tuple of them, that are run with `--thorough` alone."""
    values = (world if isinstance(world, tuple) else (world,) for world in worlds)
    return [pytest.param(*each, marks=pytest.mark.thorough) for each in values]
