import math

import numpy as np
import pytest

from core.evaluate import bootstrap
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import (
    Interval,
    bounds,
    draws,
    intervals,
    mean_interval,
    paired,
    plain_scores,
    scores_of_plain,
    share_interval,
)
from core.evaluate.metrics import metrics_of

MAE = [metric for metric in metrics_of("regress") if metric.name == "mae"]


def errors(rows_per_block, seed=0):
    """Thirty blocks whose rows all share one error."""
    error = np.random.default_rng(seed).exponential(size=30)
    return np.repeat(error, rows_per_block), np.repeat(np.arange(30), rows_per_block)


def test_the_interval_is_that_of_the_mean_over_blocks():
    y, ids = errors(1)
    made = intervals(y, np.zeros(30), Blocks(ids), MAE, seed=0, resamples=4000)["mae"]
    half = 1.96 * y.std() / math.sqrt(30)
    assert made.value == pytest.approx(y.mean())
    assert made.high - made.low == pytest.approx(2 * half, rel=0.1)


def test_more_rows_of_the_same_sessions_do_not_narrow_the_interval():
    few, many = (
        intervals(y, np.zeros(len(y)), Blocks(ids), MAE, seed=0)["mae"] for y, ids in (errors(1), errors(20))
    )
    assert many.low == pytest.approx(few.low)
    assert many.high == pytest.approx(few.high)


