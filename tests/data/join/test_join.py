import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.data.guess.join import guess_join
from core.data.join.join import REASONS, join_tables
from core.data.plan import Exchange, Join, Roles
from core.data.sessions import sessions_around
from core.errors import UserError

ROLES = Roles("제목", date="일시", group="종목")
SAMSUNG = Path(__file__).parents[4] / "shared" / "data" / "samsung_headlines.csv"
BY_ID = Join("id", "기사번호", "번호")
EXACT = Join("exact", right_date="날짜", right_company="회사")
ASOF = Join("asof", right_date="날짜", right_company="회사")


def _frame(**columns):
    return pd.DataFrame({name: [str(cell) for cell in cells] for name, cells in columns.items()}, dtype="str")


def _headlines(*rows):
    """Rows of (time, company)."""
    return _frame(
        일시=[r[0] for r in rows], 종목=[r[1] for r in rows], 제목=[f"제목 {i}" for i in range(len(rows))]
    )


def _features(*rows):
    """Rows of (date, company, RSI)."""
    return _frame(날짜=[r[0] for r in rows], 회사=[r[1] for r in rows], RSI=[r[2] for r in rows])


def _codes(reasons):
    return {code: positions.tolist() for code, positions in reasons.items()}


# by id


def test_rows_with_the_same_id_are_joined_in_the_order_of_the_first_file():
    left = _frame(기사번호=["b", "a", "c", "b"], 제목=["둘", "하나", "셋", "둘 다시"])
    right = _frame(번호=["a", "b", "d"], RSI=[1, 2, 4])
    joined = join_tables(left, right, BY_ID, Roles("제목"))
    assert joined.frame["제목"].tolist() == ["둘", "하나", "셋", "둘 다시"]
    assert joined.frame["RSI"].tolist() == ["2", "1", "", "2"]
    assert joined.row_2.tolist() == [2, 1, 0, 2]
    assert (joined.unmatched.tolist(), joined.unused.tolist()) == ([2], [2])


def test_a_row_without_a_partner_has_exactly_one_reason():
    left = _frame(기사번호=["a", " ", "z"], 제목=["하나", "둘", "셋"])
    right = _frame(번호=["a", "a", "", "b"], RSI=[1, 1, 3, 4])
    joined = join_tables(left, right, BY_ID, Roles("제목"))
    assert _codes(joined.reasons) == {"no_key": [1], "no_partner": [2]}
    assert _codes(joined.reasons_2) == {"repeat": [1], "no_key": [2], "not_needed": [3]}
    assert set(joined.reasons) | set(joined.reasons_2) <= set(REASONS)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [("삼성", unicodedata.normalize("NFD", "삼성")), ("a1", " a1\u00a0"), ("a1", "\u200ba1")],
    ids=["NFD", "outer blanks", "zero-width space"],
)
def test_keys_are_compared_in_nfc_without_outer_blanks(mine, theirs):
    left, right = _frame(기사번호=[mine], 제목=["하나"]), _frame(번호=[theirs], RSI=[1])
    assert join_tables(left, right, BY_ID, Roles("제목")).matched == 1


@pytest.mark.parametrize(("mine", "theirs"), [("Ab", "ab"), ("1", "１"), ("a b", "ab")])
def test_keys_keep_their_case_width_and_inner_blanks(mine, theirs):
    left, right = _frame(기사번호=[mine], 제목=["하나"]), _frame(번호=[theirs], RSI=[1])
    assert join_tables(left, right, BY_ID, Roles("제목")).matched == 0


@pytest.mark.parametrize("theirs", ["5930", "A005930", "5930.0"])
def test_codes_that_lost_their_leading_zeros_are_matched_and_it_is_said(theirs):
    left = _frame(기사번호=["005930", "035720"], 제목=["하나", "둘"])
    right = _frame(번호=[theirs, "035720"], RSI=[1, 2])
    joined = join_tables(left, right, BY_ID, Roles("제목"))
    assert joined.frame["RSI"].tolist() == ["1", "2"]
    assert "005930" in str(joined.notes[0])
    assert theirs in str(joined.notes[0])


def test_leading_zeros_count_where_they_tell_keys_apart():
    left = _frame(기사번호=["007", "7", "08"], 제목=["하나", "둘", "셋"])
    right = _frame(번호=["7", "8"], RSI=[1, 2])
    joined = join_tables(left, right, BY_ID, Roles("제목"))
    assert joined.row_2.tolist() == [0, 1, 0]
    assert "would become the same" in str(joined.notes[0])


