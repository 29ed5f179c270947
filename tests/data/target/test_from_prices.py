import unicodedata

import numpy as np
import pandas as pd
import pytest

from core.data.plan import TargetRule
from core.data.sessions import sessions_around
from core.data.target.from_prices import REASONS, as_labels, make_target, prices_from
from core.errors import UserError

NEXT = TargetRule("return", 1)


def _days(*days):
    return np.array(days, "datetime64[s]")


def _krx():
    return sessions_around(_days("2024-02-01"))


# Thursday, then over Lunar New Year (9 and 12 February are holidays) to Tuesday and Wednesday
WEEK = _days("2024-02-08", "2024-02-13", "2024-02-14")


def test_the_return_runs_from_the_close_of_the_headlines_session_to_the_next_close():
    prices = prices_from(None, WEEK, np.array([100.0, 110.0, 99.0]))
    returns, _why = make_target(None, WEEK, prices, NEXT, _krx())
    np.testing.assert_allclose(returns, [0.1, -0.1, np.nan])


def test_the_horizon_counts_sessions_not_days():
    prices = prices_from(None, WEEK, np.array([100.0, 110.0, 99.0]))
    returns, _why = make_target(None, WEEK, prices, TargetRule("return", 2), _krx())
    np.testing.assert_allclose(returns, [-0.01, np.nan, np.nan])


def test_an_adjusted_return_is_less_the_benchmarks_over_the_same_span():
    prices = prices_from(None, WEEK, np.array([100.0, 110.0, 99.0]), np.array([200.0, 210.0, 210.0]))
    returns, _why = make_target(None, WEEK, prices, TargetRule("adjusted", 1), _krx())
    np.testing.assert_allclose(returns, [0.1 - 0.05, -0.1, np.nan])


def test_a_session_without_a_price_gives_no_return_and_no_other_price_stands_in():
    prices = prices_from(None, WEEK[[0, 2]], np.array([100.0, 99.0]))
    assert np.isnan(make_target(None, WEEK, prices, NEXT, _krx())[0]).all()


def test_a_headline_without_session_or_company_has_no_return():
    prices = prices_from(pd.Series(["가"] * 3), WEEK, np.array([100.0, 110.0, 99.0]))
    company = pd.Series(["가", None, "나"], dtype="str")
    days = np.array(["NaT", "2024-02-08", "2024-02-08"], "datetime64[s]")
    assert np.isnan(make_target(company, days, prices, NEXT, _krx())[0]).all()


def test_prices_of_zero_or_less_are_missing_and_listed():
    prices = prices_from(None, WEEK, np.array([100.0, 0.0, -5.0]))
    assert prices.not_positive.tolist() == [1, 2]
    assert np.isnan(make_target(None, WEEK, prices, NEXT, _krx())[0]).all()


def test_infinite_prices_are_missing():
    prices = prices_from(None, WEEK, np.array([100.0, np.inf, 99.0]))
    assert np.isnan(make_target(None, WEEK, prices, NEXT, _krx())[0]).all()


def test_a_price_dated_on_no_session_is_left_out_and_listed():
    stamped = _days("2024-02-08T18:00", "2024-02-10", "2024-02-13")
    prices = prices_from(None, _krx().on(stamped), np.array([100.0, 500.0, 110.0]))
    assert prices.no_session.tolist() == [1]
    np.testing.assert_allclose(make_target(None, WEEK[:1], prices, NEXT, _krx())[0], [0.1])


def test_equal_prices_of_a_session_count_once_up_to_rounding():
    days = WEEK[[0, 0, 1, 1]]
    prices = prices_from(None, days, np.array([100.0, 100.0 + 1e-8, 110.0, np.nan]))
    assert len(prices.price) == 2
    np.testing.assert_allclose(make_target(None, WEEK[:1], prices, NEXT, _krx())[0], [0.1])


def test_contradictory_prices_of_a_session_are_refused_with_an_example():
    with pytest.raises(UserError, match=r"가나, 2024-02-08: 1,234,500 and 1,234,501"):
        prices_from(pd.Series(["가나", "가나"]), WEEK[[0, 0]], np.array([1234500.0, 1234501.0]))


def test_contradictory_benchmark_levels_are_refused():
    with pytest.raises(UserError, match="2,600"):
        prices_from(None, WEEK[[0, 0]], np.array([1.0, 1.0]), np.array([2600.0, 2700.0]))


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [("삼성전자", unicodedata.normalize("NFD", "삼성전자")), ("005930", "A005930"), ("005930", "5930")],
)
def test_a_company_is_found_however_the_two_files_write_it(mine, theirs):
    prices = prices_from(pd.Series([theirs] * 2, dtype="str"), WEEK[:2], np.array([100.0, 110.0]))
    returns, _why = make_target(pd.Series([mine], dtype="str"), WEEK[:1], prices, NEXT, _krx())
    np.testing.assert_allclose(returns, [0.1])


