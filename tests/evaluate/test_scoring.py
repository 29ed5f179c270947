import numpy as np
import pytest

from core.evaluate.predictions import Predictions
from core.evaluate.scoring import Scored
from core.evaluate.settings import EvaluateSettings
from tests.makers.predictions import A_DAY, COMPANIES, DAYS, made_up
from tests.makers.train_tables import make_dataset

SETTINGS = EvaluateSettings("regress")


def test_a_fold_in_which_one_prediction_is_constant_counts_on_both_sides():
    """Left out of one side alone it would make two predictions differ that agree wherever both say something."""

    def unlike(outcome, fold):
        return np.where(fold == 0, -outcome, outcome)

    def constant_at_first(outcome, fold):
        return np.where(fold == 0, 0.0, outcome)

    assert _lift(constant_at_first, constant_at_first).value == 0
    assert _lift(lambda y, fold: y, constant_at_first).value == 0.5  # the mean of 1 - 0 and 1 - 1
    assert _lift(unlike, constant_at_first).value == -0.5


def _lift(with_text, without):
    outcome = np.random.default_rng(0).normal(size=100)
    fold = np.repeat([0, 1], 50)
    dataset = make_dataset(outcome, np.repeat(np.arange(20), 5))
    made = {"mean": with_text(outcome, fold), "table_only": without(outcome, fold)}
    predictions = Predictions.of(dataset, np.arange(100), fold, outcome, made)
    return Scored.of(predictions, dataset, SETTINGS).lift(SETTINGS, "mean", "table_only")


@pytest.mark.parametrize(("unit", "rows"), [("headline", DAYS * A_DAY), ("event", DAYS * COMPANIES)])
def test_what_is_drawn_of_the_test_is_counted_in_the_unit_that_the_run_scores(unit, rows):
    predictions, data, settings = made_up("classify", unit=unit)
    found = Scored.of(predictions, data, settings)
    assert len(found.y) == rows
    assert found.predictions["mean"].shape == (rows, 2)
