from dataclasses import replace

import numpy as np
import pytest

from core.evaluate.predictions import Predictions
from core.evaluate.scoring import Scored
from core.evaluate.settings import EvaluateSettings
from core.jobs import silent
from tests.makers.predictions import A_DAY, COMPANIES, DAYS, made_up
from tests.makers.train_tables import make_dataset, signal

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


def test_events_are_scored_where_they_are_the_unit():
    dataset, _ = signal()
    rows = np.arange(180, 240)
    p = np.random.default_rng(0).random((60, 2))
    outcome = dataset.outcome("classify")[rows]
    made = Predictions.of(dataset, rows, np.zeros(60, int), outcome, {"mean": p}, ("패", "승"))
    headline, event = (
        Scored.of(made, dataset, EvaluateSettings(unit=unit)) for unit in ("headline", "event")
    )
    assert len(headline.y) == 60
    assert len(event.y) == len(np.unique(dataset.event[rows])) < 60
    first = rows[dataset.event[rows] == dataset.event[rows[0]]]
    assert event.predictions["mean"][0] == pytest.approx(p[first - 180].mean(axis=0))
    assert len(np.unique(event.blocks.ids)) == len(event.y)  # one company


def test_an_undated_table_is_scored_by_headline():
    dataset = make_dataset(np.random.default_rng(0).normal(size=60))
    made = {"mean": np.arange(60.0)}
    predictions = Predictions.of(dataset, np.arange(60), np.zeros(60, int), dataset.outcome("regress"), made)
    scored = Scored.of(predictions, dataset, EvaluateSettings("regress", unit="event"))
    assert (len(scored.y), scored.blocks.unit) == (60, "story")


def test_a_score_over_folds_is_the_mean_of_theirs():
    dataset, _ = signal()
    rows, outcome = np.arange(240), dataset.outcome("classify")
    fold = 1 + (rows >= 120).astype(int)
    p1 = np.where(fold == 2, 0.9, 0.1) + 0.05 * outcome  # perfect in each fold, on another scale in each
    p = np.column_stack([1 - p1, p1])
    predictions = Predictions.of(dataset, rows, fold, outcome, {"mean": p}, ("패", "승"))
    scored = Scored.of(predictions, dataset, EvaluateSettings())
    assert scored.scores(EvaluateSettings(), silent)["mean"]["auc"].value == 1
    pooled = replace(scored, fold=np.zeros(240, int))
    assert pooled.scores(EvaluateSettings(), silent)["mean"]["auc"].value < 0.9


def test_there_is_no_lift_where_a_prediction_is_missing():
    dataset, _ = signal()
    rows, p = np.arange(60), np.full((60, 2), 0.5)
    made = Predictions.of(
        dataset, rows, rows * 0, dataset.outcome("classify")[rows], {"mean": p}, ("패", "승")
    )
    assert Scored.of(made, dataset, EvaluateSettings()).lift(EvaluateSettings(), "mean", "table_only") is None