def test_prices_without_a_company_serve_headlines_of_one_company_only():
    prices = prices_from(None, WEEK, np.array([100.0, 110.0, 99.0]))
    one, _why = make_target(pd.Series(["가", "가", "가"]), WEEK, prices, NEXT, _krx())
    assert np.isfinite(one).sum() == 2
    with pytest.raises(UserError, match="2 companies"):
        make_target(pd.Series(["가", "나", "가"]), WEEK, prices, NEXT, _krx())


def test_headlines_without_a_company_cannot_use_prices_of_several():
    prices = prices_from(pd.Series(["가", "나", "가"]), WEEK, np.array([100.0, 110.0, 99.0]))
    with pytest.raises(UserError, match="2 companies"):
        make_target(None, WEEK, prices, NEXT, _krx())


def test_an_adjusted_return_without_a_benchmark_is_refused():
    prices = prices_from(None, WEEK, np.array([100.0, 110.0, 99.0]))
    with pytest.raises(UserError, match="benchmark"):
        make_target(None, WEEK, prices, TargetRule("adjusted"), _krx())


def test_labels_say_whether_the_return_is_above_the_threshold():
    labels = as_labels(np.array([0.02, 0.01, -0.5, np.nan]), 0.01)
    assert labels.tolist() == ["승", "패", "패", None]


@pytest.mark.parametrize("seed", range(5))
def test_returns_agree_with_a_search_by_hand(seed):
    rng = np.random.default_rng(seed)
    calendar = _krx().days[_krx().locate(WEEK[:1])[0] :][:15]
    company, day = rng.choice(["가", "나", "다"], 60), rng.choice(calendar, 60)
    level = {(c, d): p for c, d, p in zip(company, day, rng.uniform(50, 150, 60), strict=True)}
    market = dict(zip(calendar, rng.uniform(2000, 3000, 15), strict=True))
    price = np.array([level[pair] for pair in zip(company, day, strict=True)])
    prices = prices_from(pd.Series(company), day, price, np.array([market[d] for d in day]))
    rule = TargetRule("adjusted", int(rng.integers(1, 6)))
    asked, when = rng.choice(["가", "나", "다", "라"], 80), rng.choice(calendar, 80)
    expected = []
    for name, start in zip(asked, when, strict=True):
        later = list(calendar).index(start) + rule.horizon
        end = calendar[later] if later < len(calendar) else None
        known = (name, start) in level and (name, end) in level
        expected.append(
            level[name, end] / level[name, start] - market[end] / market[start] if known else np.nan
        )
    returns, _why = make_target(pd.Series(asked), when, prices, rule, _krx())
    assert 0 < np.isfinite(returns).sum() < 80
    np.testing.assert_allclose(returns, expected, atol=1e-12)


def test_a_missing_return_says_why():
    company = pd.Series(["가", "가", "가", "나", "나", "다"])
    day = _days("2024-01-03", "2024-01-05", "2024-01-08", "2024-01-03", "2024-01-04", "2024-01-09")
    prices = prices_from(company, day, np.full(6, 100.0))
    asked = {
        ("가", "NaT"): "no_session",
        (None, "2024-01-03"): "unknown_company",
        ("라", "2024-01-03"): "unknown_company",
        ("가", "2024-01-02"): "before_prices",
        ("가", "2024-01-04"): "no_price",
        ("가", "2024-01-03"): "no_later_price",
        ("가", "2024-01-05"): "",
        ("가", "2024-01-08"): "company_ends",
        ("나", "2024-01-05"): "company_ends",
        ("다", "2024-01-09"): "prices_end",
    }
    names = pd.Series([name for name, _ in asked], dtype="str")
    when = np.array([day for _, day in asked], "datetime64[s]")
    returns, why = make_target(names, when, prices, NEXT, _krx())
    assert why.tolist() == list(asked.values())
    assert np.isnan(returns[why != ""]).all()
    assert set(why) <= {"", *REASONS}


def test_a_benchmark_without_a_level_is_a_reason_of_its_own():
    prices = prices_from(None, WEEK, np.array([100.0, 110.0, 99.0]), np.array([200.0, np.nan, 210.0]))
    _, why = make_target(None, WEEK, prices, TargetRule("adjusted"), _krx())
    assert why.tolist() == ["no_benchmark", "no_benchmark", "prices_end"]
