import numpy as np
import pytest

from core.jobs import Cancelled, silent
from core.train.models import linear
from core.train.models.linear import fit_linear, predictions

RNG = np.random.default_rng(0)
N, LATER, COLUMNS = 300, 1200, 10
X = RNG.normal(size=(N + LATER, COLUMNS)).astype(np.float32)
TRAIN = np.arange(N)


def outcome(classes):
    signal = X[:, 0] + X[:, 1] + 0.5 * np.random.default_rng(1).logistic(size=N + LATER)
    if classes == 0:
        return 0.01 * signal
    return np.digitize(signal, [0] if classes == 2 else [-1, 1]).astype(float)


def coefficients(model):
    return model[-1].coef_


@pytest.mark.parametrize("classes", [0, 2, 3])
def test_a_weight_of_two_is_the_row_twice(classes):
    y = outcome(classes)[:N]
    rows = X[:N].astype(float)
    weight = np.random.default_rng(4).integers(1, 3, N).astype(float)
    twice = np.repeat(TRAIN, weight.astype(int))
    inner = TRAIN, TRAIN[:0]
    weighted = fit_linear(rows, y, classes, (5.0, 1.0), inner, weight, silent)
    repeated = fit_linear(rows[twice], y[twice], classes, (5.0, 1.0), inner, None, silent)
    plain = fit_linear(rows, y, classes, (5.0, 1.0), inner, None, silent)
    assert coefficients(weighted) == pytest.approx(coefficients(repeated), abs=1e-4)
    assert np.abs(coefficients(weighted) - coefficients(plain)).max() > 1e-4 * (1 if classes else 0.01)


@pytest.mark.parametrize("classes", [2, 3])
def test_linear_probabilities_equal_those_of_scikit_learn(classes):
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    y = outcome(classes)[:N]
    rows = X.astype(float)
    model = fit_linear(rows[:N], y, classes, (2.0, 2.0), (TRAIN, TRAIN[:0]), None, silent)
    scale = StandardScaler().fit(rows[:N])
    theirs = LogisticRegression(C=0.5, tol=1e-9, max_iter=999).fit(scale.transform(rows[:N]), y)
    assert predictions(model, rows[N:]) == pytest.approx(
        theirs.predict_proba(scale.transform(rows[N:])), abs=1e-3
    )  # as near as a slope of 1e-4 brings ours


def test_noise_is_shrunk_more_than_signal():
    rng = np.random.default_rng(3)
    rows, inner = rng.normal(size=(5100, 20)), (np.arange(100), np.arange(100, 5100))

    def size(y, strongest):
        return np.abs(coefficients(fit_linear(rows, y, 2, (strongest, 1.0), inner, None, silent))).max()

    noise = rng.integers(0, 2, 5100).astype(float)
    signal = (3 * rows[:, 0] > rng.logistic(size=5100)).astype(float)
    assert size(noise, 10_000.0) < 0.2 * size(noise, 1.0)
    assert size(signal, 10_000.0) == size(signal, 1.0)


def test_an_inner_part_without_a_class_picks_no_penalty():
    y = np.r_[np.zeros(250), np.ones(50)]
    model = fit_linear(X[:N], y, 2, (100.0, 7.0, 1.0), (np.arange(200), np.arange(200, N)), None, silent)
    same = fit_linear(X[:N], y, 2, (7.0, 7.0), (TRAIN, TRAIN[:0]), None, silent)
    assert np.array_equal(coefficients(model), coefficients(same))


@pytest.mark.parametrize("classes", [0, 2])
def test_a_constant_column_changes_nothing(classes):
    y, inner = outcome(classes)[:N], (TRAIN[:200], TRAIN[200:])
    rows = X[:N].astype(float)
    constant = np.column_stack([rows, np.full(N, 3.0)])
    plain = fit_linear(rows, y, classes, (5.0, 1.0), inner, None, silent)
    same = fit_linear(constant, y, classes, (5.0, 1.0), inner, None, silent)
    assert predictions(same, constant) == pytest.approx(predictions(plain, rows))
    assert coefficients(same).ravel()[-1] == pytest.approx(0)


@pytest.mark.parametrize("classes", [0, 2])
def test_the_units_of_a_column_change_nothing(classes):
    y, inner = outcome(classes)[:N], (TRAIN[:200], TRAIN[200:])
    units = np.array([1000.0, *np.ones(COLUMNS - 1)])
    plain, scaled = (
        fit_linear(rows, y, classes, (5.0, 1.0), inner, None, silent) for rows in (X[:N], X[:N] * units)
    )
    assert predictions(scaled, X * units) == pytest.approx(predictions(plain, X), abs=1e-4)


def test_a_fit_can_be_cancelled_between_two_penalties():
    seen = []

    def stop(fraction, template, **params):
        seen.append(fraction)
        if len(seen) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        fit_linear(X[:N], outcome(2)[:N], 2, (5.0, 1.0), (TRAIN[:200], TRAIN[200:]), None, stop)
    assert seen == [0, 1 / 3]


@pytest.mark.parametrize("classes", [2, 3])
def test_more_unknowns_than_second_derivatives_hold_are_fitted_to_the_same_end(classes, monkeypatch):
    y = outcome(classes)[:N]
    rows, inner = X[:N].astype(float), (TRAIN, TRAIN[:0])
    few = fit_linear(rows, y, classes, (2.0, 2.0), inner, None, silent)
    monkeypatch.setattr(linear, "MOST_UNKNOWNS", 0)
    many = fit_linear(rows, y, classes, (2.0, 2.0), inner, None, silent)
    assert (few[-1].solver, many[-1].solver) == ("newton-cholesky", "lbfgs")
    assert predictions(many, rows) == pytest.approx(predictions(few, rows), abs=1e-3)
