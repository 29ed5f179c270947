import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import intervals
from core.evaluate.calibration_test import calibration_test
from core.evaluate.metrics import METRICS, ece
from core.evaluate.predictions import Predictions
from core.evaluate.reliability import reliability, reliability_of
from tests.makers.predictions import COMPANIES, DAYS, made_up
from tests.simulations import reliability as simulation


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
    assert (many.rows, many.sessions) == (400, 40)
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
    assert (events.label, events.unit, events.sessions) == ("승", "session", DAYS)


def said(**changes):
    """Return the sentence on probabilities of a win that were changed so."""
    predictions, data, settings = made_up("classify", **changes.pop("settings", {}))
    win = changes.pop("win")(predictions["mean"][:, 1], predictions.outcome)
    found = reliability_of(predictions.replace(mean=np.column_stack([1 - win, win])), data, settings)
    return str(found.sentence())


def test_probabilities_far_from_what_came_true_are_not_to_be_taken_at_their_word():
    sentence = said(win=lambda p, y: 0.9 + 0.09 * p)
    assert "Do not take the probabilities at their word" in sentence
    assert "They are too high and lie too close together" in sentence
    assert "On average they promised 95%" in sentence
    assert "They are too low: on average they promised 10%" in said(win=lambda p, y: np.full(len(p), 0.1))


def test_probabilities_that_differ_too_much_or_too_little_are_told_so():
    assert "too far apart" in said(win=lambda p, y: np.where(p > 0.5, 0.98, 0.02))
    assert "too close together" in said(win=lambda p, y: 0.45 + 0.1 * y)


def test_probabilities_that_come_true_are_not_doubted():
    assert "No evidence that the probabilities are wrong" in said(win=lambda p, y: np.full(len(p), 0.5))
    assert "No evidence" in said(win=lambda p, y: y)  # certain, and right


def test_too_few_sessions_judge_nothing():
    sentence = said(win=lambda p, y: 0.9 + 0.09 * p, settings={"horizon": 10})
    assert "Too few sessions to judge the probabilities, as outcomes over 10 sessions overlap" in sentence


@pytest.mark.slow
def test_a_bin_that_is_off_by_chance_is_no_finding():
    rng = np.random.default_rng(0)
    doubted = leaves_out = 0
    for seed in range(60):
        p = rng.random(400)
        came, day = rng.random(400) < p, np.arange(400)
        curve = reliability(came, p, Blocks(day), seed)
        leaves_out += sum(not b.observed.low <= b.predicted <= b.observed.high for b in curve) > 1
        doubted += calibration_test(came.astype(float), p, Blocks(day)).wrong
    assert doubted <= 2 < leaves_out


def test_both_findings_together_are_said_together():
    rng = np.random.default_rng(0)
    p = rng.random(2000)
    came = (rng.random(2000) < 0.2 + 0.2 * p).astype(float)
    found = calibration_test(came, p, Blocks(np.arange(2000)))
    assert found.shifted
    assert found.sloped
    assert found.shift < 0
    assert found.slope < 0


@pytest.mark.slow
@pytest.mark.parametrize("horizon", [1, 5])
@pytest.mark.parametrize(("sessions", "companies"), simulation.SIZES)
def test_right_probabilities_are_doubted_in_five_of_a_hundred_tables_at_the_most(
    sessions, companies, horizon
):
    doubted = simulation.said_wrong(sessions, companies, horizon)
    assert doubted <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / simulation.REPETITIONS)  # two standard errors


@pytest.mark.slow
def test_overconfident_probabilities_are_found_in_most_tables():
    assert simulation.said_wrong(60, 10, sharpened=2) > 0.9
    assert simulation.said_wrong(240, 10, horizon=5, sharpened=2) > 0.9


def test_of_several_classes_one_stands_against_the_rest():
    predictions, data, settings = made_up("classify")
    table = predictions.table.assign(**{"mean:보합": 0.0})
    three = Predictions(table, ("패", "승", "보합"))
    two = reliability_of(predictions, data, settings)
    for number, label in enumerate(three.classes):
        found = reliability_of(three, data, settings, target=number)
        assert found.label == label
        assert found.predicted == pytest.approx(float(three["mean"][:, number].mean()))
        assert found.observed == pytest.approx(float((three.outcome == number).mean()))
    same = reliability_of(three, data, settings, target=1)
    assert (same.ece, same.curve) == (two.ece, two.curve)


def test_the_miss_is_said_without_an_interval_that_does_not_hold():
    sentence = str(reliability_of(*made_up("classify")).sentence())
    assert "percentage points on average" in sentence
    assert "[" not in sentence


def test_the_percentile_interval_of_the_calibration_error_leaves_the_truth_out():
    """Why `METRICS["ece"].has_interval` is False: right probabilities miss by 0, and no interval of 20 holds that."""
    resampled = replace(METRICS["ece"], has_interval=True)
    held = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        win = np.clip(0.5 + 0.12 * rng.normal(size=400), 0.02, 0.98)
        came = (rng.random(400) < win).astype(float)
        p = np.column_stack([1 - win, win])
        found = intervals(came, p, Blocks(np.arange(400) // 5), [resampled], seed, resamples=200)["ece"]
        held += found.low <= 0
    assert held == 0
    assert not METRICS["ece"].has_interval
