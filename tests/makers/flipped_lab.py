"""A workspace whose outcomes follow one word of the headline, 급등 or 급락, and a run that has learned it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.makers.small_lab import SmallLab, train_beside
from tests.makers.train_tables import OUTLETS, make_dataset

if TYPE_CHECKING:
    from core.data.dataset import Dataset

SESSIONS, ROWS = 40, 6  # and rows of each


def words_table(name: str = "0f11bb0000000000", kind: str = "return") -> Dataset:
    """Return a table in which good news is followed by a rise, and a return is a label where `kind` says so."""
    rng = np.random.default_rng(0)
    session = np.repeat(np.arange(SESSIONS), ROWS)
    good = rng.random(len(session)) < 0.5
    target = 0.02 * np.where(good, 1, -1) + 0.005 * rng.normal(size=len(session))
    labels = np.array(["하락", "중립", "상승"])[np.digitize(target, [-0.018, 0.018])]
    features = {"RSI": rng.normal(size=len(session))}
    press = OUTLETS[rng.integers(0, 3, len(session))]
    data = make_dataset(labels if kind == "label" else target, session, features, press, kind=kind, name=name)
    data.frame["headline"] = [
        f"카카오 {'급등' if up else '급락'} … 실적 {number}" for number, up in enumerate(good)
    ]
    data.frame["company"] = [f"가상{number % ROWS}" for number in range(len(session))]
    return data


def make_flipped_lab(lab: SmallLab, folder: Path) -> SmallLab:
    """Train on such a table in a workspace of its own, beside what the small one has."""
    settings = replace(lab.settings, unit="headline")
    home, link = train_beside(lab, folder, words_table(), settings)
    return replace(lab, home=home, dataset=link["dataset"], run=link["run"])


def use(lab: SmallLab, patch: pytest.MonkeyPatch) -> None:
    """Set the workspace as a test's own, with few trees."""
    from core.train.models import forest

    patch.setenv("HEADLINE_LAB_HOME", str(lab.home))
    patch.setattr(forest, "TREES", 25)
