import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn import metrics as reference

from core.train import metrics

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
        ("log_loss", TWO, reference.log_loss),
        ("log_loss", THREE, reference.log_loss),
        ("brier", TWO, lambda y, p: reference.brier_score_loss(y, p[:, 1])),
        ("brier", THREE, reference.brier_score_loss),
        ("mae", RETURNS, reference.mean_absolute_error),
        ("rmse", RETURNS, reference.root_mean_squared_error),
        ("r2", RETURNS, reference.r2_score),
        ("rank_ic", RETURNS, lambda y, p: spearmanr(y, p).statistic),
    ],
)
def test_with_weights_of_one_a_metric_equals_its_counterpart(name, data, expected):
    y, p = data
    assert getattr(metrics, name)(y, p, one())[0] == pytest.approx(expected(y, p), abs=1e-9)


@pytest.mark.parametrize("task", ["classify", "regress"])
def test_a_weight_of_two_counts_as_the_row_twice(task):
    y, p = THREE if task == "classify" else RETURNS
    times = RNG.integers(0, 4, N)
    for metric in metrics.METRICS[task]:
        weighted = metric.compute(y, p, times[None].astype(float))[0]
        copied = metric.compute(y.repeat(times), p.repeat(times, axis=0), one(times.sum()))[0]
        assert weighted == pytest.approx(copied, abs=1e-9), metric.name


@pytest.mark.parametrize("task", ["classify", "regress"])
def test_many_weightings_at_once_equal_each_alone(task):
    y, p = TWO if task == "classify" else RETURNS
    w = RNG.integers(0, 3, (4, N)).astype(float)
    for metric in metrics.METRICS[task]:
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


def test_an_outcome_that_does_not_vary_leaves_r2_undefined():
    assert np.isnan(metrics.r2(np.full(N, 0.1), RETURNS[1], one())[0])
    y, p = RETURNS
    assert np.isnan(metrics.r2(y, p, (y == y[0]).astype(float)[None])[0])


def test_a_sure_and_wrong_probability_costs_a_finite_loss():
    loss = metrics.log_loss(np.array([1.0]), np.array([[1.0, 0.0]]), one(1))[0]
    assert 30 < loss < 40


def test_the_main_metric_of_a_task_is_one_of_its_metrics():
    for task, name in metrics.MAIN_METRIC.items():
        assert name in [metric.name for metric in metrics.METRICS[task]]
