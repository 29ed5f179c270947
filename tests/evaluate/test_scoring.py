import numpy as np

from core.evaluate.scoring import Scored
from core.train.settings import TrainSettings
from tests.makers.train_tables import make_dataset

SETTINGS = TrainSettings("regress", unit="headline", folds=2)


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
    predictions = {"mean": with_text(outcome, fold), "table_only": without(outcome, fold)}
    return Scored.of(dataset, np.arange(100), outcome, predictions, SETTINGS, fold).lift(
        SETTINGS, "mean", "table_only"
    )
