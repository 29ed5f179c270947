import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from core.evaluate.blocks import Blocks
from core.evaluate.metrics import ece
from core.evaluate.predictions import Predictions
from core.evaluate.reliability import reliability, reliability_of
from tests.makers.predictions import COMPANIES, DAYS, made_up


def overconfident(n=2000, classes=2, seed=0):
    """Outcomes and probabilities that are too sure of themselves."""
    rng = np.random.default_rng(seed)
    truth = rng.dirichlet(np.full(classes, 2.0), n)
    y = (truth.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1).astype(float)
    sharp = truth**3
    return y, sharp / sharp.sum(axis=1, keepdims=True)


def test_the_curve_is_that_of_scikit_learn():
    y, p = overconfident(500)
    share, probability = calibration_curve(y, p[:, 1], n_bins=10, strategy="quantile")
    curve = reliability(y == 1, p[:, 1], Blocks(np.arange(500)), seed=0)
    assert [b.observed.value for b in curve] == pytest.approx(share)
    assert [b.predicted for b in curve] == pytest.approx(probability)
    assert [b.rows for b in curve] == [50] * 10


def test_the_calibration_error_is_the_mean_distance_of_the_curve():
    y, p = overconfident(500)
    curve = reliability(y == 1, p[:, 1], Blocks(np.arange(500)), seed=0)
    distance = np.mean([abs(b.observed.value - b.predicted) for b in curve])
    assert ece(y, p, np.ones((1, 500)))[0] == pytest.approx(distance)


def test_rows_of_one_session_do_not_narrow_a_bin():
    came = np.arange(40) % 3 == 0
    one = reliability(came, np.full(40, 0.5), Blocks(np.arange(40)), seed=0)[0]
    many = reliability(came.repeat(10), np.full(400, 0.5), Blocks(np.arange(40).repeat(10)), seed=0)[0]
    assert (many.rows, many.blocks) == (400, 40)
    assert many.observed.low == pytest.approx(one.observed.low)


def test_equal_probabilities_share_a_bin_and_a_single_session_has_no_interval():
    (only,) = reliability(np.array([True, False]), np.full(2, 0.3), Blocks(np.zeros(2, int)), seed=0)
    assert (only.predicted, only.observed.value, only.rows) == (0.3, 0.5, 2)
    assert np.isnan(only.observed.low)


def test_weights_move_the_curve():
    came, p = np.array([True, False]), np.full(2, 0.5)
    (only,) = reliability(came, p, Blocks(np.arange(2)), seed=0, weights=np.array([3.0, 1.0]))
    assert only.observed.value == 0.75


def test_the_reliability_curve_is_of_the_unit_that_the_run_scores():
    predictions, data, settings = made_up("classify")
    events = reliability_of(*made_up("classify", unit="event"))
    assert reliability_of(predictions, data, settings).rows == len(data)
    assert events.rows == DAYS * COMPANIES
    assert sum(b.rows for b in events.curve) == events.rows
    assert (events.label, events.unit, events.blocks) == ("승", "session", DAYS)


def test_probabilities_far_from_what_came_true_are_not_to_be_taken_at_their_word():
    predictions, data, settings = made_up("classify")
    win = 0.9 + np.linspace(0, 0.09, len(predictions))
    sure = predictions.replace(mean=np.column_stack([1 - win, win]))
    found = reliability_of(sure, data, settings)
    assert found.off > len(found.curve) / 2
    assert "Do not take the probabilities at their word" in str(found.sentence())
    assert "No evidence that the probabilities are wrong" in str(
        reliability_of(predictions, data, settings).sentence()
    )


def test_the_class_of_several_is_the_most_probable():
    predictions, data, settings = made_up("classify")
    table = predictions.table.assign(**{"mean:보합": 0.0})
    found = reliability_of(Predictions(table, ("패", "승", "보합")), data, settings)
    assert found.label == ""
    assert min(b.predicted for b in found.curve) >= 0.5