def test_an_id_that_repeats_with_other_content_is_refused_with_an_example():
    left = _frame(기사번호=["a"], 제목=["하나"])
    right = _frame(번호=["x", "a", "b", "a", "b", "b"], RSI=[0, 1, 2, 1, 2, 3])
    with pytest.raises(UserError, match=r"번호.* 1 of its values .* b in rows 3 and 6"):
        join_tables(left, right, BY_ID, Roles("제목"))


def test_columns_of_the_second_file_get_a_suffix_where_the_name_is_taken():
    left = _frame(번호=["a"], RSI=[1], RSI_2=[2], 제목=["하나"])
    right = _frame(번호=["a"], RSI=[7], 제목_2=[8])
    joined = join_tables(left, right, Join("id", "번호", "번호"), Roles("제목"))
    assert joined.added == ("번호_2", "RSI_3", "제목_2")
    assert joined.frame.columns.tolist() == ["번호", "RSI", "RSI_2", "제목", "번호_2", "RSI_3", "제목_2"]
    assert (joined.in_second("RSI_3"), joined.in_second("RSI")) == ("RSI", None)


# into the future


def test_a_feature_dated_after_the_headline_is_refused_with_the_reason():
    left = _frame(기사번호=["a", "b"], 일시=["2024-01-03 09:00", "2024-01-04 09:00"], 제목=["하나", "둘"])
    right = _frame(번호=["a", "b"], 날짜=["2024-01-03", "2024-01-05"], RSI=[1, 2])
    join = Join("id", "기사번호", "번호", right_date="날짜")
    with pytest.raises(
        UserError, match=r"1 headlines .* row 2: .* 2024-01-04 09:00, .* 2024-01-05\. Join as of"
    ):
        join_tables(left, right, join, Roles("제목", date="일시"))


def test_a_feature_of_the_session_after_the_close_is_no_future_of_an_evening_headline():
    left = _frame(기사번호=["a"], 일시=["2024-01-03 18:00"], 제목=["하나"])
    right = _frame(번호=["a"], 날짜=["2024-01-04"], RSI=[1])
    join = Join("id", "기사번호", "번호", right_date="날짜")
    assert join_tables(left, right, join, Roles("제목", date="일시")).matched == 1


def test_an_unmatched_row_of_the_future_does_no_harm():
    left = _frame(기사번호=["a"], 일시=["2024-01-03"], 제목=["하나"])
    right = _frame(번호=["a", "b"], 날짜=["2024-01-02", "2024-03-04"], RSI=[1, 2])
    join = Join("id", "기사번호", "번호", right_date="날짜")
    assert join_tables(left, right, join, Roles("제목", date="일시")).matched == 1


def test_joined_rows_whose_dates_are_unknown_are_counted():
    left = _frame(기사번호=["a", "b"], 일시=["2024-01-03", "어제"], 제목=["하나", "둘"])
    right = _frame(번호=["a", "b"], 날짜=["2024-01-02", "2024-03-04"], RSI=[1, 2])
    join = Join("id", "기사번호", "번호", right_date="날짜")
    joined = join_tables(left, right, join, Roles("제목", date="일시"))
    assert joined.matched == 2
    assert str(joined.notes[0]).startswith("1 joined rows could not be checked")


# in the same session


def test_an_exact_join_takes_the_companys_row_of_the_headlines_session():
    left = _headlines(("2024-01-05 09:00", "가"), ("2024-01-05 18:00", "가"), ("2024-01-06", "나"))
    right = _features(("2024-01-05", "가", 1), ("2024-01-08", "가", 2), ("2024-01-08", "나", 3))
    joined = join_tables(left, right, EXACT, ROLES)
    assert joined.frame["RSI"].tolist() == ["1", "2", "3"]
    assert "never as a feature" in str(joined.notes[-1])


