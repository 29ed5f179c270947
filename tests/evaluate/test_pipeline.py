"""Any model's predictions can be judged: nothing of training is needed."""

import numpy as np
import pytest

from core.evaluate import evaluate
from tests.makers.predictions import made_up


def test_a_table_of_anyones_predictions_is_scored_with_intervals():
    predictions, data, settings = made_up("classify", folds=2)
    found = evaluate(predictions, data, settings)
    for scores in (found.scores, found.walk_scores):
        assert 0.5 < scores["mean"]["auc"].low < scores["mean"]["auc"].value < scores["mean"]["auc"].high
    assert found.effective.rows == len(data)


def test_the_lift_compares_the_two_arms_that_are_named():
    predictions, data, settings = made_up("classify")
    blind = np.full((len(predictions), 2), 0.5)
    found = evaluate(predictions.replace(numbers=blind), data, settings, arms=("mean", "numbers"))
    assert found.lift.verdict == "helps"
    assert evaluate(predictions, data, settings, arms=("mean", "numbers")).lift is None


def test_a_sealed_holdout_has_no_scores_and_the_walk_has():
    found = evaluate(*made_up("classify", folds=2, sealed=True))
    assert found.scores == {}
    assert "auc" in found.walk_scores["mean"]


def test_few_sessions_are_said():
    predictions, data, settings = made_up("classify")
    few = predictions.where(predictions.table["session"] < "2024-01-05")
    assert any("only 4 sessions" in str(caution) for caution in evaluate(few, data, settings).cautions)


@pytest.mark.parametrize(("folds", "told"), [(0, True), (2, False)])
def test_sessions_that_do_not_overlap_are_scored_beside_where_each_test_has_six(folds, told):
    made = evaluate(*made_up(folds=folds, horizon=2), arms=("mean", "mean"))
    assert (made.lift.apart is not None) == told
