import numpy as np
import pytest

from core.errors import UserError
from core.evaluate.backtest import QUINTILES, SIGN, backtest, portfolio
from tests.makers.predictions import made_up


def test_the_sign_rule_earns_the_mean_return_on_the_predicted_side():
    y, p = np.array([0.01, -0.02, 0.03]), np.array([1.0, -1.0, -1.0])
    made = portfolio(y, p, np.arange(3), cost_bp=10, rule="sign")
    assert made.gross == pytest.approx([0.01, 0.03, 0.0])
    assert made.turnover == pytest.approx([1, 2, 0])
    assert made.net == pytest.approx([0.01 - 0.001, 0.03 - 0.003, 0.0 - 0.003])


def test_rows_of_one_event_are_averaged_before_the_book_is_made():
    y, p = np.array([0.01, 0.01, -0.01]), np.array([0.3, -0.1, -0.5])
    made = portfolio(y, p, np.zeros(3), np.array(["a", "a", "b"]), cost_bp=0, rule="sign")
    assert made.gross == pytest.approx([0.01])
    assert len(made.sessions) == 1


def test_the_fifths_rule_is_long_the_top_and_short_the_bottom():
    y = np.arange(10) / 100
    made = portfolio(y, np.arange(10.0), np.zeros(10), np.arange(10), cost_bp=0)
    assert made.gross[-1] == pytest.approx((np.mean([0.08, 0.09]) - np.mean([0, 0.01])) / 2)
    assert made.turnover == pytest.approx([1])


def test_a_session_with_too_few_predictions_to_rank_is_idle():
    made = portfolio(np.ones(4), np.arange(4.0), np.zeros(4), np.arange(4))
    assert made.skipped == 1
    assert made.net[-1] == 0


def test_a_horizon_of_two_holds_half_the_capital_twice_as_long():
    y, p = np.array([0.02, 0.02, 0.02]), np.ones(3)
    made = portfolio(y, p, np.arange(3), cost_bp=100, rule="sign", horizon=2)
    assert made.gross == pytest.approx([0.01, 0.02, 0.03])
    assert made.turnover == pytest.approx([0.5, 0.5, 0])


def test_sessions_are_put_in_the_order_of_time():
    days = np.array(["2024-01-03", "2024-01-02"], "datetime64[D]")
    made = portfolio(np.array([0.03, 0.01]), np.ones(2), days, rule="sign", cost_bp=0)
    assert made.gross == pytest.approx([0.01, 0.04])
    assert "+4.00%" in str(made.sentence())


def test_a_cost_below_zero_is_refused():
    with pytest.raises(UserError, match="basis points"):
        portfolio(np.ones(2), np.ones(2), np.arange(2), cost_bp=-1)


def test_companies_are_ranked_where_a_session_has_enough_of_them_else_the_sign_is_followed():
    assert backtest(*made_up()).following.rule == QUINTILES
    single = backtest(*made_up(companies=1))
    assert single.following.rule == SIGN
    assert single.companies == 1


def test_the_book_that_always_holds_does_not_look_at_the_predictions():
    found = backtest(*made_up(companies=1))
    data = made_up(companies=1)[1]
    daily = data.frame.groupby("session")["target"].mean().to_numpy()
    np.testing.assert_allclose(found.holding.gross, daily.cumsum())
    assert found.following.gross[-1] > found.holding.gross[-1]