def test_the_reasons_of_an_exact_join_name_what_is_missing():
    left = _headlines(
        ("어제", "가"), ("2024-01-05", ""), ("2024-01-05", "다"), ("2024-01-04", "가"), ("2024-01-05", "가")
    )
    right = _features(("2024-01-05", "가", 1), ("", "가", 2), ("2024-01-05", "", 3), ("2024-01-09", "가", 4))
    joined = join_tables(left, right, EXACT, ROLES)
    assert _codes(joined.reasons) == {
        "no_date": [0],
        "no_company": [1],
        "unknown_company": [2],
        "no_session_row": [3],
    }
    assert _codes(joined.reasons_2) == {"no_date": [1], "no_company": [2], "not_needed": [3]}


def test_differing_rows_of_a_company_and_session_are_refused_with_an_example():
    left = _headlines(("2024-01-05", "가"))
    right = _features(("2024-01-05", "가", 1), ("2024-01-05", "나", 2), ("2024-01-05", "가", 9))
    with pytest.raises(UserError, match=r"가, 2024-01-05 \(rows 1 and 3\), and for 0 more"):
        join_tables(left, right, EXACT, ROLES)


def test_rows_of_one_session_that_differ_in_their_date_alone_are_one():
    left = _headlines(("2024-01-07", "가"))
    right = _features(("2024-01-06", "가", 1), ("2024-01-07", "가", 1), ("2024-01-08", "가", 1))
    joined = join_tables(left, right, EXACT, ROLES)
    assert joined.row_2.tolist() == [1]
    assert _codes(joined.reasons_2) == {"repeat": [1, 2]}


def test_a_table_of_the_market_serves_every_company():
    left = _headlines(("2024-01-05", "가"), ("2024-01-05", "나"))
    right = _frame(날짜=["2024-01-05"], 코스피=[2600])
    assert (
        join_tables(left, right, Join("exact", right_date="날짜"), ROLES).frame["코스피"].tolist()
        == ["2600"] * 2
    )


def test_a_forgotten_company_column_is_named_as_the_remedy():
    left = _headlines(("2024-01-05", "가"))
    right = _features(("2024-01-05", "가", 1), ("2024-01-05", "나", 2))
    with pytest.raises(UserError, match="Choose its company column"):
        join_tables(left, right, Join("exact", right_date="날짜"), ROLES)


# as of


def test_an_as_of_join_takes_the_last_row_of_an_earlier_session_never_the_same():
    left = _headlines(("2024-01-05 09:00", "가"), ("2024-01-05 18:00", "가"), ("2024-01-02", "가"))
    right = _features(("2024-01-05", "가", 3), ("2024-01-03", "가", 1), ("2024-01-04", "가", 2))
    joined = join_tables(left, right, ASOF, ROLES)
    assert joined.frame["RSI"].tolist() == ["2", "3", ""]
    assert _codes(joined.reasons) == {"before_first": [2]}


def test_a_row_stamped_after_the_close_counts_from_the_next_session_on():
    left = _headlines(("2024-01-04 17:00", "가"), ("2024-01-03 17:00", "가"))
    right = _features(("2024-01-03 18:00", "가", 1))
    assert join_tables(left, right, ASOF, ROLES).row_2.tolist() == [1, 0]


def test_the_later_of_two_times_in_a_session_is_the_last():
    left = _headlines(("2024-01-05", "가"))
    right = _features(("2024-01-04 15:00", "가", 2), ("2024-01-04 09:00", "가", 1))
    assert join_tables(left, right, ASOF, ROLES).frame["RSI"].tolist() == ["2"]


def test_two_rows_of_the_same_time_that_differ_are_refused():
    left = _headlines(("2024-01-05", "가"))
    right = _features(("2024-01-04", "가", 1), ("2024-01-04", "가", 2))
    with pytest.raises(UserError, match="가, 2024-01-04"):
        join_tables(left, right, ASOF, ROLES)


def test_an_old_partner_is_said():
    left = _headlines(("2024-03-05", "가"), ("2024-01-05", "가"))
    right = _features(("2024-01-04", "가", 1))
    notes = join_tables(left, right, ASOF, ROLES).notes
    assert str(notes[0]).startswith("1 headlines got a row that is more than 5 sessions old")


@pytest.mark.slow
def test_another_exchanges_close_moves_the_headline():
    left, right = _headlines(("2024-01-04 17:00", "가")), _features(("2024-01-04", "가", 1))
    assert join_tables(left, right, ASOF, ROLES).matched == 1
    assert join_tables(left, right, ASOF, ROLES, Exchange(close="18:00")).matched == 0


