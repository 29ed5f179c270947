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


@pytest.mark.parametrize("classes", [0, 2, 3])
@pytest.mark.parametrize("rows", [1, 200])
def test_the_forest_predicts_what_scikit_learn_does(classes, rows):
    fitted = MODELS["rf"].fit(sample(classes), silent)
    own = fitted.estimator.predict_proba(X[:rows]) if classes else fitted.estimator.predict(X[:rows])
    assert np.array_equal(fitted.predict(X[:rows]), own)


def test_the_forest_refuses_a_row_that_is_not_all_numbers():
    fitted = MODELS["rf"].fit(sample(2), silent)
    row = X[:1].copy()
    row[0, 0] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        fitted.predict(row)
