import numpy as np
import pytest

from core.jobs import silent
from core.train.models.forest import Forest
from core.train.models.histogram_forest import HistogramForest
from core.train.models.registry import MODELS, STAND_INS
from tests.makers.model_samples import X, sample


@pytest.fixture(scope="module", params=[0, 2, 3])
def pair(request):
    return HistogramForest.fit(sample(request.param), silent), Forest.fit(sample(request.param), silent)


def test_it_predicts_nearly_what_the_ordinary_forest_does(pair):
    ours, theirs = (model.predict(X) for model in pair)
    assert ours.shape == theirs.shape
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.97


def test_probabilities_lie_between_0_and_1_and_add_up(pair):
    p = pair[0].predict(X)
    if p.ndim == 2:
        assert (p >= 0).all()
        assert p.sum(axis=1) == pytest.approx(1)


def test_contributions_are_in_the_unit_of_the_prediction_and_add_up_to_it(pair):
    ours, theirs = pair
    values, base = ours.contributions(X)
    assert values.shape == theirs.contributions(X)[0].shape
    off = np.abs(values.sum(axis=1) + base - ours.predict(X).reshape(len(X), -1))
    assert off.max() < (0.05 if ours.classes > 2 else 1e-5)  # of three classes shares below 0 are cut off
    assert off.mean() < 0.005
    assert ours.margins is theirs.margins


def test_it_counts_its_trees_as_the_ordinary_forest_does(pair):
    assert pair[0].size == pair[1].size


def test_it_is_the_same_once_saved_and_read(pair):
    model = pair[0]
    read = HistogramForest.from_bytes(model.to_bytes(), model.classes)
    np.testing.assert_array_equal(read.predict(X), model.predict(X))
    assert read.size == model.size


def test_a_trial_predicts_the_later_rows_by_the_earlier_ones():
    assert HistogramForest.trial(sample(2), silent).shape == (50, 2)


def test_a_stand_in_has_the_name_of_its_model_and_a_file_of_its_own():
    for key, kind in STAND_INS.items():
        assert (kind.entry.key, kind.entry.title) == (MODELS[key].entry.key, MODELS[key].entry.title)
        assert kind.entry.file != MODELS[key].entry.file
