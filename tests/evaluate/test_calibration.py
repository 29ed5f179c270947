import io

import numpy as np
import pytest
from sklearn.calibration import _sigmoid_calibration
from sklearn.isotonic import IsotonicRegression

from core.errors import UserError
from core.evaluate.calibration import Calibrator
from core.evaluate.metrics import auc, ece


def overconfident(n=2000, classes=2, seed=0):
    """Outcomes and probabilities that are too sure of themselves."""
    rng = np.random.default_rng(seed)
    truth = rng.dirichlet(np.full(classes, 2.0), n)
    y = (truth.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1).astype(float)
    sharp = truth**3
    return y, sharp / sharp.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
@pytest.mark.parametrize("classes", [2, 3])
def test_calibrated_probabilities_come_true_on_new_rows(method, classes):
    fitted = Calibrator.fit(*overconfident(classes=classes), method)
    y, p = overconfident(classes=classes, seed=1)
    mended, w = fitted.apply(p), np.ones((1, len(y)))
    assert mended.shape == p.shape
    assert mended.sum(axis=1) == pytest.approx(np.ones(len(y)))
    assert ece(y, mended, w)[0] < ece(y, p, w)[0] / 2


def test_the_sigmoid_is_that_of_scikit_learn_on_the_log_odds():
    y, p = overconfident()
    slope, intercept = _sigmoid_calibration(np.log(p[:, 1] / p[:, 0]), y)
    made = Calibrator.fit(y, p, "sigmoid").curves[0]
    assert made[:, 0] == pytest.approx([-slope, -intercept], rel=1e-3, abs=2e-4)  # where theirs stops


def test_the_isotonic_curve_is_that_of_scikit_learn():
    y, p = overconfident()
    reference = IsotonicRegression(out_of_bounds="clip").fit(p[:, 1], y)
    made = Calibrator.fit(y, p, "isotonic").apply(p)[:, 1]
    assert made == pytest.approx(np.clip(reference.predict(p[:, 1]), 1 / 2002, 1 - 1 / 2002), abs=1e-6)


def test_the_sigmoid_never_turns_the_ranking_round():
    y, p = overconfident()
    w = np.ones((1, len(y)))
    mended = Calibrator.fit(1 - y, p, "sigmoid").apply(p)
    assert auc(y, mended, w)[0] == pytest.approx(auc(y, p, w)[0])
    assert mended[:, 1] == pytest.approx(np.full(len(y), 1 - y.mean()), abs=0.01)


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_rows_told_apart_perfectly_give_no_certainty(method):
    y = np.repeat([0.0, 1.0], 20)
    made = Calibrator.fit(y, np.stack([1 - y, y], axis=1), method).apply(np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert 0 < made[0, 1] < 0.06
    assert 0.94 < made[1, 1] < 1


def test_a_row_of_weight_two_teaches_as_two_rows():
    y, p = overconfident(100)
    times = np.arange(100) % 2 + 1
    weighted = Calibrator.fit(y, p, "isotonic", times.astype(float)).apply(p)
    copied = Calibrator.fit(y.repeat(times), p.repeat(times, axis=0), "isotonic").apply(p)
    assert weighted == pytest.approx(copied, abs=0.01)


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_a_calibrator_is_kept_as_plain_arrays(method):
    y, p = overconfident(classes=3)
    fitted = Calibrator.fit(y, p, method)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **fitted.to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        again = Calibrator.from_arrays(arrays)
    assert np.array_equal(again.apply(p), fitted.apply(p))


def test_arrays_without_a_calibrator_give_none():
    assert Calibrator.from_arrays({"x": np.zeros(1)}) is None


@pytest.mark.parametrize("y", [np.ones(100), np.array([0.0, 1.0])])
def test_too_few_rows_or_classes_are_said(y):
    with pytest.raises(UserError, match=r"cannot be calibrated.*of 2 classes"):
        Calibrator.fit(y, np.full((len(y), 2), 0.5), "sigmoid")


def test_an_unknown_method_is_refused():
    with pytest.raises(KeyError):
        Calibrator.fit(*overconfident(50), "none")
