"""Trading sessions of an exchange, and the session that a headline belongs to."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.data.plan import Exchange
from core.errors import UserError
from core.locale import N_

KRX = Exchange()
USUAL = ("XKRX", "XNYS", "XTKS", "XHKG", "XSHG", "XTAI", "XLON")
_FIRST, _LAST = np.datetime64("1990-01-01"), np.datetime64("2050-01-01")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")

# What exchange_calendars 4.13.2 lacks of the KRX. Closed: https://github.com/gerrymanoim/exchange_calendars/pull/574
# (local election) and pull/583 (Constitution Day, a public holiday again from 2026). Late: on the day of the
# university entrance exam (CSAT) the KRX opens and closes an hour later; the package's list ends with 2020.
KRX_CLOSED = ("2026-06-03", "2026-07-17")
KRX_LATE = ("2021-11-18", "2022-11-17", "2023-11-16", "2024-11-14", "2025-11-13", "2026-11-19")
KRX_LATE_CLOSE = np.timedelta64(16 * 60 + 30, "m")


@dataclass(frozen=True, eq=False)
class Sessions:
    """The sessions of an exchange in order: `days` (midnight) and the local `closes`, both datetime64[s].

    Times given to the methods are naive and count as the exchange's local time, that of `zone`.
    """

    days: np.ndarray
    closes: np.ndarray
    zone: str = "Asia/Seoul"

    def of(self, times: np.ndarray, timed: np.ndarray, untimed: str = "same") -> np.ndarray:
        """Return the first session on which one could still trade on each headline, `(n,)` datetime64[s].

        A headline up to the close of a session belongs to it; one after the close, on a weekend or on a
        holiday to the next. One without a time of day (`timed` False) counts as known before the close, or as
        of the evening where `untimed` is "next"; so does one at 00:00 where all are, for that is how a date is
        written where a time is expected. An unknown time gives NaT.

        Raises:
            UserError: where the calendar ends before the session that a time would belong to.
        """
        known = ~np.isnat(times)
        moment = times[known]
        day = _midnight(moment)
        clock = timed[known] & (moment != day).any()
        dated = np.searchsorted(self.days, day, "right" if untimed == "next" else "left")
        place = np.where(clock, np.searchsorted(self.closes, moment), dated)
        late = place >= len(self.days)
        if late.any():
            raise UserError(
                N_(
                    "The exchange's calendar ends on {last}, before the session of {date}. Correct the date, or choose "
                    "another calendar."
                ),
                last=str(self.days[-1])[:10],
                date=str(day[late].max())[:10],
            )
        result = np.full(len(times), np.datetime64("NaT", "s"))
        result[known] = self.days[place]
        return result

    def on(self, times: np.ndarray) -> np.ndarray:
        """Return the session held on the very day of each time, `(n,)` datetime64[s]; NaT where there is none.

        This is the session of a closing price, which keeps its day whenever it was written down.
        """
        day = _midnight(times)
        return np.where(self.locate(day) >= 0, day, np.datetime64("NaT", "s"))

    def position(self, days: np.ndarray) -> np.ndarray:
        """Return the number of each session in the calendar, `(n,)`: a difference counts sessions."""
        return np.searchsorted(self.days, days)

    def locate(self, days: np.ndarray) -> np.ndarray:
        """Return the number of each session in the calendar, `(n,)` int64; -1 for NaT and for what is no session."""
        place = np.minimum(np.searchsorted(self.days, days), len(self.days) - 1)
        return np.where(self.days[place] == days, place, -1)


def sessions_around(times: np.ndarray, exchange: Exchange = KRX) -> Sessions:
    """Return the exchange's sessions from 1990 to 2050, or around the given times where it knows fewer years.

    Raises:
        UserError: where a time lies outside of 1990 to 2050 or of what the calendar knows, all times are
            unknown, or the exchange's settings are wrong.
    """
    check_exchange(exchange)
    known = times[~np.isnat(times)].astype("datetime64[D]")
    if not len(known):
        raise UserError(N_("No date could be read. Choose another date column."))
    first, last = known.min(), known.max()
    if first < _FIRST or last > _LAST:
        wrong = first if first < _FIRST else last
        raise UserError(
            N_("The date {date} lies outside of 1990 to 2050. Correct it, or choose another date column."),
            date=str(wrong),
        )
    error: Exception | None = None
    for start, end in ((_FIRST, _LAST), (first - 14, last + 21), (first - 14, last), (first, last + 21)):
        try:
            return _sessions(exchange, str(start)[:4], str(end)[:4])
        except (ValueError, NotImplementedError) as reason:
            error = error or reason
    raise UserError(
        N_(
            "The calendar {calendar} does not cover {first} to {last}. Correct the dates, or choose another calendar."
        ),
        calendar=exchange.calendar,
        first=str(first),
        last=str(last),
    ) from error


@lru_cache
def zone_of(exchange: Exchange) -> str:
    """Return the time zone of an exchange, such as "Asia/Seoul". Raises `UserError` for an unknown calendar."""
    from exchange_calendars import get_calendar

    check_exchange(exchange)
    return str(get_calendar(exchange.calendar, start="2024-01-01", end="2024-12-31").tz)


def check_exchange(exchange: Exchange) -> None:
    """Raise `UserError` where the calendar's name is unknown or the close is no time of day."""
    names = calendar_names()
    if exchange.calendar not in names:
        near = difflib.get_close_matches(exchange.calendar.upper(), names, n=3, cutoff=0.5)
        raise UserError(
            N_(
                "There is no exchange calendar {calendar}. Choose its code from exchange_calendars, for example: "
                "{names}."
            ),
            calendar=exchange.calendar,
            names=", ".join(dict.fromkeys((*near, *USUAL))),
        )
    if exchange.close and not _CLOCK.fullmatch(exchange.close):
        raise UserError(
            N_(
                "The close {close} is no time of day. Write it as HH:MM, for example 15:30, or leave it empty."
            ),
            close=exchange.close,
        )


@lru_cache
def calendar_names() -> tuple[str, ...]:
    """Return the codes of all calendars, the usual ones first."""
    from exchange_calendars import get_calendar_names

    return tuple(dict.fromkeys((*USUAL, *sorted(get_calendar_names()))))


def _midnight(times: np.ndarray) -> np.ndarray:
    return times.astype("datetime64[D]").astype("datetime64[s]")


@lru_cache(maxsize=16)
def _sessions(exchange: Exchange, first_year: str, last_year: str) -> Sessions:
    from exchange_calendars import get_calendar

    calendar = get_calendar(exchange.calendar, start=f"{first_year}-01-01", end=f"{last_year}-12-31")
    days = calendar.sessions.to_numpy("datetime64[s]").copy()
    closes = calendar.closes.dt.tz_convert(calendar.tz).dt.tz_localize(None).to_numpy("datetime64[s]").copy()
    if exchange.calendar == "XKRX":
        held = ~np.isin(days, np.array(KRX_CLOSED, "datetime64[s]"))
        days, closes = days[held], closes[held]
        late = np.isin(days, np.array(KRX_LATE, "datetime64[s]"))
        closes[late] = days[late] + KRX_LATE_CLOSE
    if exchange.close:
        hour, minute = exchange.close.split(":")
        closes = days + np.timedelta64(60 * int(hour) + int(minute), "m")
    days.flags.writeable = closes.flags.writeable = False
    return Sessions(days, closes, str(calendar.tz))
