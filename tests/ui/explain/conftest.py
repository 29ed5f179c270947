"""A run of three classes on the small workspace's headlines."""

from __future__ import annotations

import numpy as np
import pytest

from tests.makers.small_lab import table_of, train_beside
from tests.makers.train_tables import make_dataset

CLASSES = ("부정", "중립", "긍정")


@pytest.fixture(scope="session")
def three_lab(finished_small_lab, tmp_path_factory):
    """Return the workspace's folder and what a link to the run carries."""
    small = table_of(finished_small_lab)
    labels = np.array(CLASSES)[np.digitize(small.features["RSI"], [-0.4, 0.4])]
    features = {name: small.features[name].to_numpy() for name in small.features}
    data = make_dataset(labels, np.arange(60) // 3, features, kind="label", name="fedcba9876543210")
    data.frame["headline"] = small.headlines
    folder = tmp_path_factory.mktemp("three")
    return train_beside(finished_small_lab, folder, data, finished_small_lab.settings)


@pytest.fixture
def three(three_lab, monkeypatch):
    """Use the workspace; return what a link to the run carries."""
    home, link = three_lab
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    return link
