import unicodedata
from dataclasses import replace

import numpy as np
import pytest

from core.evaluate.ledger_rows import Rows
from tests.makers.train_tables import make_dataset

DAYS = np.repeat(np.arange(10), 4)
TABLE = make_dataset(np.linspace(-1, 1, 40), DAYS, {"x": np.arange(40.0)})
TEST = np.arange(30, 40)


def changed(**columns):
    return replace(TABLE, frame=TABLE.frame.assign(**columns))


def test_rows_are_what_they_say_and_nothing_else():
    known = Rows.of(TABLE, TEST)
    assert len(known) == 10
    assert Rows.of(TABLE, TEST[::-1]).name == known.name
    assert (
        Rows.of(changed(target=0.5, row=np.arange(40) + 7, press="다른 곳", company="다른 이름"), TEST).name
        == known.name
    )
    assert (
        Rows.of(replace(TABLE, frame=TABLE.frame.drop(columns="feature.x"), id="other"), TEST).name
        == known.name
    )
    assert Rows.of(TABLE, TEST[1:]).name != known.name


def test_a_row_that_is_repeated_is_one():
    positions = np.r_[TEST, TEST[:3]]
    assert Rows.of(TABLE, positions).name == Rows.of(TABLE, TEST).name


def test_without_dates_the_same_rows_are_still_found():
    undated = changed(session=TABLE.frame["session"].where(np.zeros(40, bool)))
    known, other = Rows.of(TABLE, TEST), Rows.of(undated, TEST)
    assert known.name != other.name
    assert known.same(other)
    assert other.same(known)
    assert known.shared(other) == other.shared(known) == 10


def test_another_headline_is_another_row():
    values = TABLE.frame["headline"].where(np.arange(40) < 36, "다른 것")
    known, other = Rows.of(TABLE, TEST), Rows.of(changed(headline=values), TEST)
    assert known.shared(other) == 6
    assert not known.same(other)


def moved(days):
    return changed(session=TABLE.frame["session"] + np.timedelta64(days, "D"))


def test_another_session_is_another_row_where_they_are_few():
    for few in (TEST[:4], TEST[:1]):
        assert Rows.of(TABLE, few).shared(Rows.of(moved(1), few)) == 0


@pytest.mark.parametrize("days", [1, -1, 3, 400])
def test_a_table_whose_sessions_were_moved_is_the_same(days):
    known, other = Rows.of(TABLE, TEST), Rows.of(moved(days), TEST)
    assert known.same(other)
    assert other.same(known)


def test_a_headline_that_returns_on_other_days_makes_no_row_of_them_the_same():
    returning = changed(headline=np.arange(40) % 8)
    returning = replace(returning, frame=returning.frame.astype({"headline": str}))
    assert Rows.of(returning, TEST).shared(Rows.of(returning, np.arange(30))) == 0


def spelled(headlines, days=None):
    sessions = np.repeat(np.datetime64("2024-01-02"), len(headlines)) if days is None else days
    return Rows.of_headlines(headlines, sessions)


@pytest.mark.parametrize(
    "other",
    [
        "[단독] 가온전자, 3분기 ‘깜짝 실적’…영업익 42% ↑",
        "가온전자, 3분기 ‘깜짝 실적’…영업익 42% ↑.",
        "가온전자,3분기 '깜짝실적'...영업익  42%",
        '【속보】가온전자 3분기 "깜짝 실적" 영업익 ４２％(종합)',
        unicodedata.normalize("NFD", "가온전자, 3분기 ‘깜짝 실적’…영업익 42% ↑"),
        "가온전자,\u200b 3분기 ‘깜짝\u00a0실적’…영업익 42% ↑\u3164",
    ],
)
def test_the_spelling_of_a_headline_makes_no_other_row_of_it(other):
    known = spelled(["가온전자, 3분기 ‘깜짝 실적’…영업익 42% ↑"])
    assert known.same(spelled([other]))


def test_other_digits_are_another_headline():
    known = spelled(["가온전자, 3분기 영업익 42% ↑"])
    assert known.shared(spelled(["가온전자, 3분기 영업익 41% ↑"])) == 0


def test_rows_of_an_earlier_version_are_known_as_they_are_spelled():
    earlier = Rows(Rows.of(TABLE, TEST).keys)
    assert earlier.same(Rows.of(TABLE, TEST))
    assert earlier.name == Rows.of(TABLE, TEST).name
    assert earlier.shared(Rows.of(changed(headline=TABLE.frame["headline"] + "."), TEST)) == 0


def test_a_part_is_not_the_same_as_the_whole():
    part, whole = Rows.of(TABLE, TEST[:4]), Rows.of(TABLE, TEST)
    assert part.shared(whole) == whole.shared(part) == 4
    assert not part.same(whole)
    assert not whole.same(part)


def test_what_is_among_several_is_counted_once():
    parts = [Rows.of(TABLE, TEST[:4]), Rows.of(TABLE, TEST[2:6])]
    assert Rows.of(TABLE, TEST).shared(*parts) == 6
    assert Rows.of(TABLE, TEST).shared() == 0


def test_no_rows_share_nothing():
    none = Rows.of(TABLE, TEST[:0])
    assert (len(none), none.shared(Rows.of(TABLE, TEST)), Rows.of(TABLE, TEST).shared(none)) == (0, 0, 0)


def test_rows_are_read_back():
    known = Rows.of(TABLE, TEST)
    back = Rows.from_bytes(known.to_bytes())
    assert back.name == known.name
    np.testing.assert_array_equal(back.marks, known.marks)
    earlier = Rows.from_bytes(known.as_spelled.to_bytes())
    assert (earlier.name, earlier.marks) == (known.name, None)


@pytest.mark.parametrize("data", [b"", b"{}", b"\x93NUMPY"])
def test_what_holds_no_rows_is_refused(data):
    with pytest.raises((ValueError, EOFError)):
        Rows.from_bytes(data)
