"""A book: what positions earned on each trading day, before and after the cost of each change of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.locale import N_


@dataclass(frozen=True, eq=False)
class Book:
    """What positions earned, one value per trading day, as fractions of the capital at the start.

    A day is the span from its close to that of the next trading day. `gross` and `net (d,)` are before and after
    the cost; `turnover (d,)` is the sum of the absolute changes of the positions at its close, 2 for a portfolio
    turned round; on the last day also what is sold at its end.
    """

    gross: np.ndarray
    net: np.ndarray
    turnover: np.ndarray


def book(gross: np.ndarray, positions: np.ndarray, cost_bp: float) -> Book:
    """Charge each change of `positions (d, c)`, entry and exit once each, at a cost in basis points of what is traded.

    `gross (d,)` is what the positions earned. A position is a share of the capital at the start and is kept at
    it: what prices move it by is neither compounded nor traded away. Raises `UserError` for a cost below 0.
    """
    if not 0 <= cost_bp < np.inf:
        raise UserError(N_("The cost in basis points must be a number of 0 or more."))
    turnover = np.abs(np.diff(positions, axis=0, prepend=0)).sum(axis=1)
    turnover[-1] += np.abs(positions[-1]).sum()
    return Book(gross, gross - turnover * cost_bp / 1e4, turnover)
