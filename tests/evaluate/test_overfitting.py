from dataclasses import replace

import numpy as np
import pytest

from core.errors import Message
from core.evaluate import overfitting as module
from core.evaluate.overfitting import Overfitting, lasting, overfitting
from core.evaluate.predictions import Predictions
from core.evaluate.settings import EvaluateSettings
from tests.makers.train_tables import make_dataset
from tests.simulations.overfitting import choices, one_table


def table(task="classify", sessions=60, models=5, best=0.0, dated=True):
    """Models that are noise, the first with some skill, over three folds of walk-forward."""
    rng = np.random.default_rng(0)
    day = np.repeat(np.arange(sessions), 4)
    y = rng.normal(size=len(day))
    dataset = make_dataset(0.01 * y, day if dated else None)
    made = {}
    for k in range(models):
        score = rng.normal(size=len(day)) + (best * y if k == 0 else 0)
        p = 1 / (1 + np.exp(-score))
        made[f"m{k}"] = np.column_stack([1 - p, p]) if task == "classify" else score
    classes = ("패", "승") if task == "classify" else ()
    fold = 1 + day * 3 // sessions
    outcome = (y > 0).astype(float) if classes else 0.01 * y
    predictions = Predictions.of(dataset, np.arange(len(day)), fold, outcome, made, classes)
    return predictions, dataset, EvaluateSettings(task)


@pytest.mark.parametrize("task", ["classify", "regress"])
def test_a_model_that_is_better_stays_good(task):
    found = overfitting(*table(task, best=2.0))
    assert isinstance(found, Overfitting)
    assert found.probability == 0
    assert found.later > found.typical
    assert "stays good in the other: in 0% of 252 ways" in str(found.sentence())


def test_among_noise_the_best_is_as_good_as_any():
    found = overfitting(*table())
    assert 0.05 < found.probability < 1
    assert found.chosen > found.later
    assert found.later == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "stays good"),
        (0.05, "stays good"),
        (0.2, "partly luck"),
        (0.5, "drawn by lot"),
        (1.0, "100% of 252"),
    ],
)
def test_the_sentence_goes_by_the_probability(probability, words):
    found = Overfitting("auc", probability, 0.6, 0.5, 0.5, ("a", "b", "c", "d"), 10, 252, 60)
    assert words in str(found.sentence())


def test_an_error_is_better_where_it_is_lower():
    errors = np.array([[0.1, 0.2, 0.3, 0.4]] * 4)
    assert lasting(-errors, -errors) == pytest.approx((0.0, -0.1, -0.1, -0.25))
    assert lasting(-errors, errors)[0] == 1.0


def test_of_equal_models_none_lasts():
    same = np.ones((6, 4))
    assert lasting(same, same)[0] == 1.0


def test_halves_without_a_score_are_left_out():
    first = np.array([[0.9, 0.1, 0.2, 0.3], [np.nan, 0.1, 0.2, 0.3]])
    assert lasting(first, first) == pytest.approx((0.0, 0.9, 0.9, 0.25))
    assert np.isnan(lasting(first[1:], first[1:])).all()


def test_where_every_half_lacks_a_score_nothing_is_said_to_last(monkeypatch):
    monkeypatch.setattr(module, "lasting", lambda *halves: (np.nan,) * 4)
    assert "cannot be said" in str(overfitting(*table()))


def test_fewer_sessions_are_cut_into_fewer_groups():
    assert overfitting(*table(sessions=36)).halves == 70
    assert overfitting(*table(sessions=24)).halves == 20


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (table(sessions=20), "tests 20 sessions, and at least 24"),
        (table(models=3), "3 predicted every walk-forward row"),
        (table(dated=False), "without walk-forward folds"),
    ],
)
def test_where_it_cannot_be_said_the_reason_is(given, words):
    found = overfitting(*given)
    assert isinstance(found, Message)
    assert words in str(found)


def test_outcomes_that_overlap_need_more_sessions():
    predictions, dataset, settings = table()
    found = overfitting(predictions, dataset, replace(settings, horizon=10))
    assert "at least 120 are needed" in str(found)


def test_the_holdout_takes_no_part():
    predictions, dataset, settings = table(best=2.0)
    with_holdout = Predictions(
        predictions.table.assign(fold=predictions.table["fold"].replace(3, 0)), predictions.classes
    )
    assert overfitting(with_holdout, dataset, settings).sessions == 40


def test_the_same_table_gives_the_same_answer():
    assert one_table(1, 0.0) == one_table(1, 0.0)


@pytest.mark.slow
def test_where_no_model_is_better_it_is_not_said_that_one_lasts():
    found = choices(0.0, tables=50)
    assert found.mean == pytest.approx(0.5, abs=0.05)
    assert found.holds <= 0.05
    assert choices(0.3, tables=20).holds > 0.9
