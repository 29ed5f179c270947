"""Grids on a copy of the small workspace, done by a thread of the test's own process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.compare.grid import GridSettings
from core.data.dataset import Dataset
from core.data.library import load_dataset
from tests.makers.small_lab import SmallLab


@contextmanager
def copied(lab: SmallLab, folder: Path) -> Iterator[SmallLab]:
    """Make a copy of the small workspace the one in use, with small forests."""
    from core.train.models import forest

    home = shutil.copytree(lab.home, folder / "home", symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(home))
        patch.setattr(forest, "TREES", 25)
        yield replace(lab, home=home)


def grid_of(lab: SmallLab, **changes: Any) -> GridSettings:
    """Return a small grid on the workspace's own table: two fast models, the headline and the table."""
    given = {"base": lab.settings, "encoders": (lab.encoder,), "models": ("xgb", "lgbm")}
    return GridSettings(**(given | changes))


def table(lab: SmallLab) -> Dataset:
    """Return the workspace's table."""
    return load_dataset(lab.dataset)
