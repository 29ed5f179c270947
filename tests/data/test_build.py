import unicodedata

import numpy as np
import pandas as pd
import pytest

from core.data.build import build_dataset
from core.data.ingest import Intake
from core.data.parse.typist import return_unit
from core.data.plan import Cleaning, Exchange, Join, Plan, Roles, TargetRule
from core.data.reading import read_table
from core.errors import UserError

ROLES = Roles("제목", "언론사", "일시", "종목", ("RSI",), "수익률")
CSV = """제목,언론사,일시,종목,RSI,수익률
가나전자 흑자전환,가,2024-01-03 09:00,가나,50,1.5%
가나전자 흑자전환,가,2024-01-03 09:00,가나,50,1.5%
가나전자 신제품 공개 행사,나,2024-01-03 16:00,가나,,-0.5%
 ,나,2024-01-04 09:00,가나,50,0.1%
다라화학 공장 화재 발생,NA,어제,다라,약 3,
"""


def _build(csv: str = CSV, roles: Roles = ROLES, **cleaning):
    return build_dataset(read_table(csv.encode()).frame, Plan(roles, cleaning=Cleaning(**cleaning)), "test")


def test_cells_get_their_types_and_rows_keep_their_numbers():
    frame = _build().frame
    assert frame["row"].tolist() == [1, 3, 5]
    np.testing.assert_allclose(frame["target"], [0.015, -0.005, np.nan])
    np.testing.assert_allclose(frame["feature.RSI"], [50, np.nan, np.nan])
    assert frame["session"].dt.strftime("%m-%d").tolist()[:2] == ["01-03", "01-04"]
    assert frame["press"].tolist() == ["가", "나", "NA"]


def test_everything_left_out_or_unreadable_is_counted_with_its_rows():
    found = {problem.code: problem.rows for problem in _build().problems if problem.rows}
    assert found == {
        "no_headline": (4,),
        "repeats": (2,),
        "bad_date": (5,),
        "bad_number": (5,),
        "no_target": (5,),
    }


def test_whole_row_repeats_can_be_kept():
    assert len(_build(repeats="keep")) == 4


def test_the_id_does_not_depend_on_encoding_unicode_form_or_column_order():
    frame = read_table(CSV.encode()).frame
    variants = [
        frame[list(reversed(frame.columns))],
        read_table(CSV.encode("cp949")).frame,
        read_table(unicodedata.normalize("NFD", CSV).encode()).frame,
        read_table(CSV.replace(",", ";").encode("utf-8-sig")).frame,
    ]
    assert {build_dataset(v, Plan(ROLES), "x").id for v in variants} == {_build().id}


def test_one_changed_cell_or_role_changes_the_id():
    other = _build(CSV.replace("1.5%", "1.6%"))
    without = _build(roles=Roles("제목", "언론사", "일시", "종목", (), "수익률"))
    assert len({_build().id, other.id, without.id}) == 3


def test_a_return_above_zero_is_a_win():
    data = _build()
    assert data.classes == ("패", "승")
    np.testing.assert_array_equal(data.outcome("classify"), [1, 0, np.nan])


def test_labels_become_classes():
    csv = "제목,결과\n가나전자 흑자전환,승\n다라화학 공장 화재,패\n마바건설 수주,승\n"
    data = _build(csv, Roles("제목", target="결과"))
    assert (data.target_kind, data.outcome("classify").tolist()) == ("label", [1.0, 0.0, 1.0])


@pytest.mark.parametrize(
    ("header", "cells", "unit"),
    [
        ("수익률(%)", ["1.5", "-0.3"], 0.01),
        ("수익률", ["1.5", "-3.1"], 0.01),
        ("수익률", ["0.015", "-0.03"], 1.0),
        ("수익률", ["1.5%", "-0.3%"], 1.0),
        ("수익률(bp)", ["15", "-30"], 0.0001),
    ],
)
def test_the_unit_of_a_return_is_recognised(header, cells, unit):
    from core.data.parse.columns import numbers

    column = pd.Series(cells, name=header, dtype="str")
    assert return_unit(column, numbers(column)[0]) == unit


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        (Roles("없는열"), "no column 없는열"),
        (Roles("제목", press="제목"), "two roles"),
        (Roles("제목", numeric=("언론사",)), "could be read as a number"),
        (Roles("제목", date="종목"), "could be read as a date"),
    ],
)
def test_impossible_roles_are_refused(roles, words):
    with pytest.raises(UserError, match=words):
        _build(roles=roles)


def test_a_table_whose_headlines_are_all_empty_is_refused():
    with pytest.raises(UserError, match="no headline in any row"):
        _build("제목,언론사\n ,가\n,나\n", Roles("제목", "언론사"))


def test_a_target_with_too_many_labels_is_refused():
    rows = "\n".join(f"제목 {i}번입니다,값{i}" for i in range(30))
    with pytest.raises(UserError, match="30 different texts"):
        _build(f"제목,결과\n{rows}\n", Roles("제목", target="결과"))


@pytest.mark.parametrize(
    ("header", "words"), [("수익률(%)", "percent"), ("수익률", "fractions"), ("수익률(bp)", "basis points")]
)
def test_the_unit_in_which_returns_were_read_is_said(header, words):
    csv = f"제목,{header}\n가나전자 흑자전환,0.5\n다라화학 공장 화재,-0.25\n마바건설 수주,0.75\n"
    (problem,) = _build(csv, Roles("제목", target=header)).problems
    assert problem.code == "return_unit"
    assert words in str(problem.message)


