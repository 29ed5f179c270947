from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from core.jobs import Cancelled, silent
from core.train.models import forest
from core.train.models.model import hyperparameters_of
from core.train.models.registry import MODELS
from core.train.models.sample import Sample
from tests.makers.model_samples import TARGETS, X, sample


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(forest, "TREES", 25)


BOOSTED = ["xgb", "lgbm"]
EVERY = pytest.mark.parametrize("name", list(MODELS))
TASK = pytest.mark.parametrize("classes", [0, 2, 3])
PLAIN = {  # no random share of rows or columns, nothing that counts rows: only weights matter
    "xgb": {"subsample": 1.0, "colsample_bytree": 1.0, "min_child_weight": 0.5, "reg_lambda": 0.1},
    "lgbm": {"bagging_fraction": 1.0, "feature_fraction": 1.0, "min_data_in_leaf": 3},
}


@EVERY
@TASK
def test_a_model_learns_what_is_there(name, classes):
    model = MODELS[name].fit(sample(classes), silent)
    p = model.predict(X)
    if classes:
        assert p.shape == (200, classes)
        assert p.sum(axis=1) == pytest.approx(1)
        assert (p.argmax(axis=1) == TARGETS[classes]).mean() > 0.8
    else:
        assert p.shape == (200,)
        assert np.corrcoef(p, TARGETS[0])[0, 1] > 0.8


@EVERY
@TASK
def test_bytes_bring_back_the_same_predictions_and_contributions(name, classes):
    kind = MODELS[name]
    model = kind.fit(sample(classes), silent)
    again = kind.from_bytes(model.to_bytes(), classes)
    assert np.array_equal(again.predict(X), model.predict(X))
    assert np.array_equal(again.contributions(X[:5])[0], model.contributions(X[:5])[0])
    assert again.size == model.size


@EVERY
def test_the_same_seed_gives_the_same_model_and_another_another(name):
    kind = MODELS[name]
    first, again, other = (kind.fit(sample(2, seed), silent).predict(X) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@EVERY
@TASK
def test_contributions_and_base_add_up_to_the_output(name, classes):
    model = MODELS[name].fit(sample(classes), silent)
    values, base = model.contributions(X)
    total = values.sum(axis=1) + base
    p = model.predict(X)
    if not model.margins:
        expected = p.reshape(200, -1)
    elif classes == 2:
        expected = np.log(p[:, [1]] / p[:, [0]])
    else:
        total, expected = total - total.mean(axis=1, keepdims=True), np.log(p)
        expected = expected - expected.mean(axis=1, keepdims=True)
    assert total == pytest.approx(expected, abs=1e-4)


@EVERY
def test_a_model_can_be_cancelled_while_it_is_fitted(name):
    def stop(fraction, template, **params):
        raise Cancelled

    with pytest.raises(Cancelled):
        MODELS[name].fit(sample(2), stop)


@EVERY
def test_progress_never_falls_and_ends_at_one(name):
    seen = []
    MODELS[name].fit(sample(2), lambda fraction, template, **params: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] == 1


@pytest.mark.slow
@EVERY
def test_threads_that_share_a_model_all_get_its_answers(name):
    model = MODELS[name].fit(sample(2), silent)
    model = MODELS[name].from_bytes(model.to_bytes(), 2)
    predicted, (values, _) = model.predict(X[:3]), model.contributions(X[:3])

    def ask(_):
        same = [np.array_equal(model.predict(X[:3]), predicted) for _ in range(80)]
        return all(same) and all(np.allclose(model.contributions(X[:3])[0], values) for _ in range(5))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))


def grid(classes):
    """Rows at nine points, so that the fewest rows of a leaf matter nowhere."""
    rng = np.random.default_rng(4)
    rows = rng.integers(0, 3, (120, 2)).astype(np.float32)
    signal = rows[:, 0] + rng.normal(size=120)
    y = 0.01 * signal if classes == 0 else np.digitize(signal, [1.5] if classes == 2 else [1, 2])
    return rows, y.astype(float)