@pytest.mark.parametrize("how", ["exact", "asof"])
@pytest.mark.parametrize("seed", range(4))
def test_joins_in_time_agree_with_a_search_by_hand(how, seed):
    rng = np.random.default_rng(seed)
    days = np.datetime64("2024-02-01") + np.arange(20)
    left = _headlines(*zip(rng.choice(days, 60), rng.choice(["가", "나", "다", ""], 60), strict=True))
    held = sessions_around(days.astype("datetime64[s]")).on(days.astype("datetime64[s]"))
    pairs = [(d, c) for d in days[~np.isnat(held)] for c in "가나라" if rng.random() < 0.4]
    rng.shuffle(pairs)
    right = _features(*((d, c, i) for i, (d, c) in enumerate(pairs)))
    joined = join_tables(left, right, Join(how, right_date="날짜", right_company="회사"), ROLES)

    own = sessions_around(days.astype("datetime64[s]"))
    session = (
        own.of(left["일시"].to_numpy("datetime64[s]"), np.zeros(60, bool)).astype("datetime64[D]").astype(str)
    )
    expected = []
    for day, company in zip(session, left["종목"], strict=True):
        same = [(d, i) for i, (d, c) in enumerate(pairs, 1) if str(c) == company]
        if how == "exact":
            fitting = [i for d, i in same if str(d) == day]
        else:
            fitting = [i for d, i in sorted(same) if str(d) < day]
        expected.append(fitting[-1] if fitting else 0)
    assert joined.row_2.tolist() == expected
    assert 0 < joined.matched < 60
    for positions, reasons in ((joined.unmatched, joined.reasons), (joined.unused, joined.reasons_2)):
        assert sorted(np.concatenate([*reasons.values()]).tolist()) == positions.tolist()


# what goes wrong


@pytest.mark.parametrize(
    ("join", "roles", "words"),
    [
        (Join("id"), ROLES, "id column of both files"),
        (Join("id", "없음", "회사"), ROLES, "no column 없음"),
        (Join("asof", right_date="없음"), ROLES, "no column 없음"),
        (Join("asof", right_company="회사"), ROLES, "date column of both files"),
        (ASOF, Roles("제목", group="종목"), "date column of both files"),
        (ASOF, Roles("제목", date="일시"), "the headlines have none"),
        (Join("asof", right_date="RSI", right_company="회사"), ROLES, "RSI could be read as a date"),
        (Join("id", "종목", "회사", right_date="날짜"), Roles("제목"), "date column of both files"),
    ],
)
def test_an_impossible_join_is_refused(join, roles, words):
    with pytest.raises(UserError, match=words):
        join_tables(_headlines(("2024-01-05", "가")), _features(("2024-01-04", "가", "높음")), join, roles)


def test_the_frame_of_an_index_of_its_own_is_joined_by_position():
    left = _headlines(("2024-01-05", "가"), ("2024-01-08", "가")).set_axis([7, 3])
    right = _features(("2024-01-04", "가", 1), ("2024-01-05", "가", 2)).set_axis([5, 5])
    assert join_tables(left, right, ASOF, ROLES).frame["RSI"].tolist() == ["1", "2"]


def test_samples_show_rows_of_both_files_with_their_numbers_and_reasons():
    left = _headlines(*[("2024-01-05", "가")] * 20, ("어제", "가"))
    right = _features(("2024-01-04", "가", 1), ("2024-03-04", "가", 2))
    joined = join_tables(left, right, ASOF, ROLES)
    matched = joined.sample_matched(3)
    assert matched.index.tolist() == [(1, 1), (10, 1), (20, 1)]
    assert matched["RSI"].tolist() == ["1"] * 3
    assert joined.sample_unmatched().index.tolist() == [(21, "no_date")]
    assert "RSI" not in joined.sample_unmatched().columns
    assert joined.sample_unused().index.tolist() == [(2, "not_needed")]


def test_times_already_read_are_not_read_again():
    left, right = _headlines(("무엇", "가")), _features(("2024-01-04", "가", 1))
    times = (np.array(["2024-01-05"], "datetime64[s]"), np.array([False]))
    assert join_tables(left, right, ASOF, ROLES, times=times).matched == 1


