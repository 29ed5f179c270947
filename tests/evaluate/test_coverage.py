import math

import numpy as np
import pandas as pd
import pytest

from core.errors import Message
from core.evaluate.backtest import backtest
from core.evaluate.blocks import Blocks
from core.evaluate.conformal import Conformal
from core.evaluate.coverage import coverage_by_month, fell_short, realised_coverage, sentence
from core.evaluate.information_coefficient import session_scores
from tests.makers.predictions import made_up
from tests.simulations import conformal as simulation


def said(found: object) -> str:
    assert isinstance(found, Message)
    return str(found)


def test_the_realised_coverage_stands_by_month():
    days = pd.Series(pd.date_range("2024-01-01", periods=60)).repeat(2)
    y = np.where(days.dt.month == 2, 0.05, 0.01)
    whole, january, february = coverage_by_month(
        y, y * 0, 0.02, days, Blocks(np.repeat(np.arange(60), 2)), seed=0
    )
    assert (january.month, january.realised.value, january.rows, january.sessions) == ("2024-01", 1, 62, 31)
    assert (february.month, february.realised.value) == ("2024-02", 0)
    assert whole.realised.value == pytest.approx(62 / 120)
    assert whole.realised.low < whole.realised.value < whole.realised.high
    assert whole.width == pytest.approx(0.04)


def test_a_promise_that_was_not_kept_is_said():
    days = pd.date_range("2024-01-01", periods=60)
    conformal = Conformal.fit(np.full(30, 0.02), np.zeros(30), np.arange(30))
    restless = coverage_by_month(
        np.where(days.month == 2, 0.05, 0.01), np.zeros(60), 0.02, days, Blocks(np.arange(60)), seed=0
    )
    assert "held only 52%" in str(sentence(conformal, restless, fallen=True))
    assert "least in 2024-02 (0%)" in str(sentence(conformal, restless))
    assert "held 52%" in str(sentence(conformal, restless))
    assert "That may be chance: they were made from 30 sessions only" in str(sentence(conformal, restless))
    kept = coverage_by_month(np.full(60, 0.01), np.zeros(60), 0.02, days, Blocks(np.arange(60)), seed=0)
    assert "held 100%" in str(sentence(conformal, kept))
    endless = coverage_by_month(
        np.full(60, 0.01), np.zeros(60), math.inf, days, Blocks(np.arange(60)), seed=0
    )
    assert "too few" in str(sentence(conformal, endless))


def test_intervals_are_made_from_the_walk_and_tried_on_the_holdout():
    predictions, data, settings = made_up(folds=2)
    found = realised_coverage(predictions, data, settings, 0.8)
    walked, held = predictions.walk.table, predictions.holdout.table
    assert found.sessions == 19  # the outcome of the last before the test is known in it only
    whole, *months = found.fixed
    assert (whole.sessions, whole.rows) == (10, len(held))
    assert (walked["outcome"] - walked["mean"]).abs().quantile(0.7) < found.half_width
    assert whole.realised.value == pytest.approx(
        ((held["outcome"] - held["mean"]).abs() <= found.half_width).mean()
    )
    assert [month.month for month in months] == ["2024-01"]


def test_outcomes_that_are_known_too_late_make_no_interval():
    none = realised_coverage(*made_up(folds=2, horizon=250), 0.8)
    assert "outcomes over 250 sessions are known too late" in said(none)
    few = realised_coverage(*made_up(folds=2, horizon=4), 0.8)
    assert np.isinf(few.half_width)
    assert "16 sessions of errors are too few for intervals: outcomes over 4 sessions overlap" in str(
        few.sentence
    )


def test_only_errors_known_before_the_test_make_the_intervals():
    predictions, data, settings = made_up(folds=2)
    late = predictions.table["session"] == predictions.walk.table["session"].max()
    wild = predictions.replace(mean=np.where(late, 9.0, predictions["mean"]))
    before, after = (realised_coverage(made, data, settings, 0.9) for made in (predictions, wild))
    assert before.half_width == after.half_width


def test_a_promise_missed_by_chance_is_no_finding_and_one_missed_by_far_is():
    rng = np.random.default_rng(0)
    day, learned = np.arange(120), np.arange(120) < 60
    kept = np.r_[np.arange(60) < 54, rng.random(60) < 0.9]
    assert not fell_short(kept, learned, ~learned, Blocks(day), 0.9, seed=0)
    assert fell_short(np.r_[kept[:60], np.arange(60) < 40], learned, ~learned, Blocks(day), 0.9, seed=0)


@pytest.mark.slow
@pytest.mark.parametrize("companies", [1, 10])
def test_a_steady_market_is_seldom_said_to_have_moved_on(companies):
    assert simulation.kept(0.9, 1, 60, companies).fallen <= 0.05


def test_intervals_widen_after_sessions_that_were_missed():
    predictions, data, settings = made_up(folds=2)
    p = predictions["mean"]
    wild = predictions.replace(mean=np.where(predictions.fold == 0, p + 1, p))
    found = realised_coverage(wild, data, settings, 0.8)
    assert found.adaptive[0].width > 2 * found.half_width


def test_too_few_sessions_for_the_level_are_said():
    found = realised_coverage(*made_up(folds=2), 0.99)
    assert np.isinf(found.half_width)
    assert "too few" in str(found.sentence)
    assert found.adaptive == ()


def test_without_folds_or_with_a_seal_there_are_no_intervals_but_a_sentence():
    assert "train with walk-forward folds" in said(realised_coverage(*made_up()))
    assert "sealed" in said(realised_coverage(*made_up(folds=2, sealed=True)))


@pytest.mark.parametrize("ask", [backtest, session_scores, realised_coverage])
def test_without_dates_there_are_no_results_by_session_but_a_sentence(ask):
    assert "no date" in said(ask(*made_up(dated=False, folds=2)))
