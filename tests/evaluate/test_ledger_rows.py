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


@pytest.mark.parametrize("column", ["headline", "session"])
def test_another_headline_or_session_is_another_row(column):
    values = TABLE.frame[column].copy()
    values.iloc[32:] = values.iloc[0] if column == "session" else "다른 것"
    known, other = Rows.of(TABLE, TEST), Rows.of(changed(**{column: values}), TEST)
    assert known.shared(other) == 2
    assert not known.same(other)


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
    assert Rows.from_bytes(known.to_bytes()).name == known.name


@pytest.mark.parametrize("data", [b"", b"{}", b"\x93NUMPY"])
def test_what_holds_no_rows_is_refused(data):
    with pytest.raises((ValueError, EOFError)):
        Rows.from_bytes(data)
