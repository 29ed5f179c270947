from itertools import pairwise, permutations

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn import metrics as reference
from sklearn.calibration import calibration_curve

from core.evaluate import metrics
from core.evaluate.settings import TASKS
from core.evaluate.weighted import mean_by_fifth

RNG = np.random.default_rng(0)
N = 200


def one(n=N):
    return np.ones((1, n))


def probabilities(classes, places=1):
    """Probabilities on a coarse grid, so that many are tied."""
    raw = RNG.integers(1, 10**places, size=(N, classes)).astype(float)
    return raw / raw.sum(axis=1, keepdims=True)


TWO = (RNG.integers(0, 2, N).astype(float), probabilities(2))
THREE = (RNG.integers(0, 3, N).astype(float), probabilities(3))
RETURNS = (RNG.normal(size=N).round(1), RNG.normal(size=N).round(1))


def macro_average_precision(y, p):
    return np.mean([reference.average_precision_score(y == k, p[:, k]) for k in range(p.shape[1])])


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("auc", TWO, lambda y, p: reference.roc_auc_score(y, p[:, 1])),
        ("auc", THREE, lambda y, p: reference.roc_auc_score(y, p, multi_class="ovr", average="macro")),
        ("pr_auc", TWO, lambda y, p: reference.average_precision_score(y, p[:, 1])),
        ("pr_auc", THREE, macro_average_precision),
        ("accuracy", THREE, lambda y, p: reference.accuracy_score(y, p.argmax(1))),
        ("balanced_accuracy", THREE, lambda y, p: reference.balanced_accuracy_score(y, p.argmax(1))),
        ("f1", TWO, lambda y, p: reference.f1_score(y, p.argmax(1), average="macro")),
        ("f1", THREE, lambda y, p: reference.f1_score(y, p.argmax(1), average="macro")),
        ("mcc", TWO, lambda y, p: reference.matthews_corrcoef(y, p.argmax(1))),
        ("mcc", THREE, lambda y, p: reference.matthews_corrcoef(y, p.argmax(1))),
        ("log_loss", TWO, reference.log_loss),
        ("log_loss", THREE, reference.log_loss),
        ("brier", TWO, lambda y, p: reference.brier_score_loss(y, p[:, 1])),
        ("brier", THREE, reference.brier_score_loss),
        ("mae", RETURNS, reference.mean_absolute_error),
        ("rmse", RETURNS, reference.root_mean_squared_error),
        ("r2", RETURNS, reference.r2_score),
        ("hit_rate", RETURNS, lambda y, p: reference.accuracy_score(y > 0, p > 0)),
        ("rank_ic", RETURNS, lambda y, p: spearmanr(y, p).statistic),
    ],
)
def test_with_weights_of_one_a_metric_equals_its_counterpart(name, data, expected):
    y, p = data
    assert getattr(metrics, name)(y, p, one())[0] == pytest.approx(expected(y, p), abs=1e-9)


@pytest.mark.parametrize("task", ["classify", "regress"])
def test_a_weight_of_two_counts_as_the_row_twice(task):
    y, p = THREE if task == "classify" else RETURNS
    times = np.random.default_rng(1).integers(0, 4, N)
    for metric in metrics.metrics_of(task):
        weighted = metric.compute(y, p, times[None].astype(float))[0]
        copied = metric.compute(y.repeat(times), p.repeat(times, axis=0), one(times.sum()))[0]
        assert weighted == pytest.approx(copied, abs=1e-9), metric.name


@pytest.mark.parametrize("task", ["classify", "regress"])
def test_many_weightings_at_once_equal_each_alone(task):
    y, p = TWO if task == "classify" else RETURNS
    w = np.random.default_rng(1).integers(0, 3, (4, N)).astype(float)
    for metric in metrics.metrics_of(task):
        alone = [metric.compute(y, p, row[None])[0] for row in w]
        assert metric.compute(y, p, w) == pytest.approx(alone, abs=1e-12), metric.name


@pytest.mark.parametrize("name", ["auc", "balanced_accuracy"])
def test_a_resample_of_one_class_is_undefined(name):
    y, p = TWO
    assert np.isnan(getattr(metrics, name)(y, p, (y == 1).astype(float)[None])[0])


def test_average_precision_without_a_positive_is_undefined():
    y, p = TWO
    assert np.isnan(metrics.pr_auc(y, p, (y == 0).astype(float)[None])[0])


def test_a_constant_prediction_has_half_the_area_and_no_rank_correlation():
    y = TWO[0]
    assert metrics.auc(y, np.full((N, 2), 0.5), one())[0] == 0.5
    assert np.isnan(metrics.rank_ic(RETURNS[0], np.full(N, 0.1), one())[0])


def test_one_class_called_throughout_has_no_matthews_correlation():
    assert metrics.mcc(TWO[0], np.tile([0.2, 0.8], (N, 1)), one())[0] == 0


def test_an_outcome_that_does_not_vary_leaves_r2_undefined():
    assert np.isnan(metrics.r2(np.full(N, 0.1), RETURNS[1], one())[0])
    y, p = RETURNS
    assert np.isnan(metrics.r2(y, p, (y == y[0]).astype(float)[None])[0])


