import numpy as np
import pytest

from core.evaluate.blocks import block_numbers
from core.evaluate.events import disagreeing, event_weights, to_events
from tests.makers.train_tables import make_dataset

ALL = np.arange(100)
DAYS = np.repeat(np.arange(20), 5)


def test_every_event_weighs_the_same_and_the_mean_weight_is_1():
    days = np.r_[np.zeros(90, int), np.arange(1, 11)]
    weights = event_weights(make_dataset(np.zeros(100), days), ALL)
    assert weights.mean() == pytest.approx(1)
    assert weights[:90].sum() == pytest.approx(weights[95])


def test_weights_count_only_the_rows_that_are_asked_for():
    days = np.r_[np.zeros(90, int), np.arange(1, 11)]
    assert event_weights(make_dataset(np.zeros(100), days), np.arange(89, 100)).tolist() == [1] * 11


def test_undated_rows_weigh_1_each():
    assert event_weights(make_dataset(np.zeros(100), story=np.zeros(100)), ALL).tolist() == [1] * 100


def test_companies_of_one_session_are_weighed_apart():
    dataset = make_dataset(np.zeros(4), np.zeros(4, int))
    dataset.frame["company"] = ["가", "가", "가", "나"]
    weights = event_weights(dataset, np.arange(4))
    assert weights[:3].sum() == pytest.approx(weights[3]) == 2


def test_predictions_are_averaged_per_company_and_session():
    dataset = make_dataset(np.zeros(6), np.array([1, 1, 0, 0, 0, 2]))
    p = np.array([0.2, 0.4, 0.3, 0.6, 0.9, 1.0])
    events = to_events(dataset, np.arange(6), np.column_stack([1 - p, p]), np.array([1.0, 1, 0, 0, 0, 1]))
    assert events.predictions[:, 1] == pytest.approx([0.3, 0.6, 1.0])
    assert events.predictions.sum(axis=1) == pytest.approx([1, 1, 1])
    assert events.outcome.tolist() == [1, 0, 1]
    assert events.sizes.tolist() == [2, 3, 1]
    assert events.sessions.astype("datetime64[D]").astype(str).tolist() == [
        "2024-01-02",
        "2024-01-01",
        "2024-01-03",
    ]
    assert block_numbers(dataset, events.first).tolist() == [1, 0, 2]


def test_the_mean_of_equal_predictions_is_the_same_for_events_of_any_size():
    dataset = make_dataset(np.zeros(21), np.repeat([0, 1, 2], [3, 7, 11]))
    constant = np.full((21, 2), [1 / 3 + 0.1, 2 / 3 - 0.1])
    events = to_events(dataset, np.arange(21), constant, np.zeros(21))
    assert len(np.unique(events.predictions[:, 1])) == 1


def test_events_are_made_of_the_rows_that_are_asked_for():
    dataset = make_dataset(np.arange(100) / 100, DAYS)
    rows = np.array([3, 7, 8])
    events = to_events(dataset, rows, np.array([1.0, 2, 4]), dataset.outcome("regress")[rows])
    assert events.predictions.tolist() == [1, 3]
    assert events.outcome == pytest.approx([0.03, 0.075])


def test_two_companies_of_one_session_are_two_events_of_one_block():
    dataset = make_dataset(np.zeros(2), np.zeros(2, int))
    dataset.frame["company"] = ["가", "나"]
    events = to_events(dataset, np.arange(2), np.array([1.0, 2]), np.zeros(2))
    assert events.predictions.tolist() == [1, 2]
    assert block_numbers(dataset, events.first).tolist() == [0, 0]


def test_undated_rows_are_events_and_blocks_by_themselves():
    dataset = make_dataset(np.zeros(5), np.array([-1, 0, 0, -1, 1]))
    events = to_events(dataset, np.arange(5), np.arange(5.0), np.zeros(5))
    assert events.predictions.tolist() == [0, 1.5, 3, 4]
    assert len(set(block_numbers(dataset, events.first).tolist())) == 4


def test_an_event_has_the_most_frequent_class_of_its_known_rows():
    dataset = make_dataset(np.zeros(5), np.array([0, 0, 0, 0, 1]))
    outcome = np.array([2.0, 0, 2, np.nan, np.nan])
    events = to_events(dataset, np.arange(5), np.full((5, 3), 1 / 3), outcome)
    assert events.outcome[0] == 2
    assert np.isnan(events.outcome[1])
    assert disagreeing(dataset, outcome, np.arange(5)) == 1


def test_undated_rows_of_one_story_are_events_of_one_block():
    dataset = make_dataset(np.zeros(4), np.array([-1, 0, -1, -1]), story=np.array([7, 1, 7, 8]))
    events = to_events(dataset, np.arange(4), np.arange(4.0), np.zeros(4))
    assert events.predictions.tolist() == [0, 1, 2, 3]
    first, dated, again, other = block_numbers(dataset, events.first)
    assert first == again
    assert len({first, dated, other}) == 3
