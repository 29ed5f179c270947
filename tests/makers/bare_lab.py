"""A workspace whose table has headlines and three classes and nothing else: no date, outlet, company or feature."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.makers.small_lab import SmallLab
from tests.makers.tiny_encoders import CORPUS, save_wordpiece
from tests.makers.train_tables import make_dataset

ROWS = 90
CLASSES = ("negative", "neutral", "positive")


def make_bare_lab(folder: Path) -> SmallLab:
    """Make a workspace in a folder; the caller has to set `HEADLINE_LAB_HOME` to use it."""
    from core.data.library import save_dataset
    from core.embed import embed
    from core.train import TrainSettings, train_and_record
    from core.train.models import forest

    encoder = str(save_wordpiece(folder / "tiny"))
    data = make_dataset(np.array(CLASSES)[np.arange(ROWS) % 3], kind="label", name="fedcba9876543210")
    data.frame["headline"] = [f"{CORPUS[number % len(CORPUS)]} {number}" for number in range(ROWS)]
    data.frame["company"] = None
    home = folder / "home"
    home.mkdir()
    settings = TrainSettings("classify", split="group", encoder=encoder, pooling="mean", use_press=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(home))
        patch.setattr(forest, "TREES", 25)
        save_dataset(data)
        vectors = embed(data.headlines, encoder, "mean").vectors
        lab = SmallLab(home, data.id, encoder, "")
        return replace(lab, run=train_and_record(data, vectors, settings).id)
