import numpy as np
import pytest

from core.errors import UserError
from core.evaluate.backtest.book import book


def test_entry_and_exit_are_charged_once_and_a_constant_position_costs_nothing_between():
    made = book(np.array([0.01, 0.0, -0.01]), np.ones((3, 1)), 100)
    assert made.turnover.tolist() == [1, 0, 1]
    np.testing.assert_allclose(made.net, [0.0, 0.0, -0.02])


def test_a_portfolio_turned_round_trades_twice_its_size():
    made = book(np.zeros(3), np.array([[0.5, -0.5], [-0.5, 0.5], [0, 0]]), 10)
    assert made.turnover.tolist() == [1, 2, 1]


def test_a_single_day_is_entered_and_left():
    made = book(np.zeros(1), np.array([[-0.5, 0.5]]), 10)
    assert made.turnover.tolist() == [2]
    assert made.net[0] == pytest.approx(-0.002)


@pytest.mark.parametrize("cost", [-1, np.inf, np.nan])
def test_a_cost_that_is_no_number_of_zero_or_more_is_refused(cost):
    with pytest.raises(UserError, match="basis points"):
        book(np.zeros(1), np.zeros((1, 1)), cost)
