import math

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from core.errors import Message
from core.evaluate.comparison import (
    Comparison,
    best_sentence,
    compare,
    difference,
    long_run_error,
    sentence,
    session_losses,
    superior,
)
from core.evaluate.scoring import Scored
from tests.makers.predictions import DAYS, made_up
from tests.makers.worlds import first_always
from tests.simulations.comparison import sizes


def with_baseline(task="regress", **options):
    """Made-up predictions beside a baseline without skill and a model that is nearly the same."""
    predictions, data, settings = made_up(task, **options)
    rng = np.random.default_rng(3)
    p = predictions["mean"]
    none = 0.001 * rng.normal(size=len(p)) if task == "regress" else np.full(p.shape, 0.5)
    return predictions.replace(table_only=none, twin=p + (0 if task == "regress" else 0.0)), data, settings


@pytest.mark.parametrize("task", ["regress", "classify"])
def test_a_session_s_loss_is_the_mean_over_its_events(task):
    predictions, data, settings = made_up(task, unit="headline")
    scored = Scored.of(predictions, data, settings)
    made = session_losses(scored, scored.predictions["mean"])
    p, y = predictions["mean"], predictions.outcome
    each = (p - y) ** 2 if task == "regress" else (p[:, 1] - y) ** 2
    assert made == pytest.approx(each.reshape(DAYS, -1).mean(axis=1))


def test_over_independent_sessions_the_test_of_two_is_near_a_t_test():
    rng = np.random.default_rng(0)
    d = rng.normal(0.2, 1, 400)
    found = difference("a", "b", {"a": d, "b": np.zeros(400)}, 1)
    assert found.value == pytest.approx(d.mean())
    assert found.p_value == pytest.approx(ttest_1samp(d, 0).pvalue, abs=0.02)
    assert found.low < found.value < found.high


def test_losses_that_hang_together_have_a_wider_interval():
    rng = np.random.default_rng(0)
    shocks = rng.normal(size=304)
    d = sum(shocks[k : k + 300] for k in range(5))
    error, freedom = long_run_error(d, 5)
    assert error > 1.7 * d.std() / math.sqrt(300)
    assert freedom == 16  # 0.4 * 300^(2/3) = 17 cosines


@pytest.mark.parametrize(("sessions", "horizon"), [(0, 1), (10, 1), (60, 20)])
def test_too_few_sessions_have_no_p_value(sessions, horizon):
    d = np.random.default_rng(0).normal(size=sessions)
    assert long_run_error(d, horizon)[1] == 0


@pytest.mark.parametrize("task", ["regress", "classify"])
def test_skill_is_better_than_the_baseline_and_twins_cannot_be_told_apart(task):
    predictions, data, settings = with_baseline(task, folds=2, unit="event")
    if task == "regress":
        predictions = predictions.replace(
            mean=0.01 * data.frame["target"].to_numpy() / 0.02,
            twin=0.01 * data.frame["target"].to_numpy() / 0.02,
        )
    found = compare(predictions, data, settings, ("mean", "twin"), "table_only")
    assert isinstance(found, Comparison)
    assert {pair.model for pair in found.against} == {"mean", "twin"}
    assert all(pair.value < 0 and pair.p_value < 0.05 for pair in found.against)
    assert found.best is not None
    assert found.best.p_value == 1.0


def test_a_model_with_missing_rows_is_left_out_and_one_that_is_not_there_too():
    predictions, data, settings = with_baseline()
    holes = predictions["mean"].copy()
    holes[:5] = np.nan
    found = compare(predictions.replace(holes=holes), data, settings, ("mean", "holes", "gone"), "table_only")
    assert isinstance(found, Comparison)
    assert [pair.model for pair in found.against] == ["mean"]
    assert found.best is None


def test_a_baseline_that_is_not_there_and_a_table_without_dates_say_why():
    predictions, data, settings = made_up()
    assert isinstance(compare(predictions, data, settings, ("mean",), "table_only"), Message)
    undated = made_up(dated=False)
    assert isinstance(compare(*undated, ("mean",), "mean"), Message)


def test_no_model_that_loses_is_superior_and_few_sessions_cannot_tell():
    rng = np.random.default_rng(0)
    losses = rng.normal(size=(60, 3)) + np.array([0, 0.5, 0.5])
    assert superior(losses[:, 0], losses[:, 1:], 7, 1, 0) == 1.0
    assert superior(losses[:, 1], losses[:, [0]], 7, 1, 0) < 0.1
    assert math.isnan(superior(losses[:30, 1], losses[:30, [0]], 7, 1, 0))


def named(name):
    return Message(name)


@pytest.mark.parametrize(
    ("p", "begins"),
    [
        (0.01, "At least one of the models is better"),
        (0.4, "No model can be told from table_only: were none better"),
        (1.0, "No model can be told from"),
        (math.nan, "Cannot tell"),
    ],
)
def test_the_sentence_follows_the_p_value(p, begins):
    found = Comparison("brier", "table_only", (), None, p, 100, 10, 0.05)
    assert str(sentence(found, named)).startswith(begins)
    assert best_sentence(found, named) is None


@pytest.mark.slow
@pytest.mark.parametrize("horizon", first_always([5, 1]))
def test_equal_models_are_told_apart_in_at_most_one_of_twenty_worlds(horizon):
    found = sizes(horizon, sessions=120, repetitions=400)
    assert found.pair <= 0.05
    assert found.any_better <= 0.05


@pytest.mark.slow
def test_a_model_with_skill_is_found():
    found = sizes(1, sessions=120, repetitions=100, seed=1, skill=0.15)
    assert found.any_better > 0.5
