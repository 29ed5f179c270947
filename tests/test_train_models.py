from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.jobs import Cancelled, silent
from core.train import boosted, forest
from core.train.models import MEAN, TITLES, Sample, models

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 5)).astype(np.float32)
TARGETS = {
    0: 0.01 * X[:, 0] + 0.001 * RNG.normal(size=200),
    2: (X[:, 0] > 0).astype(float),
    3: np.digitize(X[:, 0], [-0.5, 0.5]).astype(float),
}


def sample(classes, seed=0, valid=True):
    fit, later = np.arange(150), np.arange(150, 200) if valid else np.empty(0, int)
    return Sample(X, TARGETS[classes], fit, later, classes, seed)


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(forest, "TREES", 50)


EVERY = pytest.mark.parametrize("name", ["rf", "xgb", "lgbm"])
TASK = pytest.mark.parametrize("classes", [0, 2, 3])


@EVERY
@TASK
def test_a_model_learns_what_is_there(name, classes):
    model = models()[name].fit(sample(classes), silent)
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
    kind = models()[name]
    model = kind.fit(sample(classes), silent)
    again = kind.from_bytes(model.to_bytes(), classes)
    assert np.array_equal(again.predict(X), model.predict(X))
    assert np.array_equal(again.contributions(X[:5])[0], model.contributions(X[:5])[0])
    assert again.size == model.size


@EVERY
def test_the_same_seed_gives_the_same_model_and_another_another(name):
    kind = models()[name]
    first, again, other = (kind.fit(sample(2, seed), silent).predict(X) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@EVERY
@TASK
def test_contributions_and_base_add_up_to_the_output(name, classes):
    model = models()[name].fit(sample(classes), silent)
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
        models()[name].fit(sample(2), stop)


@EVERY
def test_progress_never_falls_and_ends_at_one(name):
    seen = []
    models()[name].fit(sample(2), lambda fraction, template, **params: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] == 1


@pytest.mark.parametrize("name", ["xgb", "lgbm"])
def test_early_stopping_keeps_few_rounds_where_later_rows_contradict(name):
    made = sample(2)
    contrary = made.y.copy()
    contrary[150:] = 1 - contrary[150:]
    fitted = models()[name].fit(Sample(X, contrary, made.fit, made.valid, 2, 0), silent)
    assert fitted.size == boosted.LEAST_ROUNDS
    assert models()[name].fit(made, silent).size > 2 * boosted.LEAST_ROUNDS


@pytest.mark.parametrize("name", ["xgb", "lgbm"])
def test_without_validation_rows_a_fixed_number_of_rounds_is_fitted(name):
    assert models()[name].fit(sample(2, valid=False), silent).size == boosted.ROUNDS_WITHOUT_VALIDATION


@EVERY
def test_threads_that_share_a_model_all_get_its_answers(name):
    model = models()[name].fit(sample(2), silent)
    model = models()[name].from_bytes(model.to_bytes(), 2)
    predicted, (values, _) = model.predict(X[:3]), model.contributions(X[:3])

    def ask(_):
        same = [np.array_equal(model.predict(X[:3]), predicted) for _ in range(80)]
        return all(same) and all(np.allclose(model.contributions(X[:3])[0], values) for _ in range(5))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))


def test_the_forest_trusts_no_type_but_the_tree():
    assert forest.TRUSTED == ["sklearn.tree._tree.Tree"]


def test_every_model_has_a_title():
    assert {*models(), MEAN} <= set(TITLES)
