"""Numbers as they are written for a reader, in every language alike."""

from __future__ import annotations

import numpy as np

from core.evaluate.bootstrap import Interval
from core.evaluate.metrics import METRICS, RETURN, SHARE

UNKNOWN = "–"


def count(number: float) -> str:
    """Write a count with thousands separators."""
    return f"{number:,.0f}"


def signed_percent(fraction: float) -> str:
    """Write a return: in percent with its sign and two places."""
    return f"{points(fraction)}%" if np.isfinite(fraction) else UNKNOWN


def fixed(number: float, places: int) -> str:
    """Write a number to so many places; what rounds to 0 has no sign, and what is not known is a dash."""
    return f"{round(float(number), places) + 0.0:.{places}f}" if np.isfinite(number) else UNKNOWN


def percent(fraction: float, places: int = 0) -> str:
    """Write a probability or a share: in percent, by default without places."""
    return f"{fixed(fraction * 100, places)}%" if np.isfinite(fraction) else UNKNOWN


def points(fraction: float, places: int = 2) -> str:
    """Write a difference of percentages: in percentage points with its sign; what rounds to 0 has none."""
    if not np.isfinite(fraction):
        return UNKNOWN
    rounded = round(fraction * 100, places)
    return f"{rounded:+.{places}f}" if rounded else f"{0:.{places}f}"


def interval(value: float, low: float, high: float, places: int = 3, unit: str = "") -> str:
    """Write a value with its interval: 0.583 [0.491, 0.670]; an end that is not known is a dash."""
    if not np.isfinite(value):
        return UNKNOWN
    return f"{fixed(value, places)}{unit} [{fixed(low, places)}, {fixed(high, places)}]"


def points_interval(found: Interval, places: int) -> str:
    """Write a difference of percentages with its interval: -1.1 [-1.9, -0.2]; alone where no end is known."""
    if not np.isfinite(found.low):
        return points(found.value, places)
    return f"{points(found.value, places)} [{points(found.low, places)}, {points(found.high, places)}]"


def written(metric: str, score: Interval, sure: bool = True) -> str:
    """Write a score with its interval: 0.58 [0.49, 0.67]; alone where its interval holds nothing, or is not `sure`."""
    value, _low, _high, mark = _in_its_unit(metric, score)
    return f"{value}{mark} {ends_of(metric, score, sure)}".rstrip() if value != UNKNOWN else UNKNOWN


def ends_of(metric: str, score: Interval, sure: bool = True) -> str:
    """Write the interval of a score alone: [0.49, 0.67]; "" where there is none, or it is not `sure`."""
    _value, low, high, _mark = _in_its_unit(metric, score)
    known = sure and np.isfinite([score.low, score.high]).any()
    return f"[{low}, {high}]" if known else ""


def _in_its_unit(metric: str, score: Interval) -> tuple[str, str, str, str]:
    """Write value and ends of a score to the places of its metric, and the mark that follows the value."""
    places, mark = {RETURN: (2, "%"), SHARE: (1, "%")}.get(METRICS[metric].unit, (3, ""))
    scale = 100 if mark else 1
    value, low, high = (fixed(end * scale, places) for end in (score.value, score.low, score.high))
    return value, low, high, mark
