"""The interval of a prediction: what followed predictions like it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.evaluate.coverage import realised_coverage
from core.evaluate.event_outcomes import EventOutcomes
from core.evaluate.predictions import Predictions
from core.predict import Intervals
from core.predict.interval import local_shares
from core.train.run import FittedParts
from tests.makers.panels import events
from tests.simulations.interval import missed


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("horizon", "world"),
    [(1, {}), (5, {}), (20, {}), (1, {"sureness": 3.0}), (1, {"effect": 1e-9, "sureness": 3e8})],
)
def test_the_interval_holds_what_really_follows_predictions_like_it(horizon, world):
    assert (
        missed(60, 120, horizon, **world) <= 0.12
    )  # 7% and two standard errors: places of a table go together


def outcomes(won, cluster=None):
    won = np.asarray(won, float)
    cluster = np.arange(len(won)) if cluster is None else cluster
    return EventOutcomes(won, cluster, pd.Series(np.arange(len(won))), 1.0, True)


def test_a_prediction_has_the_interval_of_the_fifth_that_is_nearest():
    predicted = np.linspace(0, 1, 100)
    found = local_shares(predicted, np.arange(100), outcomes(predicted > 0.5))
    assert found.rows == 20
    assert found.seen(-3.0) == found.seen(0.0) == 0.0
    assert found.seen(1.0) == 1.0
    assert 0.3 < found.seen(0.5) < 0.7
    low, high = found.at(np.array([0.5]))[0]
    assert 0 < low < found.seen(0.5) < high < 1


def test_where_few_stretches_of_time_were_tested_there_is_none():
    predicted = np.linspace(0, 1, 100)
    found = local_shares(predicted, np.arange(100), outcomes(predicted > 0.5, np.arange(100) // 30))
    assert np.isnan(found.ends).all()


def test_rows_without_a_prediction_or_an_outcome_do_not_count():
    predicted = np.r_[np.linspace(0, 1, 100), np.full(50, np.nan)]
    known = outcomes(np.r_[predicted[:100] > 0.5])
    found = local_shares(predicted, np.arange(150), known)
    assert found.rows == 20
    assert np.isfinite(found.ends).all()


def test_a_return_has_the_width_that_the_walk_forward_asks_for(run, rng):
    returns = 0.01 * rng.normal(size=(60, 3))
    made, data, settings = events(returns, 0.002 * rng.normal(size=(60, 3)))
    made = Predictions(made.table.assign(fold=np.where(np.arange(len(made)) < 90, 1, 0)))
    parts = FittedParts(run.preparation, run.models, made)
    of_returns = replace(run, settings=replace(run.settings, task="regress"), classes=(), parts=parts)
    found = Intervals.of(of_returns, data)
    half = realised_coverage(made, data, settings).half_width
    assert np.isfinite(half)
    np.testing.assert_allclose(
        found.at(np.array([0.01, 0.02])), [[0.01 - half, 0.01 + half], [0.02 - half, 0.02 + half]]
    )
    assert np.isnan(found.seen(0.01))


def test_a_run_without_a_verdict_has_no_interval(run, data):
    assert Intervals.of(replace(run, settings=replace(run.settings, split="random")), data) is None
