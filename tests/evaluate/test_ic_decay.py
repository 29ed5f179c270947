import numpy as np
import pytest

from core.errors import Message
from core.evaluate.ic_decay import ic_decay
from core.evaluate.settings import EvaluateSettings
from tests.makers.panels import events, predictions_of, priced, trading_days
from tests.makers.predictions import made_up

DAYS, COMPANIES = 90, 6


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))


def lasting(sessions, seed=0, days=DAYS):
    """Returns `(d, c)` that follow a prediction `(d, c)` for so many sessions after it."""
    rng = np.random.default_rng(seed)
    predicted = rng.normal(size=(days, COMPANIES))
    drift = sum(np.vstack([np.zeros((lag, COMPANIES)), predicted])[:days] for lag in range(sessions))
    return 0.01 * (drift / sessions + rng.normal(size=(days, COMPANIES))), predicted


def test_what_lasts_three_sessions_ranks_the_returns_over_three_best():
    returns, predicted = lasting(3)
    found = ic_decay(*events(returns, predicted))
    values = np.array([mean.value for mean in found.means])
    assert int(found.horizons[values.argmax()]) in (2, 3, 4)
    assert found.certain[2]
    assert "rank the returns of up to" in str(found.sentence())


def test_each_horizon_has_the_returns_over_it():
    returns, predicted = lasting(1)
    found = ic_decay(*events(returns, predicted), longest=5)
    assert found.events.tolist() == [COMPANIES * (DAYS - k) for k in range(5)]
    assert found.horizon == 1


def test_a_horizon_of_which_few_fit_in_has_no_interval():
    returns, predicted = lasting(1, days=60)
    found = ic_decay(*events(returns, predicted))
    assert found.judged[:8].all()
    assert not found.judged[10:].any()
    assert not found.certain[~found.judged].any()


def test_prices_give_every_horizon_whatever_the_targets(workspace):
    rng = np.random.default_rng(0)
    returns = 0.01 * rng.normal(size=(DAYS, COMPANIES))
    data = priced(returns, rng.random(returns.shape) < 0.6, horizon=5).dataset
    made = predictions_of(data, rng.normal(size=len(data)), np.ones(len(data), bool))
    found = ic_decay(made, data, EvaluateSettings("regress", horizon=5))
    at, company = 40, "회사2"
    event = data.frame[(data.frame["company"] == company) & (data.frame["session"] >= trading_days(at)[-1])]
    day = int(np.searchsorted(trading_days(DAYS), event["session"].to_numpy("datetime64[s]")[0]))
    place = found.returns.place(event["session"].to_numpy("datetime64[s]")[:1], np.array([company]))
    for k in (1, 7, 20):
        expected = np.prod(1 + returns[day : day + k, 2]) - 1
        assert found.returns.growth(k)[place][0] == pytest.approx(expected, abs=1e-8)


def test_what_is_missing_is_said():
    returns, predicted = lasting(1)
    several = ic_decay(*events(returns, predicted, horizon=5))
    assert "Join daily closing prices" in str(several)
    gaps = np.where(np.random.default_rng(0).random(returns.shape) < 0.5, np.nan, returns)
    assert "of every company on every trading day" in str(ic_decay(*events(gaps, predicted)))
    assert isinstance(ic_decay(*made_up(dated=False)), Message)


def test_a_probability_is_a_score_too_and_one_company_is_pooled():
    found = ic_decay(*made_up("classify", companies=1))
    assert found.pooled
    assert found.means[0].low > 0
    assert found.judged.tolist() == [True] * 4 + [False] * 16  # of 30 sessions 26 have a return over five


def test_without_skill_the_sentence_claims_nothing():
    rng = np.random.default_rng(3)
    returns, predicted = 0.01 * rng.normal(size=(DAYS, COMPANIES)), rng.normal(size=(DAYS, COMPANIES))
    found = ic_decay(*events(returns, predicted))
    assert not found.certain.any()
    assert "shown to rank" in str(found.sentence())


def test_too_few_sessions_are_no_answer():
    returns, predicted = lasting(1, days=5)
    assert str(ic_decay(*events(returns, predicted)).sentence()).startswith("Too few sessions")


@pytest.mark.slow
def test_in_a_null_world_few_are_told_that_predictions_last():
    from tests.simulations import ic_decay as simulation

    told, outside = simulation.null()
    assert told <= 0.05
    assert max(outside.values()) <= 0.07
