import pandas as pd
import pytest

from core.data.guess.roles import guess_roles
from core.data.plan import Roles
from core.errors import UserError

HEADLINES = [f"가나전자, {i}분기 영업이익 {i * 10}% 증가…목표가 상향" for i in range(1, 9)]


def _frame(**columns):
    return pd.DataFrame({name: [str(cell) for cell in cells] for name, cells in columns.items()}, dtype="str")


def test_korean_headers_are_understood():
    frame = _frame(
        작성일시=[f"2024-01-0{i} 09:00" for i in range(1, 9)],
        종목코드=["005930"] * 8,
        종목명=["가나전자"] * 8,
        제목=HEADLINES,
        언론사=["가일보", "나경제"] * 4,
        RSI=range(40, 48),
        전일수익률=[0.01] * 8,
        익일수익률=[x / 100 for x in range(-4, 4)],
        승패=["승", "패"] * 4,
    )
    assert guess_roles(frame).roles == Roles(
        "제목", "언론사", "작성일시", "종목명", ("RSI", "전일수익률"), "익일수익률"
    )


def test_english_headers_are_understood():
    frame = _frame(
        date=["2024-01-02"] * 8,
        ticker=["A1"] * 8,
        title=HEADLINES,
        press=["x", "y"] * 4,
        vol=range(8),
        label=["win", "lose"] * 4,
    )
    assert guess_roles(frame).roles == Roles("title", "press", "date", "ticker", ("vol",), "label")


def test_content_decides_where_headers_say_nothing():
    frame = _frame(a=["2024-01-02"] * 8, b=HEADLINES, c=range(8))
    assert guess_roles(frame).roles == Roles("b", None, "a", None, ("c",), None)


def test_an_outcome_is_never_guessed_as_a_feature():
    frame = _frame(제목=HEADLINES, 승패=["승", "패"] * 4, 다음날수익률=range(8), 변동성=range(8))
    assert guess_roles(frame).roles.numeric == ("변동성",)


def test_every_guess_says_why():
    guess = guess_roles(_frame(제목=HEADLINES, 언론사=["가"] * 8, RSI=range(8)))
    assert set(guess.reasons) == {"제목", "언론사", "RSI"}


def test_a_table_without_headlines_is_refused():
    with pytest.raises(UserError, match="looks like headlines"):
        guess_roles(_frame(a=range(8), b=["2024-01-02"] * 8))


def test_a_return_of_few_values_is_preferred_to_a_label_wherever_it_stands():
    columns = {"제목": HEADLINES, "승패": ["승"] * 8, "익일수익률": ["0.012", "0.007"] * 4}
    for order in (list(columns), list(reversed(columns))):
        assert guess_roles(_frame(**{name: columns[name] for name in order})).roles.target == "익일수익률"


def test_a_label_column_of_one_class_is_still_the_target():
    assert guess_roles(_frame(제목=HEADLINES, 승패=["승"] * 8)).roles.target == "승패"


def test_prices_and_index_levels_are_kept_apart_from_features():
    guess = guess_roles(
        _frame(제목=HEADLINES, 코드=["005930"] * 8, 종가=range(100, 108), KOSPI=range(8), RSI=range(8))
    )
    assert (guess.price, guess.benchmark) == ("종가", "KOSPI")
    assert (guess.roles.group, guess.roles.numeric) == ("코드", ("RSI",))