def test_a_sure_and_wrong_probability_costs_a_finite_loss():
    loss = metrics.log_loss(np.array([1.0]), np.array([[1.0, 0.0]]), one(1))[0]
    assert 30 < loss < 40


def test_the_main_metric_of_a_task_is_one_of_its_metrics():
    for task in TASKS:
        assert metrics.main_metric(task) in metrics.metrics_of(task)
        assert not np.isnan(metrics.main_metric(task).guessing)


def calibration_error(came, sure):
    """The error from scikit-learn's curve over ten bins of equal mass."""
    share, probability = calibration_curve(came, sure, n_bins=10, strategy="quantile")
    return np.abs(share - probability).mean()  # 20 rows a bin


@pytest.mark.parametrize("classes", [2, 3])
def test_the_calibration_error_is_that_of_the_curve_over_bins_of_equal_mass(classes):
    rng = np.random.default_rng(1)
    y, p = rng.integers(0, classes, N).astype(float), rng.dirichlet(np.ones(classes), size=N)  # untied
    sure, came = (p[:, 1], y == 1) if classes == 2 else (p.max(axis=1), p.argmax(axis=1) == y)
    assert metrics.ece(y, p, one())[0] == pytest.approx(calibration_error(came, sure), abs=1e-12)


def test_probabilities_that_come_true_have_no_calibration_error():
    y = np.r_[np.zeros(75), np.ones(25)]
    assert metrics.ece(y, np.tile([0.75, 0.25], (100, 1)), one(100))[0] == pytest.approx(0)
    assert metrics.ece(y, np.tile([0.35, 0.65], (100, 1)), one(100))[0] == pytest.approx(0.4)


def test_the_spread_is_the_mean_of_the_top_fifth_less_that_of_the_bottom_fifth():
    y, p = np.random.default_rng(1).normal(size=(2, N))
    order = np.argsort(p)
    expected = y[order[-40:]].mean() - y[order[:40]].mean()
    assert metrics.spread(y, p, one())[0] == pytest.approx(expected)


def test_rows_tied_across_a_border_share_their_place_in_the_fifth():
    y, p = np.array([0.0, 1, 2, 3, 10]), np.array([0.0, 1, 1, 2, 2])
    assert metrics.spread(y, p, one(5))[0] == pytest.approx((3 + 10) / 2 - 0)


def brute_force(y, p):
    """The mean of each fifth, averaged over every order of the rows that keeps their predictions ascending."""
    n = len(y)
    edges = np.arange(6) * n / 5
    place = np.arange(n)
    ends = pairwise(edges)
    inside = np.array(
        [np.clip(np.minimum(high, place + 1) - np.maximum(low, place), 0, 1) for low, high in ends]
    )
    orders = [list(o) for o in permutations(range(n)) if (np.diff(p[list(o)]) >= 0).all()]
    return np.mean([inside @ y[o] for o in orders], axis=0) / (n / 5)


@pytest.mark.parametrize("n", [5, 6, 7])
@pytest.mark.parametrize("values", [2, 3, 4, 9])
def test_fifths_with_ties_are_the_average_over_all_orders_of_the_tied(n, values):
    rng = np.random.default_rng(n * values)
    y, p = rng.normal(size=n), rng.integers(0, values, n).astype(float)
    expected = brute_force(y, p)
    assert mean_by_fifth(y, p)[0] == pytest.approx(expected)
    if np.ptp(p):
        assert metrics.spread(y, p, one(n))[0] == pytest.approx(expected[4] - expected[0])


def test_a_weight_of_two_is_a_row_that_stands_twice_also_among_ties():
    rng = np.random.default_rng(0)
    y, p, times = rng.normal(size=20), rng.integers(0, 3, 20).astype(float), rng.integers(0, 4, 20)
    again = metrics.spread(y.repeat(times), p.repeat(times), one(times.sum()))
    assert metrics.spread(y, p, times[None].astype(float)) == pytest.approx(again)


def test_a_constant_prediction_has_a_spread_of_exactly_zero():
    assert metrics.spread(RETURNS[0], np.full(N, 0.1), one())[0] == 0


def test_a_resample_in_which_one_prediction_is_left_has_a_spread_of_zero():
    y, p, w = RETURNS[0], np.arange(N) % 2 * 1.0, (np.arange(N) % 2 == 0)[None] * 1.0
    assert metrics.spread(y, p, w)[0] == 0


def test_a_return_of_zero_is_not_a_win():
    assert metrics.hit_rate(np.array([0.0, 0.0, 0.01]), np.array([0.01, 0.0, 0.02]), one(3))[
        0
    ] == pytest.approx(2 / 3)


def test_scores_are_written_as_the_reader_expects_them():
    written = [
        metrics.shown(metrics.METRICS[name], 0.0123, difference)
        for name in ("auc", "mae")
        for difference in (False, True)
    ]
    assert written == ["0.012", "+0.012", "1.23%", "+123.0 bp"]
    assert metrics.shown(metrics.METRICS["auc"], float("nan")) == "–"
