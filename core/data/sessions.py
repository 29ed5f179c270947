"""Trading sessions of the exchange, and the session that a headline belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.errors import UserError
from core.locale import N_

EXCHANGE = "XKRX"
TIME_ZONE = "Asia/Seoul"
_FIRST, _LAST = np.datetime64("1990-01-01"), np.datetime64("2050-01-01")


@dataclass(frozen=True, eq=False)
class Sessions:
    """The sessions of an exchange in order: `days` (midnight) and the local `closes`, both datetime64[s]."""

    days: np.ndarray
    closes: np.ndarray

    def of(self, times: np.ndarray, timed: np.ndarray) -> np.ndarray:
        """Return the first session on which one could still trade on each headline, `(n,)` datetime64[s].

        A headline up to the close of a session belongs to it; one after the close, on a weekend or on a
        holiday to the next. One without a time of day (`timed` False) counts as known before the close.
        An unknown time gives NaT.
        """
        known = ~np.isnat(times)
        result = np.full(len(times), np.datetime64("NaT", "s"))
        day = times[known].astype("datetime64[D]").astype("datetime64[s]")
        moment = np.where(timed[known], times[known], day)
        result[known] = self.days[np.searchsorted(self.closes, moment)]
        return result

    def position(self, days: np.ndarray) -> np.ndarray:
        """Return the number of each session in the calendar, `(n,)`: a difference counts sessions."""
        return np.searchsorted(self.days, days)


def sessions_around(times: np.ndarray) -> Sessions:
    """Return the exchange's sessions that cover the given times with two weeks to spare.

    Raises:
        UserError: where a time lies outside of 1990 to 2050.
    """
    known = times[~np.isnat(times)].astype("datetime64[D]")
    first, last = known.min(), known.max()
    if first < _FIRST or last > _LAST:
        wrong = first if first < _FIRST else last
        raise UserError(N_("The date {date} lies outside of 1990 to 2050. Correct it, or choose another date column."),
                        date=str(wrong))  # fmt: skip
    return _sessions(str(first - 14), str(last + 21))


@lru_cache(maxsize=16)
def _sessions(first: str, last: str) -> Sessions:
    from exchange_calendars import get_calendar

    calendar = get_calendar(EXCHANGE, start=first, end=last)
    closes = calendar.closes.dt.tz_convert(TIME_ZONE).dt.tz_localize(None)
    return Sessions(calendar.sessions.to_numpy("datetime64[s]"), closes.to_numpy("datetime64[s]"))
