import numpy as np
import pytest

from core.evaluate.metrics import auc, log_loss, rank_ic, rmse
from core.train.models.stacking import RankMean, Stack

RNG = np.random.default_rng(0)
N = 2000
A, B, NOISE = RNG.normal(size=(3, N))
ONE = np.ones((1, N // 2))
FIRST, LATER = np.arange(N // 2), np.arange(N // 2, N)


def chances(margin):
    p = 1 / (1 + np.exp(-margin))
    return np.column_stack([1 - p, p])


def take(predictions, rows):
    return {name: p[rows] for name, p in predictions.items()}


WIN = (RNG.random(N) < chances(A + B)[:, 1]).astype(float)
WINS = {"a": chances(A), "b": chances(B), "noise": chances(NOISE)}
RETURN = 0.01 * (A + B + RNG.normal(size=N))
RETURNS = {"a": 0.01 * A, "b": 0.01 * B, "noise": 0.01 * NOISE}
THREE = np.digitize(A + B + RNG.logistic(size=N), [-1, 1]).astype(float)


def of_three(signal):
    margin = np.column_stack([-signal, np.zeros(N), signal])
    return np.exp(margin) / np.exp(margin).sum(axis=1, keepdims=True)


THREES = {"a": of_three(A), "b": of_three(B), "noise": of_three(NOISE)}


@pytest.mark.parametrize(("y", "predictions"), [(WIN, WINS), (THREE, THREES)])
def test_a_stack_is_better_than_each_model_where_they_know_different_things(y, predictions):
    stack = Stack.fit(take(predictions, FIRST), y[FIRST])
    p = stack.predict(take(predictions, LATER))
    assert p.sum(axis=1) == pytest.approx(1)
    for own in predictions.values():
        assert log_loss(y[LATER], p, ONE) < log_loss(y[LATER], own[LATER], ONE)
        assert auc(y[LATER], p, ONE) > auc(y[LATER], own[LATER], ONE)


def test_a_stack_of_returns_is_better_than_each_model_where_they_know_different_things():
    stack = Stack.fit(take(RETURNS, FIRST), RETURN[FIRST])
    p = stack.predict(take(RETURNS, LATER))
    for own in RETURNS.values():
        assert rmse(RETURN[LATER], p, ONE) < rmse(RETURN[LATER], own[LATER], ONE)
        assert rank_ic(RETURN[LATER], p, ONE) > rank_ic(RETURN[LATER], own[LATER], ONE)
    assert stack.weights == pytest.approx([1, 1, 0], abs=0.1)


@pytest.mark.parametrize(("y", "predictions"), [(WIN, WINS), (RETURN, RETURNS), (THREE, THREES)])
def test_no_weight_of_a_stack_is_below_zero(y, predictions):
    contrary = {name: p[::-1] if p.ndim == 1 else p[:, ::-1] for name, p in predictions.items()}
    if contrary["a"].ndim == 1:
        contrary["a"] = -predictions["a"]
    weights = Stack.fit(contrary, y).weights
    assert weights.min() >= 0
    assert weights[0] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("y", "predictions"), [(WIN, WINS), (RETURN, RETURNS), (THREE, THREES)])
def test_a_weight_of_two_is_the_row_twice(y, predictions):
    weight = np.where((A > 0) == (y > y.mean()), 2, 1)  # the rows of which "a" is right
    twice = np.repeat(np.arange(N), weight)
    weighted, repeated = Stack.fit(predictions, y, weight), Stack.fit(take(predictions, twice), y[twice])
    plain = Stack.fit(predictions, y)
    assert weighted.weights == pytest.approx(repeated.weights, abs=1e-4)
    assert weighted.intercept == pytest.approx(repeated.intercept, abs=1e-4)
    assert weighted.weights[0] > plain.weights[0] + 0.01


def test_a_few_rows_of_noise_leave_the_stack_near_the_mean():
    rng = np.random.default_rng(5)
    few = {name: chances(0.03 * rng.normal(size=10)) for name in "abc"}
    stack = Stack.fit(few, np.resize([0.0, 1.0], 10))
    assert stack.weights == pytest.approx(np.full(3, 1 / 3), abs=0.2)


def test_a_constant_return_is_stacked():
    stack = Stack.fit(RETURNS, np.full(N, 0.02))
    assert np.isfinite(stack.predict(RETURNS)).all()


def test_nothing_to_stack_is_refused():
    with pytest.raises(ValueError, match="no out-of-fold"):
        Stack.fit({"a": np.empty((0, 2))}, np.empty(0))


@pytest.mark.parametrize("kind", [RankMean, Stack])
@pytest.mark.parametrize(("y", "predictions"), [(WIN, WINS), (RETURN, RETURNS), (THREE, THREES)])
def test_arrays_bring_back_the_same_predictions(kind, y, predictions):
    made = kind.fit(predictions) if kind is RankMean else kind.fit(predictions, y)
    arrays = made.to_arrays()
    assert all(array.dtype != object for array in arrays.values())
    assert np.array_equal(kind.from_arrays(arrays).predict(predictions), made.predict(predictions))


@pytest.mark.parametrize("predictions", [WINS, RETURNS, THREES])
def test_the_rank_mean_of_one_model_is_its_own_prediction(predictions):
    own = {"a": predictions["a"]}
    made = RankMean.fit(take(own, FIRST))
    assert made.predict(own) == pytest.approx(own["a"], abs=1e-5)


def test_the_rank_mean_orders_rows_by_their_mean_rank():
    from scipy.stats import rankdata, spearmanr

    skewed = {"a": RETURNS["a"], "b": np.exp(3 * B)}
    order = rankdata(A) + rankdata(B)
    p = RankMean.fit(skewed).predict(skewed)
    assert spearmanr(p, order).statistic > 0.999
    assert spearmanr(skewed["a"] + skewed["b"], order).statistic < 0.9


def test_a_row_has_the_same_rank_mean_whatever_stands_beside_it():
    made = RankMean.fit(take(WINS, FIRST))
    together = made.predict(take(WINS, LATER))
    alone = made.predict(take(WINS, LATER[:1]))
    assert alone == pytest.approx(together[:1])


def test_rank_means_beyond_every_reference_still_differ_and_stay_probabilities():
    made = RankMean.fit({"a": chances(A[np.abs(A) < 0.5]), "b": chances(A[np.abs(A) < 0.4])})
    far = {"a": chances(np.array([1.0, 2.0, 9.0])), "b": chances(np.array([0.5, 1.0, 9.0]))}
    p = made.predict(far)
    assert (np.diff(p[:, 1]) >= 0).all()
    assert p[0, 1] < p[1, 1]
    assert ((p >= 0) & (p <= 1)).all()


@pytest.mark.parametrize("predictions", [WINS, THREES])
def test_rank_means_of_classes_are_probabilities_near_the_mean(predictions):
    p = RankMean.fit(predictions).predict(predictions)
    assert p.sum(axis=1) == pytest.approx(1)
    mean = np.mean(list(predictions.values()), axis=0)
    assert np.corrcoef(p[:, -1], mean[:, -1])[0, 1] > 0.95


def test_a_model_that_says_the_same_of_every_row_has_a_rank_all_the_same():
    constant = {"a": RETURNS["a"], "b": np.full(N, 0.01)}
    p = RankMean.fit(constant).predict(constant)
    assert np.array_equal(np.argsort(p), np.argsort(A))
