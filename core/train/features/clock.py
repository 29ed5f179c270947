"""When a headline came."""

from __future__ import annotations

import pandas as pd

CLOSE = 15.5  # hours: the usual close of the KRX


def clock(time: pd.Series) -> pd.DataFrame:
    """Return `hour` (0 to 24), `weekday` (Monday is 0) and `closed` (after 15:30 or on a weekend) of times `(n,)`.

    A date without a time of day reads as midnight, so there the hour and `closed` are missing.
    """
    moment = pd.Series(pd.to_datetime(time).to_numpy())
    hour = ((moment - moment.dt.normalize()) / pd.Timedelta(hours=1)).astype(float)
    hour = hour.where(hour > 0)
    weekday = moment.dt.day_of_week.astype(float)
    closed = ((hour > CLOSE) | (weekday >= 5)).astype(float).where(hour.notna())
    return pd.DataFrame({"hour": hour, "weekday": weekday, "closed": closed})
