from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from core.jobs import Cancelled, silent
from core.train.models import boosted, ensemble, forest
from core.train.models.ensemble import Combiners, Ensemble, out_of_fold, predict_all
from core.train.models.model import MEAN, TITLES, Sample, models, settled

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


PLAIN = {  # no random share of rows or columns, nothing that counts rows: only weights matter
    "xgb": {"subsample": 1.0, "colsample_bytree": 1.0, "min_child_weight": 0.5, "reg_lambda": 0.1},
    "lgbm": {"bagging_fraction": 1.0, "feature_fraction": 1.0, "min_data_in_leaf": 3},
}


def grid(classes):
    """Rows at nine points, so that the fewest rows of a leaf matter nowhere."""
    rng = np.random.default_rng(4)
    rows = rng.integers(0, 3, (120, 2)).astype(np.float32)
    signal = rows[:, 0] + rng.normal(size=120)
    y = 0.01 * signal if classes == 0 else np.digitize(signal, [1.5] if classes == 2 else [1, 2])
    return rows, y.astype(float)


@pytest.mark.parametrize("name", ["xgb", "lgbm"])
@TASK
def test_a_weight_of_two_is_the_row_twice(name, classes):
    rows, y = grid(classes)
    weight = np.resize([1, 2, 2], 120)
    twice = np.repeat(np.arange(120), weight)
    none = np.empty(0, int)

    def fitted(X, y, weight):
        made = Sample(X, y, np.arange(len(y)), none, classes, 0, weight, parameters=PLAIN)
        return models()[name].fit(made, silent).predict(rows)

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
    p = models()[name].fit(replace(made, y=contrary, weight=weight), silent).predict(X)
    if classes:
        assert (p.argmax(axis=1) == made.y).mean() > 0.8
    else:
        assert np.corrcoef(p, made.y)[0, 1] > 0.8


@pytest.mark.parametrize("name", ["xgb", "lgbm"])
def test_early_stopping_listens_to_rows_that_weigh(name):
    made = sample(2)
    contrary = made.y.copy()
    contrary[150:] = 1 - contrary[150:]
    contrary[190:] = made.y[190:]
    weight = np.where(np.arange(200) < 190, 1.0, 1000.0)
    fit = replace(made, y=contrary)
    assert models()[name].fit(fit, silent).size == boosted.LEAST_ROUNDS
    assert models()[name].fit(replace(fit, weight=weight), silent).size > 2 * boosted.LEAST_ROUNDS


@EVERY
def test_balanced_classes_lift_the_recall_of_a_rare_one(name):
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(600, 5)).astype(np.float32)
    y = (rows[:, 0] + rng.normal(size=600) > 2.2).astype(float)
    made = Sample(rows, y, np.arange(450), np.arange(450, 600), 2, 0)
    recall = {}
    for class_weight in ("none", "balanced"):
        p = models()[name].fit(replace(made, class_weight=class_weight), silent).predict(rows)
        recall[class_weight] = (p[y == 1, 1] > 0.5).mean()
    assert recall["balanced"] > recall["none"] + 0.2


def test_balanced_classes_weigh_the_same_and_rows_one_on_average():
    y = np.array([0.0, 0, 0, 1])
    made = Sample(X[:4], y, np.arange(4), np.arange(0), 2, 0, class_weight="balanced")
    assert made.row_weight == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])
    weighted = replace(made, weight=np.array([3.0, 1, 1, 1])).row_weight
    assert weighted.mean() == pytest.approx(1)
    assert weighted[:3].sum() == pytest.approx(weighted[3])
    assert weighted[0] == pytest.approx(3 * weighted[1])


def test_weights_are_brought_to_a_mean_of_one():
    assert replace(sample(0), weight=np.full(200, 7.0)).row_weight == pytest.approx(np.ones(200))
    assert sample(2).row_weight is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"weight": np.ones(199)}, "shape"),
        ({"weight": np.r_[-1.0, np.ones(199)]}, "below 0"),
        ({"weight": np.r_[np.nan, np.ones(199)]}, "finite"),
        ({"weight": np.zeros(200)}, "at least one"),
        ({"class_weight": "even"}, "balanced"),
        ({"parameters": {"svm": {}}}, "svm"),
    ],
)
def test_a_sample_that_makes_no_sense_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        replace(sample(2), **options)


@EVERY
def test_the_defaults_lie_in_the_ranges_that_are_searched(name):
    kind = models()[name]
    large = Sample(np.zeros((4000, 400), np.float32), np.zeros(4000), np.arange(0), np.arange(0), 2, 0)
    defaults = kind.defaults(large)
    assert list(defaults) == [knob.name for knob in kind.knobs]
    assert all(knob.low <= defaults[knob.name] <= knob.high for knob in kind.knobs)