def test_the_same_seed_gives_the_same_interval_and_another_another():
    y, ids = errors(3)
    first, again, other = (intervals(y, y * 0, Blocks(ids), MAE, seed=seed)["mae"] for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_chunks_do_not_change_the_result(monkeypatch):
    y, ids = errors(3)
    whole = intervals(y, y * 0, Blocks(ids), MAE, seed=0)["mae"]
    monkeypatch.setattr(bootstrap, "CELLS", 1000)
    made = intervals(y, y * 0, Blocks(ids), MAE, seed=0)["mae"]
    assert (made.low, made.high) == pytest.approx((whole.low, whole.high), abs=1e-12)


def test_resamples_without_a_class_are_left_out():
    y = np.array([1.0, 1, 0, 0])
    p = np.array([[0.2, 0.8], [0.4, 0.6], [0.5, 0.5], [0.7, 0.3]])
    made = intervals(y, p, Blocks(np.arange(4)), metrics_of("classify"), seed=0, resamples=200)["auc"]
    assert made == Interval(1.0, 1.0, 1.0)


def test_a_single_block_has_no_interval():
    made = intervals(np.ones(5), np.zeros(5), Blocks(np.zeros(5, int)), MAE, seed=0)["mae"]
    assert made.value == 1
    assert math.isnan(made.low)
    assert made.as_dict() == {"value": 1.0, "low": None, "high": None}


def test_a_metric_without_an_interval_has_none_nor_has_what_an_earlier_version_saved_of_it():
    came, win = np.tile([0, 1], 20), np.linspace(0.2, 0.8, 40)
    metrics = metrics_of("classify")
    made = intervals(
        came, np.column_stack([1 - win, win]), Blocks(np.arange(40)), metrics, seed=0, resamples=50
    )
    assert [name for name, score in made.items() if math.isnan(score.low) and math.isnan(score.high)] == [
        "ece"
    ]
    assert not any(math.isnan(score.value) for score in made.values())
    saved = plain_scores({"mean": made})
    assert saved["mean"]["ece"] == {"value": made["ece"].value, "low": None, "high": None}
    assert scores_of_plain(saved) == {"mean": made}
    saved["mean"]["ece"] |= {"low": 0.01, "high": 0.09}
    saved["mean"]["retired"] = {"value": 0.5, "low": 0.4, "high": 0.6}
    assert scores_of_plain(saved) == {"mean": made | {"retired": Interval(0.5, 0.4, 0.6)}}


def test_blocks_of_sessions_are_drawn_whole_and_round_the_end():
    ids = np.repeat(np.arange(10), 3)
    drawn = np.concatenate(list(draws(Blocks(ids, 4, 4), seed=0, resamples=2000)))[:, ::3]  # (B, sessions)
    assert (drawn.sum(axis=1) == 10).all()  # as many sessions as there are
    assert drawn.mean(axis=0) == pytest.approx(np.ones(10), abs=0.08)  # each as often, the first and last too
    rises = (np.diff(drawn, axis=1, append=drawn[:, :1]) > 0).sum(axis=1)
    assert rises.max() <= 3  # two blocks of four and one of two


def test_outcomes_that_overlap_widen_the_interval():
    rng = np.random.default_rng(0)
    y = np.convolve(rng.normal(size=219), np.ones(20) / 20, "valid")
    single, whole = (intervals(y, y * 0, Blocks(np.arange(200), n, n), MAE, seed=0)["mae"] for n in (1, 20))
    assert whole.high - whole.low > 2 * (single.high - single.low)


def test_a_row_of_weight_two_is_scored_as_two_rows():
    y, ids = errors(2)
    heavy = np.tile([2.0, 1.0], 30)
    copied = np.repeat(np.arange(60), heavy.astype(int))
    weighted = intervals(y + heavy, y * 0, Blocks(ids), MAE, seed=0, weights=heavy)["mae"]
    repeated = intervals((y + heavy)[copied], copied * 0.0, Blocks(ids[copied]), MAE, seed=0)["mae"]
    assert weighted.value == pytest.approx(repeated.value)
    assert (weighted.low, weighted.high) == pytest.approx((repeated.low, repeated.high))


def test_what_two_predictions_share_cancels_in_their_paired_difference():
    y, ids = errors(1)
    ours, other = np.full(30, 0.01), np.zeros(30)
    shared = intervals(y + 1, other, Blocks(ids), MAE, seed=0)["mae"]
    made = paired(y + 1, ours, other, Blocks(ids), MAE[0], seed=0)
    assert (made.value, made.low, made.high) == pytest.approx((-0.01, -0.01, -0.01))
    assert shared.high - shared.low > 0.1


def test_a_paired_difference_is_taken_in_the_resamples_of_the_single_scores():
    y, ids = errors(1)
    other = np.random.default_rng(3).normal(size=30)
    by_hand = np.concatenate(
        [MAE[0].compute(y, y * 0, w) - MAE[0].compute(y, other, w) for w in draws(Blocks(ids), seed=4)]
    )
    made = paired(y, y * 0, other, Blocks(ids), MAE[0], seed=4)
    assert (made.low, made.high) == bounds(by_hand, 30)


def test_few_blocks_widen_the_interval_as_a_t_quantile_would():
    scores = np.random.default_rng(0).normal(size=200_000)
    low, high = bounds(scores, 10)
    assert high == pytest.approx(2.262 * math.sqrt(10 / 9), abs=0.03)
    assert low == pytest.approx(-high, abs=0.05)
    assert bounds(scores, 10_000)[1] == pytest.approx(1.96, abs=0.02)


def test_the_interval_of_a_mean_needs_two_blocks():
    assert math.isnan(mean_interval(np.ones(3), Blocks(np.zeros(3, int)), 0).low)
    assert mean_interval(np.ones(3), Blocks(np.arange(3)), 0) == Interval(1, 1, 1)


def test_a_share_of_all_is_not_certain_when_it_was_seen_on_few_sessions():
    all_held = share_interval(np.ones(50, bool), Blocks(np.repeat(np.arange(5), 10)), seed=0)
    assert all_held.value == all_held.high == 1
    assert all_held.low == pytest.approx(0.025 ** (1 / 5))
    none_held = share_interval(np.zeros(50, bool), Blocks(np.repeat(np.arange(5), 10)), seed=0)
    assert none_held == Interval(0.0, 0.0, pytest.approx(1 - 0.025 ** (1 / 5)))
