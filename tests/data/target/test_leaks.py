import numpy as np
import pytest

from core.data.plan import Plan, TargetRule
from core.data.target.leaks import Disguise, disguised, gives_away
from tests.makers.quality_tables import news, table

DAYS, COMPANIES = 120, ("가나", "다라", "마바")
RETURNS = np.random.default_rng(1).normal(0, 0.02, (len(COMPANIES), DAYS + 6))  # return of session s at s + 3


def _data(feature, kind="return", gaps=False, name="전일수익률"):
    """Two headlines per company and session; the target is the next session's return."""
    rng = np.random.default_rng(2)
    days = [s for s in range(DAYS) if not gaps or rng.random() > 0.2]
    events = [(c, s) for s in days for c in range(len(COMPANIES)) for _ in range(2)]
    returns = [RETURNS[c, s + 4] for c, s in events]
    target = returns if kind == "return" else ["승" if r > 0 else "패" for r in returns]
    return table(
        news(len(events)),
        target,
        [s for _c, s in events],
        [COMPANIES[c] for c, _s in events],
        features={name: [feature(c, s) for c, s in events], "noise": rng.normal(size=len(events))},
    )


def test_the_target_itself_is_found():
    assert disguised(*_data(lambda c, s: 3 * RETURNS[c, s + 4])) == [Disguise("전일수익률", "target")]


def test_a_code_for_the_sign_of_the_return_is_found():
    assert disguised(*_data(lambda c, s: float(RETURNS[c, s + 4] > 0)))[0].kind == "target"


@pytest.mark.parametrize("kind", ["return", "label"])
@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize(
    ("ahead", "found"),
    [(-1, []), (0, ["session"]), (1, ["target"]), (2, ["future"]), (-2, [])],
)
def test_a_return_that_is_shifted_the_wrong_way_is_found(ahead, found, kind, gaps):
    got = disguised(*_data(lambda c, s: RETURNS[c, s + 3 + ahead], kind, gaps))
    assert [disguise.kind for disguise in got] == found


def test_the_companies_are_not_mixed_up():
    got = disguised(*_data(lambda c, s: RETURNS[(c + 1) % 3, s + 5]))
    assert got == []


def test_an_overlapping_past_return_of_a_long_horizon_is_no_future():
    k, days = 250, range(900)
    walk = np.random.default_rng(3).normal(0, 0.02, 2 * k + 900).cumsum()
    target = [walk[s + 2 * k] - walk[s + k] for s in days]
    past = [walk[s + k - 1] - walk[s - 1] if s else np.nan for s in days]
    data, plan = table(news(900), target, list(days), features={"과거수익률": past})
    assert disguised(data, Plan(plan.roles, target=TargetRule(horizon=k))) == []


@pytest.mark.parametrize(
    ("name", "found"), [("익일거래량", 1), ("next_volume", 1), ("전일거래량", 0), ("거래량", 0)]
)
def test_a_name_that_speaks_of_what_comes_next_is_found(name, found):
    got = disguised(*_data(lambda c, s: float((31 * c + 7 * s * s) % 97), name=name))
    assert [d.kind for d in got] == ["name"] * found


def test_a_handful_of_events_proves_nothing():
    data, plan = table(news(6), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], list(range(6)), features={"x": range(6)})
    assert disguised(data, plan) == []


def test_the_rows_of_one_event_count_once():
    headlines, n = news(600), 600
    data, plan = table(
        headlines,
        [0.01 * (i // 100) for i in range(n)],
        [i // 100 for i in range(n)],
        features={"x": [i // 100 for i in range(n)]},
    )
    assert disguised(data, plan) == []


def test_three_classes_are_compared_one_against_the_rest():
    y = np.repeat([0.0, 1.0, 2.0], 20)
    assert gives_away(y, np.where(y == 1, 5.0, 0.0) + np.arange(60) / 1000, "classify")
    assert not gives_away(y, np.arange(60) % 20 + 0.0, "classify")


def test_missing_values_are_left_out_of_the_comparison():
    y = np.arange(40.0)
    x = np.where(np.arange(40) % 2, y, np.nan)
    assert gives_away(y, x, "regress")


def test_a_constant_gives_nothing_away():
    assert not gives_away(np.arange(40.0), np.ones(40), "regress")
    assert not gives_away(np.ones(40), np.arange(40.0), "regress")


def test_a_return_of_the_headlines_own_session_knows_the_future_of_a_target_made_from_its_close():
    data, plan = _data(lambda c, s: RETURNS[c, s + 3])
    made = Plan(plan.roles, target=TargetRule("return", price="종가"))
    assert [(d.kind, d.lag) for d in disguised(data, made)] == [("future", 1)]
