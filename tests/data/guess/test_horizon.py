"""How far a target looks ahead, from its header, and from the outcomes where that is silent."""

import numpy as np
import pandas as pd
import pytest

from core.data.guess.horizon import HorizonGuess, guess_horizon, header_horizon
from core.data.ingest import Choices, Intake
from core.data.plan import Exchange, Roles, TargetRule
from core.data.sessions import sessions_around

GOLDEN = {
    "익일수익률": 1,
    "다음날 등락률(%)": 1,
    "next_day_return": 1,
    "당일수익률": 1,
    "하루 뒤 수익률": 1,
    "t+1": 1,
    "5일수익률": 5,
    "5일후": 5,
    "5일 뒤 수익률(%)": 5,
    "향후20거래일수익률": 20,
    "10영업일 초과수익률": 10,
    "수익률20일": 20,
    "향후20일변동성": 20,
    "20d": 20,
    "ret_20d": 20,
    "20D_return": 20,
    "5-day return": 5,
    "5day_ret": 5,
    "10 business days": 10,
    "1M": 21,
    "ret_1m": 21,
    "fwd_3M": 63,
    "1개월후수익률": 21,
    "３개월": 63,
    "3개월": 63,
    "한달수익률": 21,
    "익월수익률": 21,
    "다음 분기 수익률": 63,
    "1주": 5,
    "1주일후": 5,
    "2주수익률": 10,
    "차주수익률": 5,
    "1W": 5,
    "next week": 5,
    "fwd_10": 10,
    "fwd5": 5,
    "forward_return_5": 5,
    "D+3": 3,
    "D+1~D+5": 5,
    "t+5": 5,
    "y_t5": 5,
    "CAR(0,5)": 5,
    "CAR[-1,+10]": 10,
    "1년수익률": 250,
    "2Y": 250,
}
SILENT = [
    "변동성20",
    "RSI14",
    "MA20",
    "sma20",
    "20일이평",
    "20일선",
    "20일변동성",
    "vol_20d",
    "52주신고가",
    "거래량5일",
    "이격도20",
    "momentum_12m",
    "지난5일수익률",
    "직전20일",
    "전일수익률",
    "past_5d",
    "수익률",
    "수익률(%)",
    "등락률",
    "return",
    "target",
    "target_2",
    "수익률_2",
    "승패",
    "결과",
    "label2",
    "class_3",
    "sentiment_3class",
    "win",
    "y",
    "1주당순이익",
    "5주가",
    "100달러",
    "1달러",
    "2024년수익률",
    "24년도수익률",
    "1월5일수익률",
    "3월수익률",
    "1분기수익률",
    "60분수익률",
    "24h",
    "24시간후",
    "등락률_20240105",
    "종가2024-01-05",
    "KOSPI200수익률",
    "top5_down",
    "ret_5_down",
    "v1.5d",
    "next_close",
]


@pytest.mark.parametrize(("header", "sessions"), GOLDEN.items(), ids=GOLDEN)
def test_a_header_says_how_far_the_target_looks_ahead(header, sessions):
    assert header_horizon(header) == sessions


@pytest.mark.parametrize("header", SILENT)
def test_a_header_without_a_horizon_says_nothing(header):
    assert header_horizon(header) == 0


def file(header, h, sessions=300, seed=0):
    """A table of text cells: one headline a session, and the return over the next h sessions."""
    days = sessions_around(np.array(["2024-01-02"], "datetime64[s]")).days
    start = int(np.searchsorted(days, np.datetime64("2023-01-02")))
    level = np.random.default_rng(seed).normal(0, 0.01, sessions + h).cumsum()
    cells = {
        "일자": [str(day)[:10] for day in days[start : start + sessions]],
        "제목": [f"가온전자 {i}번째 대규모 수주 소식에 강세" for i in range(sessions)],
        header: [f"{r:.5f}" for r in (level[h:] - level[:-h])[:sessions]],
    }
    return pd.DataFrame(cells, dtype="str")


def guessed(header, h):
    return guess_horizon(file(header, h), Roles("제목", date="일자", target=header), Exchange())


@pytest.mark.slow
def test_where_the_header_says_it_the_outcomes_are_the_second_opinion():
    guess = guessed("5일수익률", 5)
    assert (guess.sessions, guess.named, guess.disagree) == (5, 5, False)
    assert "5일수익률 speaks of 5 sessions" in str(guess.sentence())


def test_where_the_header_is_silent_the_outcomes_say_it():
    guess = guessed("수익률", 10)
    assert guess.named == 0
    assert guess.sessions == guess.seen
    assert 6 <= guess.seen <= 16
    assert "overlapped over about" in str(guess.sentence())


def test_outcomes_that_overlap_for_longer_than_the_header_says_are_asked_about():
    guess = guessed("익일수익률", 20)
    assert (guess.sessions, guess.disagree) == (1, True)
    assert "Which is right?" in str(guess.sentence())


def test_a_long_horizon_whose_overlap_is_not_seen_is_asked_about():
    guess = guessed("20일수익률", 1)
    assert (guess.sessions, guess.seen, guess.disagree) == (20, 1, True)


def test_one_session_needs_no_word():
    assert guessed("수익률", 1).sentence() is None
    assert guessed("수익률", 1).sessions == 1


@pytest.mark.parametrize("roles", [Roles("제목"), Roles("제목", date="일자"), Roles("제목", target="없음")])
def test_without_a_target_nothing_is_guessed(roles):
    assert guess_horizon(file("20일수익률", 1), roles, Exchange()) == HorizonGuess()


def test_without_dates_the_header_alone_speaks():
    roles = Roles("제목", target="20일수익률")
    assert guess_horizon(file("20일수익률", 1), roles, Exchange()) == HorizonGuess(20, 20, 0, "20일수익률")


@pytest.mark.parametrize(
    ("choices", "horizon"),
    [
        (None, 5),
        (Choices(horizon=1), 1),
        (Choices(horizon=7), 7),
        (Choices(target=TargetRule()), 5),
        (Choices(target=TargetRule(horizon=3)), 3),
        (Choices(target=TargetRule("return", price="5일수익률")), 1),
    ],
    ids=["guessed", "chosen: 1", "chosen", "as it stands", "of the rule", "from prices"],
)
def test_the_guess_is_the_plans_default_and_gives_way_to_a_choice(choices, horizon):
    assert Intake([file("5일수익률", 5)]).propose(choices).plan.target.horizon == horizon
