from dataclasses import replace

import numpy as np
import pytest

from core.jobs import Cancelled, silent
from core.train.models import ensemble, forest
from core.train.models.combinations import MEAN, Combiners
from core.train.models.ensemble import Ensemble, out_of_fold, predict_all
from core.train.models.registry import MODELS
from tests.makers.model_samples import FOLDS, X, sample


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(forest, "TREES", 25)


TASK = pytest.mark.parametrize("classes", [0, 2, 3])


def test_the_ensemble_is_the_models_fitted_one_by_one():
    made = Ensemble.fit(sample(2), silent)
    assert list(made.models) == list(MODELS) == list(made.seconds)
    for name, kind in MODELS.items():
        assert np.array_equal(made.models[name].predict(X), kind.fit(sample(2), silent).predict(X))


@pytest.mark.parametrize("cores", [1, 2, 5])
def test_the_number_of_cores_changes_nothing(cores, monkeypatch):
    here = Ensemble.fit(sample(2), silent).predict(X)
    monkeypatch.setattr(ensemble, "cores", lambda: cores)
    there = Ensemble.fit(sample(2), silent).predict(X)
    assert all(np.array_equal(here[name], there[name]) for name in here)


@pytest.mark.parametrize("cores", [1, 2, 3, 8])
@pytest.mark.parametrize("small", [True, False])
def test_models_at_the_same_time_have_no_more_threads_than_cores(cores, small, monkeypatch):
    monkeypatch.setattr(ensemble, "cores", lambda: cores)
    monkeypatch.setattr(ensemble, "threads", lambda X: 1 if small else cores)
    lanes, given = ensemble.lanes_and_threads(X)
    assert lanes == min(cores, len(MODELS))
    largest = sorted(given.values())[-lanes:]
    assert min(largest) >= 1
    assert sum(largest) <= cores


def test_hyperparameters_of_an_unknown_model_are_refused():
    with pytest.raises(ValueError, match="svm"):
        Ensemble.fit(replace(sample(2), parameters={"svm": {}}), silent)


@TASK
def test_the_ensemble_predicts_by_mean_and_rank_mean(classes):
    made = Ensemble.fit(sample(classes), silent)
    p = made.predict(X)
    assert list(p) == ["rf", "xgb", "lgbm", "mean", "rank_mean"]
    assert p["mean"] == pytest.approx((p["rf"] + p["xgb"] + p["lgbm"]) / 3)
    last = (p[name][:, -1] if classes else p[name] for name in ("rank_mean", "mean"))
    assert np.corrcoef(*last)[0, 1] > 0.98


@pytest.mark.slow
@TASK
def test_with_folds_the_ensemble_stacks(classes):
    made = Ensemble.fit(replace(sample(classes), folds=FOLDS), silent)
    p = made.predict(X)
    assert list(p)[-1] == "stack"
    rows, inner = made.inner
    assert rows.tolist() == list(range(80, 200))
    assert {name: len(values) for name, values in inner.items()} == dict.fromkeys(MODELS, 120)
    assert p["stack"].shape == p["mean"].shape
    again = Combiners.from_arrays(made.combiners.to_arrays())
    for name, values in predict_all(made.models, X, again).items():
        assert np.array_equal(values, p[name])


def test_runs_saved_without_combiners_have_the_mean_alone():
    assert list(predict_all(Ensemble.fit(sample(2), silent).models, X, Combiners.from_arrays({})))[3:] == [
        MEAN
    ]


def test_out_of_fold_predictions_know_nothing_of_their_own_fold_or_later():
    made = replace(sample(2), folds=FOLDS)
    rows, p = out_of_fold(made, silent)
    assert rows.tolist() == list(range(80, 200))
    changed = made.y.copy()
    changed[120:] = 1 - changed[120:]
    _, other = out_of_fold(replace(made, y=changed), silent)
    for name in p:
        assert np.array_equal(p[name][:80], other[name][:80])  # of rows 80 to 159
        assert not np.array_equal(p[name][80:], other[name][80:])


def test_progress_of_a_stacked_ensemble_never_falls_and_ends_at_one():
    seen = []
    folded = replace(sample(2), folds=FOLDS)
    Ensemble.fit(folded, lambda fraction, template, **params: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1)


def test_an_ensemble_can_be_cancelled_in_the_middle():
    def stop(fraction, template, **params):
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        Ensemble.fit(sample(2), stop)
