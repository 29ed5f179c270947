from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.data.plan import Exchange
from core.data.sessions import KRX, calendar_names, sessions_around, zone_of
from core.errors import UserError

SAMSUNG = Path(__file__).parents[3] / "shared" / "data" / "samsung_headlines.csv"


def _session(moment: str, timed: bool = True, exchange: Exchange = KRX) -> str:
    times = np.array([moment], "datetime64[s]")
    return str(sessions_around(times, exchange).of(times, np.array([timed]))[0])[:10]


@pytest.mark.parametrize(
    ("moment", "session"),
    [
        ("2024-01-03T08:00", "2024-01-03"),
        ("2024-01-03T15:30", "2024-01-03"),
        ("2024-01-03T15:31", "2024-01-04"),
        ("2024-01-05T18:00", "2024-01-08"),
        ("2024-01-06T10:00", "2024-01-08"),
        ("2024-02-09T10:00", "2024-02-13"),
        ("2024-01-02T09:30", "2024-01-02"),
    ],
    ids=[
        "before open",
        "at the close",
        "after the close",
        "friday evening",
        "saturday",
        "lunar new year",
        "late open",
    ],
)
def test_a_headline_belongs_to_the_first_session_on_which_one_could_trade(moment, session):
    assert _session(moment) == session


def test_a_date_without_a_time_counts_as_before_the_close():
    assert _session("2024-01-03", timed=False) == "2024-01-03"
    assert _session("2024-01-06", timed=False) == "2024-01-08"


def test_an_unknown_time_has_no_session():
    times = np.array(["2024-01-03", "NaT"], "datetime64[s]")
    assert np.isnat(sessions_around(times).of(times, np.array([False, False]))).tolist() == [False, True]


def test_a_date_out_of_the_calendar_is_refused():
    with pytest.raises(UserError, match="1015-01-01"):
        _session("1015-01-01")


def test_no_known_date_at_all_is_refused():
    with pytest.raises(UserError, match="No date could be read"):
        sessions_around(np.array(["NaT"], "datetime64[s]"))


@pytest.mark.parametrize(
    ("holiday", "next_session"),
    [
        ("2024-01-01", "2024-01-02"),
        ("2024-02-12", "2024-02-13"),
        ("2023-05-29", "2023-05-30"),
        ("2024-04-10", "2024-04-11"),
        ("2024-12-31", "2025-01-02"),
        ("2022-03-09", "2022-03-10"),
        ("2024-10-01", "2024-10-02"),
        ("2025-06-03", "2025-06-04"),
        ("2026-06-03", "2026-06-04"),
        ("2026-07-17", "2026-07-20"),
    ],
    ids=[
        "new year",
        "lunar new year substitute",
        "buddha's birthday substitute",
        "parliament election",
        "end of year",
        "president election",
        "armed forces day",
        "early election",
        "local election",
        "constitution day",
    ],
)
def test_a_holiday_of_the_krx_is_no_session(holiday, next_session):
    assert _session(holiday, timed=False) == next_session


@pytest.mark.parametrize(
    "day", ["2019-11-14", "2021-11-18", "2022-11-17", "2023-11-16", "2024-11-14", "2025-11-13"]
)
def test_the_krx_closes_an_hour_later_on_the_day_of_the_entrance_exam(day):
    following = str(np.datetime64(day) + 1)
    assert _session(f"{day}T16:30") == day
    assert _session(f"{day}T16:31") == following


def test_the_krx_closed_at_15_00_until_july_2016():
    assert _session("2016-07-27T15:15") == "2016-07-28"
    assert _session("2016-08-02T15:15") == "2016-08-02"


def test_another_calendar_has_its_own_days_closes_and_time_zone():
    times = np.array(["2024-07-03T13:30", "2024-07-04T09:00"], "datetime64[s]")
    sessions = sessions_around(times, Exchange("XNYS"))
    assert sessions.zone == "America/New_York"
    days = sessions.of(times, np.array([True, True])).astype("datetime64[D]").astype(str)
    assert days.tolist() == ["2024-07-05", "2024-07-05"]  # 3 July closes at 13:00


@pytest.mark.slow
def test_a_close_of_ones_own_replaces_that_of_every_session():
    exchange = Exchange(close="20:00")
    assert _session("2024-01-03T19:59", exchange=exchange) == "2024-01-03"
    assert _session("2024-01-03T20:01", exchange=exchange) == "2024-01-04"


