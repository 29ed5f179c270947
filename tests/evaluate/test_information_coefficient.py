import math

import numpy as np
import pytest
from scipy.stats import spearmanr, ttest_1samp
from scipy.stats import t as student

from core.evaluate.information_coefficient import by_session, hac_mean, session_scores
from core.evaluate.metrics import rank_ic
from tests.makers.predictions import A_DAY, COMPANIES, made_up
from tests.simulations.overlap import World, coverage_of_ics


def table(sessions=30, companies=8, skill=0.5, seed=0):
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(sessions), companies)
    p = rng.normal(size=len(day))
    y = 0.01 * (skill * p + rng.normal(size=len(day))) + 0.05 * rng.normal(size=sessions)[day]
    order = rng.permutation(len(day))
    return y[order], p[order], day[order]


def test_each_session_has_its_own_rank_correlation():
    y, p, day = table()
    made = by_session(y, p, day, seed=0)
    assert made.ics == pytest.approx([spearmanr(y[day == k], p[day == k]).statistic for k in range(30)])
    assert made.rank_ic.value == pytest.approx(made.ics.mean())
    assert (made.rank_ic.sessions, made.all_sessions, made.rows.tolist()) == (30, 30, [8] * 30)
    assert not made.pooled


def test_skill_within_sessions_is_seen_through_the_moves_of_the_market():
    made = by_session(*table(skill=1), seed=0)
    assert made.rank_ic.t > 3
    assert made.spread.value > 0
    assert made.spread.low > 0
    assert "The mean rank IC of 30 sessions is " in str(made.sentence())


def test_the_t_value_is_made_of_the_projections_on_cosines():
    values = np.random.default_rng(1).normal(0.1, 1, 150).cumsum() / 10
    times = np.arange(150) + 0.5
    projected = [
        math.sqrt(2 / 150) * (values * np.cos(math.pi * j * times / 150)).sum() for j in range(1, 12)
    ]
    error = math.sqrt(np.square(projected).mean() / 150)
    made = hac_mean(values)
    assert made.freedom == 11  # 0.4 * 150 ** (2 / 3) is 11.3
    assert made.t == pytest.approx(values.mean() / error)
    assert made.high - made.value == pytest.approx(student.isf(0.025, 11) * error)


def test_without_autocorrelation_the_t_value_is_nearly_the_ordinary_one():
    values = np.random.default_rng(1).normal(0.1, 1, 5000)
    assert hac_mean(values).t == pytest.approx(ttest_1samp(values, 0).statistic, rel=0.1)


def test_autocorrelation_lowers_the_t_value():
    rng = np.random.default_rng(0)
    values = np.convolve(rng.normal(0.2, 1, 310), np.ones(10) / 10, "valid")
    assert hac_mean(values).t < 0.7 * ttest_1samp(values, 0).statistic


def test_no_cosine_is_faster_than_outcomes_that_overlap():
    values = np.random.default_rng(0).normal(size=100)
    assert (hac_mean(values).freedom, hac_mean(values, horizon=10).freedom) == (8, 3)


@pytest.mark.slow
@pytest.mark.parametrize("sessions", [60, 240])
@pytest.mark.parametrize("horizon", [1, 5, 10, 20])
def test_intervals_of_overlapping_coefficients_hold_the_truth(horizon, sessions):
    assert coverage_of_ics(World(horizon, sessions), range(1000)) >= 0.93


def test_sessions_with_fewer_than_five_outcomes_are_left_out():
    y, p, day = table(sessions=20)
    y = np.where(day < 5, np.round(y[0], 2), y)
    made = by_session(y, p, day, seed=0)
    assert made.sessions.tolist() == list(range(5, 20))
    assert made.all_sessions == 20


def test_one_outcome_a_session_is_pooled_and_says_so():
    rng = np.random.default_rng(0)
    day = np.repeat(np.arange(20), 10)
    y, p = rng.normal(size=20)[day], rng.normal(size=200)
    made = by_session(y, p, day, seed=0)
    assert made.pooled
    assert made.rank_ic.value == pytest.approx(spearmanr(y, p).statistic)
    assert made.rank_ic.low < made.rank_ic.value < made.rank_ic.high
    assert math.isnan(made.rank_ic.t)
    assert str(made.sentence()).startswith("Pooled over all rows")


def test_a_session_whose_prediction_is_constant_has_no_rank_correlation():
    y, p, day = table(sessions=10)
    made = by_session(y, np.where(day == 3, 0.0, p), day, seed=0)
    assert np.isnan(made.ics[3])
    assert made.rank_ic.sessions == 9
    assert made.spread.sessions == 10
    assert made.spreads[3] == 0
    assert made.unranked == 1


@pytest.mark.parametrize("companies", [8, 1])
def test_predictions_that_are_all_the_same_rank_nothing(companies):
    y, _, day = table(sessions=10, companies=companies)
    made = by_session(y, np.full(len(y), 0.1), day, seed=0)
    assert made.pooled == (companies == 1)
    assert made.unranked == 10
    assert str(made.sentence()).startswith("The predictions are all the same")
    assert (made.spread.value, made.spread.low, made.spread.high) == (0, 0, 0)


def test_the_same_value_each_session_has_no_t_value():
    made = hac_mean(np.full(10, 0.1))
    assert math.isnan(made.t)
    assert (made.low, made.high) == (made.value, made.value)


@pytest.mark.parametrize("values", [np.empty(0), np.full(3, np.nan), np.array([0.1, 0.2])])
def test_too_few_sessions_have_no_interval(values):
    assert math.isnan(hac_mean(values).low)


def test_rank_ic_by_session_is_of_events_also_where_headlines_are_scored():
    predictions, data, settings = made_up()
    found = session_scores(predictions, data, settings)
    assert (found.rows == COMPANIES).all()
    assert not found.pooled
    y = data.frame["target"][:A_DAY].groupby(data.frame["company"][:A_DAY]).mean()
    p = predictions.table["mean"][:A_DAY].groupby(data.frame["company"][:A_DAY]).mean()
    assert found.ics[0] == pytest.approx(rank_ic(y.to_numpy(), p.to_numpy(), np.ones((1, COMPANIES)))[0])


def test_one_company_is_scored_over_all_sessions_at_once():
    assert session_scores(*made_up(companies=1)).pooled


def test_the_folds_of_a_sealed_run_are_pooled_by_rank_not_by_level():
    predictions, data, settings = made_up(companies=1, folds=2, sealed=True)
    before = session_scores(predictions, data, settings).rank_ic.value
    lifted = predictions.replace(mean=predictions["mean"] - 10 * (predictions.fold == 2))
    assert session_scores(lifted, data, settings).rank_ic.value == before
