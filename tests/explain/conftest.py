"""Runs to explain, each trained once."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.train.models import forest
from core.train.pipeline import train
from core.train.settings import TrainSettings
from tests.makers.train_tables import signal, three_classes


@pytest.fixture(scope="module")
def few_trees():
    """The forests that a test trains itself are small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 25)
        yield


def _trained(dataset, vectors, settings):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 25)
        return train(dataset, vectors, settings), dataset, vectors


@pytest.fixture(scope="session")
def classified():
    dataset, vectors = signal()
    return _trained(dataset, vectors, TrainSettings())


@pytest.fixture(scope="session")
def returned():
    dataset, vectors = signal()
    return _trained(dataset, vectors, TrainSettings(task="regress"))


@pytest.fixture(scope="session")
def labelled():
    dataset, vectors = three_classes()
    return _trained(dataset, vectors, TrainSettings())


@pytest.fixture(scope="session")
def worded():
    dataset, vectors = signal()
    words = np.where(dataset.frame["target"] > 0, "급등", "급락")
    text = pd.Series(
        [f"삼성전자 {word}{'!' * (number % 5)}" for number, word in enumerate(words)], dtype="str"
    )
    dataset = replace(dataset, frame=dataset.frame.assign(headline=text))
    return _trained(dataset, vectors, TrainSettings(extras=("length", "keywords", "morphemes")))
