from dataclasses import replace

import numpy as np
import pytest

from core.jobs import silent
from core.train.models import forest
from core.train.models.registry import MODELS
from tests.makers.model_samples import TARGETS, X, sample


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(forest, "TREES", 25)


def test_a_forest_of_early_rows_without_a_class_gives_it_no_chance():
    y = TARGETS[3].copy()
    y[:100][y[:100] == 1] = 2
    p = MODELS["rf"].fit(replace(sample(3), y=y).take(np.arange(100)), silent).predict(X)
    assert p.shape == (200, 3)
    assert (p[:, 1] == 0).all()
    assert p.sum(axis=1) == pytest.approx(1)


def test_a_saved_forest_holds_no_weight_of_a_training_row():
    weighted = replace(sample(2), weight=np.linspace(1, 2, 200))
    assert MODELS["rf"].fit(weighted, silent).estimator._sample_weight is None


def test_the_forest_trusts_no_type_but_the_tree():
    assert forest.TRUSTED == ["sklearn.tree._tree.Tree"]