PRICES = """일자,코드,종가,KOSPI
2024-01-02,000010,100,2000
2024-01-03,000010,110,2020
2024-01-04,000010,99,2020
2024-01-05,000010,99,2121
"""
NEWS = """제목,일시,종목코드
가나전자 흑자전환,2024-01-02 09:00,000010
가나전자 신제품 공개,2024-01-02 16:00,000010
가나전자 소송 제기,2024-01-05 09:00,000010
"""


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (TargetRule("return", price="종가"), [0.10, -0.10, np.nan]),
        (TargetRule("return", 2, price="종가"), [-0.01, -0.10, np.nan]),
        (TargetRule("adjusted", price="종가", benchmark="KOSPI"), [0.09, -0.10, np.nan]),
    ],
)
def test_a_target_is_made_from_the_prices_of_the_second_file(rule, expected):
    frames = [read_table(text.encode()).frame for text in (NEWS, PRICES)]
    join = Join("exact", right_date="일자", right_company="코드")
    plan = Plan(Roles("제목", date="일시", group="종목코드"), join=join, target=rule)
    data = Intake(frames).build(plan, "prices")
    np.testing.assert_allclose(data.outcome("regress"), expected, atol=1e-12)


def test_a_return_made_here_can_become_win_and_lose():
    frames = [read_table(text.encode()).frame for text in (NEWS, PRICES)]
    join = Join("exact", right_date="일자", right_company="코드")
    rule = TargetRule("return", price="종가", win_above=0.05)
    plan = Plan(Roles("제목", date="일시", group="종목코드"), join=join, target=rule)
    data = Intake(frames).build(plan, "prices")
    assert data.target_kind == "label"
    assert data.frame["target"].tolist()[:2] == ["승", "패"]


def test_a_target_without_the_price_column_is_refused():
    table = read_table(NEWS.encode()).frame
    with pytest.raises(UserError, match="closing prices"):
        build_dataset(table, Plan(Roles("제목", date="일시"), target=TargetRule("return")), "x")


@pytest.mark.parametrize(
    ("calendar", "time", "session"),
    [("XKRX", "01-04 00:30", "01-04"), ("XNYS", "01-03 10:30", "01-03"), ("XLON", "01-03 15:30", "01-03")],
)
def test_a_time_with_its_zone_is_placed_by_the_exchanges_own_clock(calendar, time, session):
    table = pd.DataFrame({"제목": ["가나전자 흑자전환"], "일시": ["2024-01-03T15:30:00+00:00"]}, dtype="str")
    frame = build_dataset(table, Plan(Roles("제목", date="일시"), Exchange(calendar)), "x").frame
    assert frame["time"].dt.strftime("%m-%d %H:%M").tolist() == [time]
    assert frame["session"].dt.strftime("%m-%d").tolist() == [session]


DATED = pd.DataFrame(
    {"제목": ["가나전자 흑자전환", "다라화학 공장 화재"], "일자": ["2024-01-03", "2024-01-05"]}, dtype="str"
)


@pytest.mark.slow
def test_headlines_with_a_date_alone_go_to_the_next_session_where_the_plan_says_so():
    roles = Roles("제목", date="일자")
    same = build_dataset(DATED, Plan(roles), "x")
    moved = build_dataset(DATED, Plan(roles, Exchange(untimed="next")), "x")
    assert same.frame["session"].dt.strftime("%m-%d").tolist() == ["01-03", "01-05"]
    assert moved.frame["session"].dt.strftime("%m-%d").tolist() == ["01-04", "01-08"]
    assert same.id != moved.id
    assert same.id == build_dataset(DATED, Plan(roles, Exchange(untimed="same")), "x").id


def test_prices_with_a_date_alone_keep_their_session_when_headlines_move():
    prices = pd.DataFrame(
        {
            "날짜": ["2024-01-03", "2024-01-04", "2024-01-05"],
            "종가": ["100", "110", "121"],
            "RSI": ["1", "2", "3"],
        },
        dtype="str",
    )
    plan = Plan(
        Roles("제목", date="일자", numeric=("RSI",)),
        Exchange(untimed="next"),
        Join("asof", right_date="날짜"),
        TargetRule("return", 1, "종가"),
    )
    frame = Intake([DATED, prices]).build(plan, "x").frame
    np.testing.assert_allclose(frame["target"], [0.1, np.nan])  # from the close of the 4th
    np.testing.assert_allclose(frame["feature.RSI"], [1, 3])  # of the last session before


def test_missing_returns_are_counted_by_reason_with_their_rows():
    cells = {
        "제목": ["가나전자 흑자전환", "다라화학 공장 화재", "마바은행 실적 발표"],
        "일자": ["2024-01-03", "2024-01-04", "어제"],
    }
    table = pd.DataFrame({**cells, "종가": ["100", "110", "5"]}, dtype="str")
    plan = Plan(Roles("제목", date="일자"), target=TargetRule("return", 1, "종가"))
    found = {
        str(p.message): p.rows for p in build_dataset(table, plan, "x").problems if p.code == "no_return"
    }
    assert found == {
        "1 headline has no return: its date is unknown.": (3,),
        "1 headline has no return yet: the prices end before the horizon is over.": (2,),
    }


def test_a_plan_of_an_earlier_version_opens_and_says_the_same_session():
    old = '{"roles": {"headline": "제목", "numeric": []}, "exchange": {"calendar": "XKRX", "close": ""}}'
    assert Plan.from_json(old).exchange == Exchange()
    with pytest.raises(UserError, match="untimed is tomorrow"):
        Exchange(untimed="tomorrow")