@pytest.mark.parametrize("name", BOOSTED)
@TASK
def test_a_weight_of_two_is_the_row_twice(name, classes):
    rows, y = grid(classes)
    weight = np.resize([1, 2, 2], 120)
    twice = np.repeat(np.arange(120), weight)
    none = np.empty(0, int)

    def fitted(X, y, weight):
        made = Sample(X, y, np.arange(len(y)), none, classes, 0, weight, parameters=PLAIN)
        return MODELS[name].fit(made, silent).predict(rows)

    weighted, repeated = fitted(rows, y, weight.astype(float)), fitted(rows[twice], y[twice], None)
    plain = fitted(rows, y, None)
    gap = np.abs(weighted - repeated).max()
    assert (
        gap < 0.35 * np.abs(plain - repeated).max()
    )  # a ridge of one row, and bins of another total, remain


@EVERY
@TASK
def test_rows_that_weigh_nothing_teach_nothing(name, classes):
    made = sample(classes)
    contrary = made.y.copy()
    contrary[::2] = made.y.max() + made.y.min() - made.y[::2]
    weight = np.resize([0.0, 1.0], 200)
    p = MODELS[name].fit(replace(made, y=contrary, weight=weight), silent).predict(X)
    if classes:
        assert (p.argmax(axis=1) == made.y).mean() > 0.8
    else:
        assert np.corrcoef(p, made.y)[0, 1] > 0.8


@EVERY
def test_balanced_classes_lift_the_recall_of_a_rare_one(name):
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(600, 5)).astype(np.float32)
    y = (rows[:, 0] + rng.normal(size=600) > 2.2).astype(float)
    made = Sample(rows, y, np.arange(450), np.arange(450, 600), 2, 0)
    recall = {}
    for class_weight in ("none", "balanced"):
        p = MODELS[name].fit(replace(made, class_weight=class_weight), silent).predict(rows)
        recall[class_weight] = (p[y == 1, 1] > 0.5).mean()
    assert recall["balanced"] > recall["none"] + 0.2


@EVERY
def test_the_defaults_lie_in_the_ranges_that_are_searched(name):
    kind = MODELS[name]
    large = Sample(np.zeros((4000, 400), np.float32), np.zeros(4000), np.arange(0), np.arange(0), 2, 0)
    defaults = kind.defaults(large)
    assert list(defaults) == [p.name for p in kind.entry.hyperparameters]
    assert all(p.low <= defaults[p.name] <= p.high for p in kind.entry.hyperparameters)


@EVERY
def test_parameters_change_their_own_model_alone(name):
    kind = MODELS[name]
    chosen = {"rf": {"max_depth": 3}, "xgb": {"max_depth": 2}, "lgbm": {"max_depth": 2}}
    others = {other: values for other, values in chosen.items() if other != name}
    plain = kind.fit(sample(2), silent).predict(X)
    assert np.array_equal(kind.fit(replace(sample(2), parameters=others), silent).predict(X), plain)
    assert not np.array_equal(kind.fit(replace(sample(2), parameters=chosen), silent).predict(X), plain)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"max_depth": 13}, "3 to 12"),
        ({"min_samples_leaf": 1}, "5"),
        ({"tree": 1}, "no hyperparameter 'tree'"),
    ],
)
def test_parameters_out_of_their_range_are_refused(values, words):
    with pytest.raises(ValueError, match=words):
        MODELS["rf"].fit(replace(sample(2), parameters={"rf": values}), silent)


def test_whole_numbers_stay_whole():
    chosen = hyperparameters_of(MODELS["xgb"], replace(sample(2), parameters={"xgb": {"max_depth": 3.0}}))
    assert isinstance(chosen["max_depth"], int)


@EVERY
@TASK
def test_a_trial_predicts_the_validation_rows_without_having_learnt_from_them(name, classes):
    made = sample(classes)
    p = MODELS[name].trial(made, silent)
    assert p.shape == ((50, classes) if classes else (50,))
    true = made.y[150:]
    if classes:
        assert (p.argmax(axis=1) == true).mean() > 0.7
    else:
        assert np.corrcoef(p, true)[0, 1] > 0.7