def test_an_undated_time_belongs_to_its_day_where_sessions_end_at_midnight():
    assert _session("2024-01-06", timed=False, exchange=Exchange("24/7")) == "2024-01-06"


@pytest.mark.parametrize("name", ["KRX", "xkrx", "서울", "../XKRX", ""])
def test_an_unknown_calendar_is_refused_with_suggestions(name):
    with pytest.raises(UserError, match="XKRX"):
        sessions_around(np.array(["2024-01-03"], "datetime64[s]"), Exchange(name))


@pytest.mark.parametrize("close", ["25:00", "15", "3:30", "15:60", "오후 3:30", "15:30:00"])
def test_a_close_that_is_no_time_of_day_is_refused(close):
    with pytest.raises(UserError, match="HH:MM"):
        sessions_around(np.array(["2024-01-03"], "datetime64[s]"), Exchange(close=close))


def test_dates_that_a_calendar_does_not_cover_are_refused():
    with pytest.raises(UserError, match="XSAU does not cover 2019-01-03"):
        _session("2019-01-03", exchange=Exchange("XSAU"))


def test_a_calendar_that_ends_soon_after_the_last_date_still_serves():
    assert _session("2026-12-30T10:00", exchange=Exchange("XSES")) == "2026-12-30"


def test_a_time_after_the_calendars_last_close_is_refused():
    with pytest.raises(UserError, match="ends on 2026-12-31"):
        _session("2026-12-31T23:00", exchange=Exchange("XSES"))


def test_the_usual_calendars_are_listed_first():
    assert calendar_names()[0] == "XKRX"
    assert "XTKS" in calendar_names()[:5]


def test_a_price_belongs_to_the_very_day_it_is_dated():
    times = np.array(["2024-01-05T18:00", "2024-01-06", "NaT"], "datetime64[s]")
    assert sessions_around(times).on(times).astype(str).tolist() == ["2024-01-05T00:00:00", "NaT", "NaT"]


def test_what_is_no_session_has_no_place_in_the_calendar():
    sessions = sessions_around(np.array(["2024-01-03"], "datetime64[s]"))
    days = np.array(["2024-01-03", "2024-01-06", "NaT", "2050-01-01", "1990-01-01"], "datetime64[s]")
    place = sessions.locate(days)
    assert place.tolist() == [sessions.position(days[:1])[0], -1, -1, -1, -1]


@pytest.mark.skipif(not SAMSUNG.exists(), reason="the real file is not here")
def test_the_calendar_agrees_with_the_real_sessions_of_2022():
    table = pd.read_csv(SAMSUNG, usecols=["일자", "전일수익률", "이격도20", "익일수익률"])
    times = table["일자"].to_numpy("datetime64[s]")
    sessions = sessions_around(times)
    table["session"] = sessions.of(times, np.zeros(len(times), bool))
    shared = ["전일수익률", "이격도20", "익일수익률"]
    assert table["session"].nunique() == 80
    assert (table.groupby("session")[shared].nunique() == 1).all(axis=None)
    assert (table.groupby(shared)["session"].nunique() == 1).all()


@pytest.mark.parametrize(
    ("day", "session"),
    [("2024-01-03", "2024-01-04"), ("2024-01-05", "2024-01-08"), ("2024-01-06", "2024-01-08")],
    ids=["wednesday", "friday", "saturday"],
)
def test_a_date_alone_can_belong_to_the_next_session(day, session):
    times = np.array([day], "datetime64[s]")
    for timed in (False, True):  # 00:00 in all rows is a date, too
        placed = sessions_around(times).of(times, np.array([timed]), "next")
        assert str(placed[0])[:10] == session


def test_next_session_moves_no_headline_that_has_a_time_of_day():
    times = np.array(["2024-01-03T00:00", "2024-01-03T09:00", "2024-01-03"], "datetime64[s]")
    placed = sessions_around(times).of(times, np.array([True, True, False]), "next")
    assert [str(day)[:10] for day in placed] == ["2024-01-03", "2024-01-03", "2024-01-04"]


@pytest.mark.parametrize(
    ("calendar", "zone"),
    [("XKRX", "Asia/Seoul"), ("XNYS", "America/New_York"), ("XLON", "Europe/London"), ("24/7", "UTC")],
)
def test_an_exchange_has_a_time_zone(calendar, zone):
    assert zone_of(Exchange(calendar)) == zone
