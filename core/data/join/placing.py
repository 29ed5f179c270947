"""The rows of both files in time: the sessions that they belong to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.parse.columns import moments
from core.data.plan import Exchange, Join, Roles
from core.data.sessions import Sessions, sessions_around, zone_of
from core.errors import UserError
from core.locale import N_


@dataclass(frozen=True, eq=False)
class Placed:
    """The rows of both files in time: positions of their sessions in the calendar, -1 where unknown.

    A row of the second file belongs to the first session on which one could trade on it, as a headline does; with
    a date alone to that day's, whatever the exchange's `untimed` says of headlines.
    `times_2` are the second file's times as read.
    """

    first: np.ndarray
    second: np.ndarray
    times_2: np.ndarray
    sessions: Sessions


def place(
    left: pd.DataFrame,
    right: pd.DataFrame,
    join: Join,
    roles: Roles,
    exchange: Exchange,
    times: tuple[np.ndarray, np.ndarray] | None = None,
) -> Placed:
    """Read the dates of both files and find their sessions; `times` are the first file's where already read."""
    if not roles.date or not join.right_date:
        raise UserError(
            N_("A join in time needs the date column of both files. Choose them, or join on an id.")
        )
    zone = zone_of(exchange)
    first, timed = times or _moments(left[roles.date], zone)
    second, timed_2 = _moments(right[join.right_date], zone)
    sessions = sessions_around(np.concatenate([first, second]), exchange)
    return Placed(
        sessions.locate(sessions.of(first, timed, exchange.untimed)),
        sessions.locate(sessions.of(second, timed_2)),
        second,
        sessions,
    )


def _moments(cells: pd.Series, zone: str) -> tuple[np.ndarray, np.ndarray]:
    times, timed, _ = moments(cells, zone)
    if np.isnat(times).all():
        raise UserError(
            N_("No cell of {column} could be read as a date. Choose another date column, or none."),
            column=str(cells.name),
        )
    return times, timed
