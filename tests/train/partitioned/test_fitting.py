import numpy as np
import pandas as pd
import pytest

from core.jobs import silent
from core.train.features.inputs import Inputs
from core.train.features.preparation import Preparation
from core.train.models import boosted, forest
from core.train.models.lightgbm_model import LightGBM
from core.train.models.registry import MODELS
from core.train.models.sample import Sample
from core.train.partitioned import blocks, tracker
from core.train.partitioned.blocks import Blocks
from core.train.partitioned.fitting import FITS, _losses, fit_models, out_of_fold, predict, stopped
from core.train.partitioned.share import Share
from tests.makers.model_samples import FOLDS, TARGETS, X


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(forest, "TREES", 25)
    monkeypatch.setattr(boosted, "MOST_ROUNDS", 60)
    monkeypatch.setattr(blocks, "MOST_ROWS", 25)


def share(client, classes):
    inputs = Inputs(X, pd.DataFrame(index=range(len(X))), None)
    fit, valid = np.arange(150), np.arange(150, 200)
    sample = Sample(np.zeros((200, 0), np.float32), TARGETS[classes], fit, valid, classes, 0, folds=FOLDS[:1])
    sets = [fit, valid, *(rows for fold in FOLDS[:1] for rows in fold)]
    return Share(Blocks.of(client, Preparation.fit(inputs), inputs, sets), sample, np.arange(200))


def test_every_model_has_a_way_to_train_in_partitions():
    assert list(FITS) == list(MODELS)


@pytest.mark.slow
@pytest.mark.parametrize("classes", [0, 2, 3])
def test_models_in_partitions_predict_nearly_what_models_in_one_piece_do(one_worker, classes):
    made = share(one_worker, classes)
    fitted, seconds = fit_models(made, silent)
    assert list(fitted) == list(seconds) == list(MODELS)
    for name, model in fitted.items():
        whole = MODELS[name].fit(
            Sample(X, TARGETS[classes], made.sample.fit, made.sample.valid, classes, 0), silent
        )
        ours, theirs = model.predict(X), whole.predict(X)
        assert ours.shape == theirs.shape
        assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.97, name


def test_xgboost_meets_its_workers_at_the_tracker_apart(one_worker, monkeypatch):
    asked, own = [], tracker._asked
    monkeypatch.setattr(tracker, "_asked", lambda line: asked.append(line) or own(line))
    with one_worker.as_current():
        FITS["rf"](share(one_worker, 2))
    assert asked


def test_later_rows_are_predicted_by_models_of_earlier_ones_in_their_order(one_worker):
    made = share(one_worker, 2)
    rows, predictions = out_of_fold(made, silent)
    np.testing.assert_array_equal(rows, FOLDS[0][1])
    for p in predictions.values():
        assert p.shape == (40, 2)
        assert ((p[:, 1] > 0.5) == TARGETS[2][rows]).mean() > 0.8


@pytest.mark.slow
def test_predictions_where_the_blocks_lie_are_those_of_the_matrix(one_worker):
    made = share(one_worker, 0)
    with one_worker.as_current():
        model = FITS["lgbm"](made)
    rows = made.sample.fit
    np.testing.assert_allclose(predict(made, model, rows), model.predict(X[rows]))


@pytest.mark.parametrize(("classes", "metric"), [(0, "l2"), (2, "binary_logloss"), (3, "multi_logloss")])
def test_the_loss_of_every_round_is_that_of_lightgbm(classes, metric):
    import lightgbm

    y = TARGETS[classes]
    options = LightGBM.parameters(Sample(X, y, np.arange(150), np.arange(150, 200), classes, 0))
    fit = lightgbm.Dataset(X[:150], y[:150])
    later = lightgbm.Dataset(X[150:], y[150:], reference=fit)
    said = {}
    booster = lightgbm.train(
        options | {"metric": metric},
        fit,
        30,
        valid_sets=[later],
        callbacks=[lightgbm.record_evaluation(said)],
    )
    ours = _losses(X[150:], y[150:], np.ones(50), booster.model_to_string(), classes) / 50
    np.testing.assert_allclose(ours, said["valid_0"][metric], rtol=1e-5)


def test_it_stops_at_the_first_round_that_none_of_the_next_beats(monkeypatch):
    monkeypatch.setattr(boosted, "PATIENCE", 3)
    assert stopped(np.array([5.0, 4, 4.5, 4.4, 4.3, 1])) == 1
    assert stopped(np.array([5.0, 4, 4.5, 4.4, 3, 3.5])) == 4
    assert stopped(np.array([5.0, 4, 3])) == 2