@pytest.mark.skipif(not SAMSUNG.exists(), reason="the real file is not here")
def test_the_real_file_split_in_two_is_joined_back_to_itself():
    whole = pd.read_csv(SAMSUNG, dtype="str", keep_default_na=False)
    left = whole[["제목", "일자", "종목", "언론사"]]
    right = whole.drop(columns=["제목", "언론사"]).drop_duplicates().rename(columns={"일자": "날짜"})
    roles = Roles("제목", date="일자", group="종목")
    join = guess_join(left, right, roles)
    assert join == Join("exact", right_date="날짜", right_company="종목")
    joined = join_tables(left, right, join, roles)
    assert len(joined.unmatched) == 0
    assert joined.frame[whole.columns].equals(whole)


# the guess


def test_a_shared_id_is_guessed_with_the_date_that_guards_it():
    left = _frame(일시=["2024-01-03"] * 6, 제목=list("abcdef"), news_id=range(101, 107))
    right = _frame(id=range(101, 107), 날짜=["2024-01-02"] * 6, RSI=range(6))
    assert guess_join(left, right, Roles("제목", date="일시")) == Join(
        "id", "news_id", "id", right_date="날짜"
    )


def test_a_file_of_few_of_the_ids_is_joined_on_them():
    left = _frame(제목=list("abcdef") * 9, 기사ID=[f"n{i}" for i in range(54)])
    right = _frame(기사ID=["n3", "n50"], 승패=["승", "패"])
    assert guess_join(left, right, Roles("제목")) == Join("id", "기사ID", "기사ID")


def test_row_numbers_of_two_files_are_no_shared_id():
    left = _headlines(("2024-01-05", "가"), ("2024-01-08", "나")).assign(번호=["1", "2"])
    right = _features(*[("2024-01-04", "가", 1), ("2024-01-04", "나", 2), ("2024-01-05", "가", 3)])
    right = right.assign(번호=["1", "2", "3"])
    assert guess_join(left, right, ROLES) == ASOF


def test_a_feature_file_by_company_and_day_is_joined_as_of():
    left = _headlines(("2024-01-05", "005930"), ("2024-01-08", "000660"))
    right = _frame(
        종목명=["삼성", "하이닉스"] * 2,
        종목코드=["5930", "660"] * 2,
        date=["2024-01-04"] * 2 + ["2024-01-05"] * 2,
        RSI=range(4),
    )
    assert guess_join(left, right, ROLES) == Join("asof", right_date="date", right_company="종목코드")


def test_an_outcome_file_is_joined_in_the_headlines_session():
    left = _headlines(("2024-01-05", "가"), ("2024-01-08", "나"))
    right = _frame(일자=["2024-01-05"] * 2 + ["2024-01-08"] * 2, 종목=["가", "나"] * 2, 익일수익률=range(4))
    assert guess_join(left, right, ROLES) == Join("exact", right_date="일자", right_company="종목")


def test_a_table_of_the_market_is_joined_without_a_company():
    left = _headlines(("2024-01-05", "가"), ("2024-01-08", "나"))
    right = _frame(날짜=["2024-01-04", "2024-01-05"], 코스피=[2600, 2610])
    assert guess_join(left, right, ROLES) == Join("asof", right_date="날짜")


@pytest.mark.parametrize(
    "right",
    [
        _frame(도시=["서울", "부산"], 인구=[1, 2]),
        _frame(날짜=["2024-01-04"] * 2, 회사=["다른 곳", "또 다른 곳"], RSI=[1, 2]),
    ],
    ids=["nothing shared", "other companies"],
)
def test_nothing_is_guessed_where_nothing_fits(right):
    assert guess_join(_headlines(("2024-01-05", "가"), ("2024-01-08", "나")), right, ROLES) is None


def test_the_company_column_that_the_second_file_shares_is_found_beside_the_group_role():
    left = _frame(
        제목=["가", "나"],
        일자=["2024-01-03", "2024-01-03"],
        종목명=["가전자", "나화학"],
        종목코드=["000010", "000020"],
    )
    right = _frame(
        일자=["2023-12-28"] * 2 + ["2024-01-02"] * 2,
        종목코드=["000020", "000010"] * 2,
        RSI=["0", "0", "2", "1"],
    )
    roles = Roles("제목", date="일자", group="종목명")
    join = guess_join(left, right, roles)
    assert (join.how, join.left_company, join.right_company) == ("asof", "종목코드", "종목코드")
    assert join_tables(left, right, join, roles).frame["RSI"].tolist() == ["1", "2"]
