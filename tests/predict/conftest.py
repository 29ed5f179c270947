"""A trained run, its dataset and vectors, and a run that reads everything of a headline."""

from dataclasses import replace

import pandas as pd
import pytest

from core.data.library import load_dataset
from core.embed import vectors_if_stored
from core.train import load_run, train
from core.train.features.registry import EXTRAS
from core.train.models import forest


@pytest.fixture
def run(small_lab):
    return load_run(small_lab.run)


@pytest.fixture
def data(small_lab):
    return load_dataset(small_lab.dataset)


@pytest.fixture
def vectors(small_lab, data):
    return vectors_if_stored(data.headlines, small_lab.encoder, "mean")


@pytest.fixture
def table(data):
    """The dataset as a user's file, as text."""
    frame = data.frame[["headline", "press"]].rename(columns={"headline": "제목", "press": "언론사"})
    frame["작성일시"] = data.frame["time"].dt.strftime("%Y-%m-%d %H:%M")
    return pd.concat([frame, data.features.map(repr)], axis=1).astype("str")


@pytest.fixture(scope="session")
def worded(finished_small_lab):
    """A run that reads everything of a headline: text features, its time, components."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(finished_small_lab.home))
        patch.setattr(forest, "TREES", 25)
        data = load_dataset(finished_small_lab.dataset)
        vectors = vectors_if_stored(data.headlines, finished_small_lab.encoder, "mean")
        settings = replace(
            finished_small_lab.settings,
            extras=tuple(key for key in EXTRAS if key != "classifier"),
            components=4,
            winsor=0.01,
        )
        return train(data, vectors, settings)
