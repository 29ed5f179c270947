import numpy as np
import pytest

from core.errors import Message
from core.evaluate.event_study import AFTER, BEFORE, MARKET, OWN_MEAN, cumulative, event_study
from tests.makers.panels import events
from tests.makers.predictions import made_up

SESSIONS = np.arange(-BEFORE, AFTER + 1)


def test_returns_are_summed_from_the_close_of_the_headlines_session():
    abnormal = np.arange(40.0).reshape(20, 2)
    (path,) = cumulative(abnormal, np.array([8]), np.array([1]), SESSIONS)
    at = dict(zip(SESSIONS.tolist(), path, strict=True))
    assert at[0] == 0
    assert at[1] == abnormal[8, 1]
    assert at[3] == abnormal[8:11, 1].sum()
    assert at[-1] == -abnormal[7, 1]
    assert at[-5] == -abnormal[3:8, 1].sum()


def test_what_lies_outside_of_the_known_days_is_unknown():
    path = cumulative(np.ones((8, 1)), np.array([2]), np.array([0]), SESSIONS)[0]
    assert np.isnan(path[SESSIONS < -2]).all()
    assert np.isnan(path[SESSIONS > 6]).all()
    assert np.isfinite(path[(SESSIONS >= -2) & (SESSIONS <= 6)]).all()


def planted(companies=8, days=150, seed=0):
    """The next session's return follows the prediction, and what went before does not."""
    rng = np.random.default_rng(seed)
    predicted = rng.normal(size=(days, companies))
    returns = 0.01 * (0.5 * predicted + rng.normal(size=(days, companies)) + rng.normal(size=(days, 1)))
    return returns, predicted


def test_a_planted_effect_is_seen_after_the_headline_and_not_before():
    found = event_study(*events(*planted()))
    at = dict(zip(found.sessions.tolist(), found.spread, strict=True))
    assert found.abnormal == MARKET
    assert at[1].low > 0
    assert at[-5].low < 0 < at[-5].high
    assert found.curves[0][SESSIONS == 1] < 0 < found.curves[4][SESSIONS == 1]
    assert np.isnan(found.lows[:, SESSIONS == 0]).all()
    assert "more than the fifth with the lowest" in str(found.sentence())


def test_the_market_is_taken_off():
    found = event_study(*events(*planted()))
    np.testing.assert_allclose(np.nanmean(found.curves, axis=0), 0, atol=1e-3)


def test_a_company_alone_is_compared_with_its_own_mean_before_the_test():
    rng = np.random.default_rng(0)
    returns, predicted = 0.02 + 0.01 * rng.normal(size=(120, 1)), rng.normal(size=(120, 1))
    predicted[:60] = np.nan
    found = event_study(*events(returns, predicted))
    assert found.abnormal == OWN_MEAN
    assert abs(np.nanmean(found.curves[:, -1])) < 0.05  # 0.2 without


def test_few_blocks_are_no_answer():
    returns, predicted = planted(days=5)
    found = event_study(*events(returns, predicted))
    assert str(found.sentence()).startswith("Too short for an answer")
    assert np.isnan(found.highs).all()


def test_what_is_missing_is_said():
    assert "five different predictions" in str(event_study(*events(*planted(2, 8))))
    returns, predicted = planted()
    assert "Join daily closing prices" in str(event_study(*events(returns, predicted, horizon=3)))
    assert isinstance(event_study(*made_up(dated=False)), Message)


@pytest.mark.slow
def test_in_a_null_world_the_fifths_are_seldom_told_apart():
    from tests.simulations import event_study as simulation

    for shared in (1.0, 0.0):
        for span, sides in simulation.null(shared).items():
            assert max(sides) <= 0.04, (shared, span)
