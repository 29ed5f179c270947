"""A workspace with a trained run in a second or two: a tiny encoder, sixty rows, few trees."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from tests.makers.tiny_encoders import CORPUS, save_wordpiece
from tests.makers.train_tables import OUTLETS, make_dataset

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from core.train import TrainSettings

ROWS = 60


@dataclass(frozen=True)
class SmallLab:
    """A workspace, its dataset, the folder of its encoder, and a run of win or lose."""

    home: Path
    dataset: str
    encoder: str
    run: str

    @property
    def settings(self) -> TrainSettings:
        """What the run was trained with."""
        from core.train import TrainSettings

        return TrainSettings("classify", encoder=self.encoder, pooling="mean")

    @property
    def link(self) -> dict[str, str]:
        """What a link to the run carries."""
        return {"dataset": self.dataset, "run": self.run}


def fresh_copy(lab: SmallLab, home: Path) -> Path:
    """Copy a workspace, without what other tests have had computed of its run; return where it is."""
    computed = shutil.ignore_patterns("explain-*", "words-*", "staircase.json", "maps")
    return Path(shutil.copytree(lab.home, home, symlinks=True, ignore=computed))


def make_small_lab(folder: Path) -> SmallLab:
    """Make a workspace in a folder; the caller has to set `HEADLINE_LAB_HOME` to use it."""
    from core.data.library import save_dataset
    from core.embed import embed
    from core.train import train_and_record
    from core.train.models import forest

    encoder = str(save_wordpiece(folder / "tiny"))
    rng = np.random.default_rng(0)
    features = {"RSI": rng.normal(size=ROWS), "거래량": rng.normal(size=ROWS)}
    target = 0.01 * (features["RSI"] + 0.3 * rng.normal(size=ROWS))
    press = OUTLETS[rng.integers(0, 3, ROWS)]
    data = make_dataset(target, np.arange(ROWS) // 3, features, press, name="0123456789abcdef")
    texts = [f"{CORPUS[number % len(CORPUS)]} {number}" for number in range(ROWS)]
    data.frame["headline"] = texts
    data.frame["time"] = data.frame["session"] + pd.to_timedelta(8 + np.arange(ROWS) % 7, unit="h")
    home = folder / "home"
    home.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(home))
        patch.setattr(forest, "TREES", 25)
        save_dataset(data)
        vectors = embed(data.headlines, encoder, "mean").vectors
        lab = SmallLab(home, data.id, encoder, "")
        return replace(lab, run=train_and_record(data, vectors, lab.settings).id)


def train_beside(
    lab: SmallLab, folder: Path, data: Dataset, settings: TrainSettings
) -> tuple[Path, dict[str, str]]:
    """Copy the workspace into a folder, train on another table of the same headlines; return folder and link."""
    from core.data.library import save_dataset
    from core.embed import embed
    from core.train import train_and_record
    from core.train.models import forest

    home = shutil.copytree(lab.home, folder / "home", symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(home))
        patch.setattr(forest, "TREES", 25)
        save_dataset(data)
        run = train_and_record(data, embed(data.headlines, lab.encoder, "mean").vectors, settings)
    return home, {"dataset": data.id, "run": run.id}


def table_of(lab: SmallLab) -> Dataset:
    """Return the workspace's own table."""
    from core.data.library import load_dataset

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(lab.home))
        return load_dataset(lab.dataset)
