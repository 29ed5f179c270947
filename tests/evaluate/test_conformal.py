import math

import numpy as np
import pandas as pd
import pytest
from mapie.regression import SplitConformalRegressor
from sklearn.base import BaseEstimator, RegressorMixin

from core.evaluate.conformal import Conformal, adaptive_half_widths, known_before
from core.train.splits.splitters import SessionHoldout
from tests.makers.worlds import first_always
from tests.simulations import conformal as simulation


@pytest.fixture
def rng():
    return np.random.default_rng(0)


class Given(RegressorMixin, BaseEstimator):
    """A regressor that predicts its only column."""

    def fit(self, X, y):
        self.is_fitted = True
        return self

    def predict(self, X):
        return np.asarray(X)[:, 0]


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("n", [37, 99, 100])
def test_with_one_row_a_session_the_interval_is_that_of_mapie(level, n, rng):
    p, y = rng.normal(size=(2, n))
    reference = SplitConformalRegressor(Given().fit(p[:, None], y), confidence_level=level, prefit=True)
    bounds = reference.conformalize(p[:, None], y).predict_interval(np.zeros((1, 1)))[1]
    half = Conformal.fit(y, p, np.arange(n)).half_width(level)
    assert [-half, half] == pytest.approx(bounds[0, :, 0])


def test_new_sessions_are_covered_as_often_as_promised(rng):
    held = []
    for _ in range(2000):
        day = np.repeat(np.arange(31), 5)
        y = 0.02 * rng.normal(size=31)[day] + 0.001 * rng.normal(size=len(day))
        past, new = day < 30, day == 30
        half = Conformal.fit(y[past], y[past] * 0, day[past]).half_width(0.8)
        held.append(np.mean(np.abs(y[new]) <= half))
    assert np.mean(held) == pytest.approx(25 / 31, abs=0.04)  # the 25th of 30 errors; four standard errors


def test_a_session_with_ten_thousand_rows_weighs_as_any_other():
    y, day = np.r_[np.full(10_000, 0.1), np.full(99, 0.01)], np.r_[np.zeros(10_000, int), np.arange(1, 100)]
    assert Conformal.fit(y, y * 0, day).half_width(0.9) == 0.01


def test_too_few_sessions_for_the_level_have_no_finite_interval(rng):
    few = Conformal.fit(rng.normal(size=8), np.zeros(8), np.arange(8))
    assert math.isinf(few.half_width(0.9))
    assert few.half_width(few.highest_level) == few.errors[-1]


def test_without_rows_there_is_nothing_to_fit():
    with pytest.raises(ValueError, match="no rows"):
        Conformal.fit(np.empty(0), np.empty(0), np.empty(0, int))


def shifted(rng, calm, restless):
    """So many calm sessions to learn from, then restless ones: `(conformal, y, ids)`."""
    y = rng.normal(size=calm)
    return Conformal.fit(y, y * 0, np.arange(calm)), 1.3 * rng.normal(size=restless), np.arange(restless)


def test_when_the_market_turns_restless_the_adaptive_interval_keeps_its_promise(rng):
    conformal, y, ids = shifted(rng, 5000, 2000)
    fixed = np.mean(np.abs(y) <= conformal.half_width(0.8))
    adapted = np.mean(np.abs(y) <= adaptive_half_widths(conformal, y, y * 0, ids, level=0.8))
    assert fixed < 0.74  # 0.68 by the normal distribution
    assert adapted == pytest.approx(0.8, abs=0.01)  # 0.0085 at most: 0.85 / (0.05 * 2000), Gibbs & Candès


@pytest.mark.parametrize("horizon", [1, 5])
def test_an_outcome_changes_no_interval_before_it_is_known(horizon, rng):
    conformal, y, ids = shifted(rng, 200, 40)
    held, missed = (np.where(ids == 10, tenth, y) for tenth in (0.0, 100.0))
    widths = [adaptive_half_widths(conformal, v, v * 0, ids, 0.5, horizon) for v in (held, missed)]
    changed = np.flatnonzero(widths[0] != widths[1])
    assert changed.min() == 10 + horizon + 1  # known at the close of session 10 + horizon, used after it


def test_what_is_known_before_a_session_is_what_the_purge_of_a_split_leaves():
    days, cut = np.arange(40), 30
    X = pd.DataFrame({"session": pd.bdate_range("2024-01-01", periods=40), "story": days, "company": "a"})
    for horizon in (0, 1, 5):
        (split,) = SessionHoldout(0.25, horizon).parts(X)
        assert split.train.tolist() == days[known_before(days, cut, horizon)].tolist()


def test_an_outcome_of_the_same_session_is_known_the_session_after(rng):
    conformal, y, ids = shifted(rng, 200, 40)
    widths = [adaptive_half_widths(conformal, y + 9 * (ids == 10) * k, y * 0, ids, 0.5, 0) for k in (0, 1)]
    assert np.flatnonzero(widths[0] != widths[1]).min() == 11


@pytest.mark.slow
@pytest.mark.parametrize(("level", "horizon", "learned", "companies"), first_always(simulation.WORLDS))
def test_intervals_hold_what_they_promise_on_average_also_where_outcomes_overlap(
    level, horizon, learned, companies
):
    found = simulation.kept(level, horizon, learned, companies)
    assert found.fixed == pytest.approx(level, abs=0.03)
    assert found.adaptive == pytest.approx(level, abs=0.03)


def test_adaptive_widths_stay_finite_and_are_one_per_session(rng):
    conformal = Conformal.fit(rng.normal(size=5), np.zeros(5), np.arange(5))
    made = adaptive_half_widths(conformal, np.full(60, 9.0), np.zeros(60), np.repeat(np.arange(30), 2), 0.9)
    assert made.shape == (60,)
    assert np.isfinite(made).all()
    assert (made[::2] == made[1::2]).all()
