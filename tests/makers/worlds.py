"""Which worlds of a simulation every run of the slow tests has, and which `--thorough` adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest


def first_always(worlds: Sequence[Any]) -> list[Any]:
    """Return the worlds for `pytest.mark.parametrize`: all but the first are run with `--thorough` alone."""
    first, *others = worlds
    return [first, *(_further(world) for world in others)]


def _further(world: Any) -> Any:
    values = world if isinstance(world, tuple) else (world,)
    return pytest.param(*values, marks=pytest.mark.thorough)