@EVERY
def test_parameters_change_their_own_model_alone(name):
    kind = models()[name]
    chosen = {"rf": {"max_depth": 3}, "xgb": {"max_depth": 2}, "lgbm": {"max_depth": 2}}
    others = {other: values for other, values in chosen.items() if other != name}
    plain = kind.fit(sample(2), silent).predict(X)
    assert np.array_equal(kind.fit(replace(sample(2), parameters=others), silent).predict(X), plain)
    assert not np.array_equal(kind.fit(replace(sample(2), parameters=chosen), silent).predict(X), plain)


@pytest.mark.parametrize(
    ("values", "words"),
    [({"max_depth": 13}, "3 to 12"), ({"min_samples_leaf": 1}, "5"), ({"tree": 1}, "no parameter")],
)
def test_parameters_out_of_their_range_are_refused(values, words):
    with pytest.raises(ValueError, match=words):
        models()["rf"].fit(replace(sample(2), parameters={"rf": values}), silent)


def test_whole_numbers_stay_whole():
    knobs = settled(models()["xgb"], replace(sample(2), parameters={"xgb": {"max_depth": 3.0}}))
    assert isinstance(knobs["max_depth"], int)


@EVERY
@TASK
def test_a_trial_predicts_the_validation_rows_without_having_learnt_from_them(name, classes):
    made = sample(classes)
    p = models()[name].trial(made, silent)
    assert p.shape == ((50, classes) if classes else (50,))
    true = made.y[150:]
    if classes:
        assert (p.argmax(axis=1) == true).mean() > 0.7
    else:
        assert np.corrcoef(p, true)[0, 1] > 0.7


def test_a_forest_of_early_rows_without_a_class_gives_it_no_chance():
    y = TARGETS[3].copy()
    y[:100][y[:100] == 1] = 2
    p = models()["rf"].fit(replace(sample(3), y=y).rows(np.arange(100)), silent).predict(X)
    assert p.shape == (200, 3)
    assert (p[:, 1] == 0).all()
    assert p.sum(axis=1) == pytest.approx(1)


def test_a_saved_forest_holds_no_weight_of_a_training_row():
    weighted = replace(sample(2), weight=np.linspace(1, 2, 200))
    assert models()["rf"].fit(weighted, silent).estimator._sample_weight is None


def test_the_ensemble_is_the_models_fitted_one_by_one():
    made = Ensemble.fit(sample(2), silent)
    assert list(made.models) == list(models()) == list(made.seconds)
    for name, kind in models().items():
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
    given = {}

    class Idle:
        @classmethod
        def fit(cls, made, report):
            given[len(given)] = made.threads
            return cls()

    monkeypatch.setattr(ensemble, "cores", lambda: cores)
    monkeypatch.setattr(ensemble, "threads", lambda X: 1 if small else cores)
    monkeypatch.setattr(ensemble, "models", lambda: dict.fromkeys(("rf", "xgb", "lgbm"), Idle))
    ensemble.fit_models(sample(2), silent)
    largest = sorted(given.values())[-min(cores, 3) :]
    assert min(largest) >= 1
    assert sum(largest) <= cores


@TASK
def test_the_ensemble_predicts_by_mean_and_rank_mean(classes):
    made = Ensemble.fit(sample(classes), silent)
    p = made.predict(X)
    assert list(p) == ["rf", "xgb", "lgbm", "mean", "rank_mean"]
    assert p["mean"] == pytest.approx((p["rf"] + p["xgb"] + p["lgbm"]) / 3)
    last = (p[name][:, -1] if classes else p[name] for name in ("rank_mean", "mean"))
    assert np.corrcoef(*last)[0, 1] > 0.98


FOLDS = tuple((np.arange(k), np.arange(k, k + 40)) for k in (80, 120, 160))


@TASK
def test_with_folds_the_ensemble_stacks(classes):
    made = Ensemble.fit(replace(sample(classes), folds=FOLDS), silent)
    p = made.predict(X)
    assert list(p)[-1] == "stack"
    rows, inner = made.inner
    assert rows.tolist() == list(range(80, 200))
    assert {name: len(values) for name, values in inner.items()} == dict.fromkeys(models(), 120)
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


def test_the_forest_trusts_no_type_but_the_tree():
    assert forest.TRUSTED == ["sklearn.tree._tree.Tree"]


def test_every_model_has_a_title():
    assert {*models(), MEAN, "rank_mean", "stack"} <= set(TITLES)
