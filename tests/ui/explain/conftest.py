"""A run of three classes on the small workspace's headlines."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from core.data.library import load_dataset, save_dataset
from tests.makers.train_tables import make_dataset

CLASSES = ("부정", "중립", "긍정")


@pytest.fixture(scope="session")
def three_lab(finished_small_lab, tmp_path_factory):
    """Return the workspace's folder and what a link to the run carries."""
    from core.embed import embed
    from core.train import train_and_record
    from core.train.models import forest

    home = shutil.copytree(finished_small_lab.home, tmp_path_factory.mktemp("three") / "home", symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(home))
        patch.setattr(forest, "TREES", 25)
        small = load_dataset(finished_small_lab.dataset)
        labels = np.array(CLASSES)[np.digitize(small.features["RSI"], [-0.4, 0.4])]
        features = {name: small.features[name].to_numpy() for name in small.features}
        data = make_dataset(labels, np.arange(60) // 3, features, kind="label", name="fedcba9876543210")
        data.frame["headline"] = small.headlines
        save_dataset(data)
        vectors = embed(data.headlines, finished_small_lab.encoder, "mean").vectors
        run = train_and_record(data, vectors, finished_small_lab.settings)
    return home, {"dataset": data.id, "run": run.id}


@pytest.fixture
def three(three_lab, monkeypatch):
    """Use the workspace; return what a link to the run carries."""
    home, link = three_lab
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    return link
