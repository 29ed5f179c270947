import math

import numpy as np
import pytest
from train_tables import make_dataset

from core.train import bootstrap
from core.train.bootstrap import Interval, blocks, intervals
from core.train.metrics import METRICS

MAE = [metric for metric in METRICS["regress"] if metric.name == "mae"]


def errors(rows_per_block, seed=0):
    """Thirty blocks whose rows all share one error."""
    error = np.random.default_rng(seed).exponential(size=30)
    return np.repeat(error, rows_per_block), np.repeat(np.arange(30), rows_per_block)


def test_the_interval_is_that_of_the_mean_over_blocks():
    y, ids = errors(1)
    made = intervals(y, np.zeros(30), ids, MAE, seed=0, resamples=4000)["mae"]
    half = 1.96 * y.std() / math.sqrt(30)
    assert made.value == pytest.approx(y.mean())
    assert made.high - made.low == pytest.approx(2 * half, rel=0.1)


def test_more_rows_of_the_same_sessions_do_not_narrow_the_interval():
    few, many = (
        intervals(y, np.zeros(len(y)), ids, MAE, seed=0)["mae"] for y, ids in (errors(1), errors(20))
    )
    assert many.low == pytest.approx(few.low)
    assert many.high == pytest.approx(few.high)


def test_the_same_seed_gives_the_same_interval_and_another_another():
    y, ids = errors(3)
    first, again, other = (intervals(y, y * 0, ids, MAE, seed=seed)["mae"] for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_chunks_do_not_change_the_result(monkeypatch):
    y, ids = errors(3)
    whole = intervals(y, y * 0, ids, MAE, seed=0)
    monkeypatch.setattr(bootstrap, "CELLS", 1000)
    assert intervals(y, y * 0, ids, MAE, seed=0) == whole


def test_resamples_without_a_class_are_left_out():
    y = np.array([1.0, 1, 0, 0])
    p = np.array([[0.2, 0.8], [0.4, 0.6], [0.5, 0.5], [0.7, 0.3]])
    made = intervals(y, p, np.arange(4), METRICS["classify"], seed=0, resamples=200)["auc"]
    assert made == Interval(1.0, 1.0, 1.0)


def test_a_single_block_has_no_interval():
    made = intervals(np.ones(5), np.zeros(5), np.zeros(5, int), MAE, seed=0)["mae"]
    assert made.value == 1
    assert math.isnan(made.low)
    assert made.as_dict() == {"value": 1.0, "low": None, "high": None}


def test_a_block_is_a_session_and_without_one_a_story():
    dataset = make_dataset(np.zeros(6), np.array([0, 0, 1, -1, -1, -1]), story=np.array([1, 2, 1, 5, 5, 6]))
    ids = blocks(dataset, np.arange(6))
    assert len(set(ids)) == 4
    assert ids[0] == ids[1] != ids[2]
    assert ids[3] == ids[4] != ids[5]
    assert ids.min() == 0
    assert ids.max() == 3
