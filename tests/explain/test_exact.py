"""Exact Shapley values of the groups: what they sum to, and what they say where the truth is known."""

import numpy as np
import pytest

from core.evaluate.predictions import MEAN
from core.explain import exact_values_of, explain_run
from core.train.models import forest
from core.train.pipeline import train
from core.train.settings import TrainSettings
from tests.makers.train_tables import make_dataset, three_classes


def trained(data, vectors, **settings):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 25)
        return train(data, vectors, TrainSettings(**settings))


@pytest.fixture(scope="module")
def planted():
    """The return follows `x` alone; `idle` and the vectors are noise."""
    rng = np.random.default_rng(3)
    x, idle = rng.normal(size=(2, 240))
    data = make_dataset(0.02 * x, np.arange(240) // 8, {"x": x, "idle": idle})
    vectors = rng.normal(size=(240, 3)).astype(np.float32)
    return trained(data, vectors, task="regress"), data, vectors


def test_they_sum_to_the_prediction_for_each_model_and_the_mean_is_their_mean(planted):
    run, data, vectors = planted
    position = int(run.predictions.test.positions(data)[5])
    found = exact_values_of(run, data, vectors, position)
    assert found.error == 0
    for name, values in found.values.items():
        assert values.sum() == pytest.approx(found.prediction[name] - found.base[name], abs=1e-9), name
    assert found.values[MEAN] == pytest.approx(np.mean([found.values[name] for name in run.models], axis=0))


def test_the_group_that_decides_has_nearly_all_and_the_bars_say_nearly_the_same(planted):
    run, data, vectors = planted
    bars = explain_run(run, data, vectors)
    x = bars.groups.index("x")
    exact = np.array([exact_values_of(run, data, vectors, int(row)).values[MEAN] for row in bars.rows[:20]])
    assert np.abs(exact[:, x]).mean() > 4 * np.abs(np.delete(exact, x, axis=1)).mean()
    assert np.corrcoef(exact.ravel(), bars.values[MEAN][:20].ravel())[0, 1] > 0.9


@pytest.mark.slow
def test_calibrated_probabilities_are_explained_as_they_are_shown():
    data, vectors = three_classes()
    run = trained(data, vectors, calibrate="isotonic")
    position = int(run.predictions.test.positions(data)[0])
    shown = run.predictions.test.at(data, np.array([position]))
    for number in range(3):
        found = exact_values_of(run, data, vectors, position, number)
        assert found.prediction[MEAN] == pytest.approx(float(shown[MEAN][0, number]), abs=1e-6)
        assert found.values[MEAN].sum() == pytest.approx(found.prediction[MEAN] - found.base[MEAN], abs=1e-9)
