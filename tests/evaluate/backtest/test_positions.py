import numpy as np
import pytest

from core.evaluate.backtest.positions import QUINTILES, SIGN, filled, limits_on, signals, staggered

NONE = np.nan


def test_the_sign_rule_gives_each_company_with_a_headline_the_same_part():
    made = signals(np.array([[0.02, -0.01, NONE], [NONE, NONE, NONE]]), SIGN)
    np.testing.assert_allclose(made, [[0.5, -0.5, 0], [0, 0, 0]])


def test_the_fifths_rule_is_long_the_top_and_short_the_bottom():
    made = signals(np.arange(10.0)[None], QUINTILES)[0]
    np.testing.assert_allclose(made, [-0.25, -0.25, *[0] * 6, 0.25, 0.25])
    assert not signals(np.arange(4.0)[None], QUINTILES).any()


def test_without_shorts_all_the_capital_is_in_what_is_bought_or_idle():
    sign = signals(np.array([[0.02, 0.01, -0.01], [-1, -1, -1]]), SIGN, shorts=False)
    np.testing.assert_allclose(sign, [[0.5, 0.5, 0], [0, 0, 0]])
    top = signals(np.arange(10.0)[None], QUINTILES, shorts=False)[0]
    np.testing.assert_allclose(top, [0] * 8 + [0.5, 0.5])


@pytest.mark.parametrize("horizon", [1, 2, 3, 5, 9])
def test_staggered_books_are_the_mean_of_the_last_days(horizon):
    signal = np.random.default_rng(0).normal(size=(7, 2))
    made = staggered(signal, horizon)
    for day in range(7):
        parts = signal[max(0, day - horizon + 1) : day + 1]
        np.testing.assert_allclose(made[day], parts.sum(axis=0) / horizon, atol=1e-12)


def test_at_its_upper_limit_a_share_is_not_bought_and_at_its_lower_not_sold():
    wanted = np.array([[1.0], [1.0], [0.0], [0.0], [0.5]])
    moved = np.array([[0.2975], [0.01], [-0.299], [-0.1], [np.nan]])
    held, blocked = filled(wanted, moved, np.full(5, 0.3))
    np.testing.assert_allclose(held[:, 0], [0, 1, 1, 0, 0.5])
    assert blocked == 2


def test_a_share_can_be_sold_at_its_upper_limit_and_bought_at_its_lower():
    held, blocked = filled(np.array([[1.0], [0.0]]), np.array([[-0.3], [0.3]]), np.full(2, 0.3))
    assert held[:, 0].tolist() == [1, 0]
    assert blocked == 0


def test_the_krx_doubled_its_limit_in_june_2015():
    days = np.array(["1990-01-03", "2015-06-12", "2015-06-15", "2024-01-02"], "datetime64[s]")
    assert limits_on(days).tolist() == [np.inf, 0.15, 0.3, 0.3]
