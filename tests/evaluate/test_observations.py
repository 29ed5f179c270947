"""What of the predictions is news: a simpler model that does as well, and predictions that point one way."""

import numpy as np
import pytest

from core.evaluate.observations import best_simple, one_way
from core.evaluate.scoring import Scored
from tests.makers.predictions import made_up


def better(p, outcome, share):
    """Predictions moved towards what happened."""
    if p.ndim == 1:
        return (1 - share) * p + share * outcome
    return (1 - share) * p + share * np.eye(p.shape[1])[outcome.astype(int)]


@pytest.mark.parametrize("task", ["classify", "regress"])
def test_a_simple_model_that_scores_higher_is_named_with_the_difference(task):
    predictions, data, settings = made_up(task)
    p = predictions["mean"]
    made = predictions.replace(
        plain=better(p, predictions.outcome, 0.5), worse=-p if p.ndim == 1 else p[:, ::-1]
    )
    name, difference = best_simple(made, data, settings, ("worse", "plain", "not there"))
    assert name == "plain"
    assert 0 < difference.low < difference.value < difference.high


@pytest.mark.parametrize("task", ["classify", "regress"])
def test_nothing_is_said_where_the_ensemble_scores_higher_or_there_is_no_simple_model(task):
    predictions, data, settings = made_up(task)
    p = predictions["mean"]
    worse = predictions.replace(plain=-p if p.ndim == 1 else p[:, ::-1])
    assert best_simple(worse, data, settings, ("plain",)) is None
    assert best_simple(predictions, data, settings, ("plain",)) is None


def test_predictions_of_one_sign_or_one_class_point_one_way():
    predictions, data, settings = made_up("regress")
    assert one_way(predictions, data, settings) is None
    short = predictions.replace(mean=-np.abs(predictions["mean"]) - 1e-6)
    assert one_way(short, data, settings) == -1
    assert one_way(predictions.replace(mean=np.zeros(len(short))), data, settings) is None
    predictions, data, settings = made_up("classify")
    assert one_way(predictions, data, settings) is None
    p = predictions["mean"]
    same = predictions.replace(mean=np.column_stack([0.6 + 0.1 * p[:, 0], 0.4 - 0.1 * p[:, 0]]))
    assert one_way(same, data, settings) == 0
    assert Scored.of(same.test, data, settings, ["mean"]).predictions["mean"].argmax(axis=1).max() == 0
