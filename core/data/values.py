"""From text cells to numbers, times, headlines and classes. What cannot be read exactly is never guessed."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone

import numpy as np
import pandas as pd

_MISSING = {"", "-", "nan", "na", "n/a", "null", "none", "nat", ".", "없음"}
_NUMBER = re.compile(
    r"(?P<sign>[-+△▽▲▼]?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)(?P<power>e[-+]?\d+)?"
    r"\s*(?P<unit>%|bp|bps)?"
)
_SIGNS = {"-": -1.0, "△": -1.0, "▽": -1.0, "▼": -1.0}
_UNITS = {"%": 0.01, "bp": 0.0001, "bps": 0.0001}

_CLOCK = (
    r"(?P<half>오전|오후|am|pm)?\s*(?P<hour>\d{1,2})\s*[:시]\s*(?P<minute>\d{1,2})\s*분?"
    r"(?:\s*:?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*초?)?\s*(?P<half2>am|pm)?\s*(?P<zone>z|[+-]\d{2}:?\d{2})?"
)
_WEEKDAY = r"(?:\s*\(?[월화수목금토일](?:요일)?\)?)?"
_TIMES = [
    re.compile(
        r"(?P<year>\d{4}|\d{2})\s*(?:[-./]|년)\s*(?P<month>\d{1,2})\s*(?:[-./]|월)\s*(?P<day>\d{1,2})\s*[.일]?"
        + _WEEKDAY + r"(?:[t\s]*" + _CLOCK + r")?",
    ),
    re.compile(
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + _WEEKDAY
        + r"(?:[t\s]*(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?))?"
    ),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})[t\s]+" + _CLOCK),
]  # fmt: skip
_KOREA = timezone(timedelta(hours=9))

_INLINE_TAGS = re.compile(r"</?(?:b|strong|em|i|u|mark|font|span)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_DOWN_UP = [("패", "승"), ("lose", "win"), ("loss", "win"), ("down", "up"), ("하락", "상승"), ("negative", "positive"),
            ("부정", "긍정"), ("매도", "매수"), ("sell", "buy"), ("false", "true"), ("no", "yes")]  # fmt: skip


def number(cell: str) -> float | None:
    """Read one number: NaN where the cell says "missing", None where it cannot be read exactly.

    Understands 1,234 and full-width digits, `%` and `bp` (as fractions), a true minus, `(1.2)` and `△3` as
    negative (accounting), `▲` and `▼` as up and down.
    """
    text = unicodedata.normalize("NFKC", cell).strip().lower().replace("\u2212", "-").replace("–", "-")
    if text in _MISSING:
        return np.nan
    if text in ("inf", "+inf", "-inf", "infinity", "∞", "-∞"):
        return np.nan
    negative = text.startswith("(") and text.endswith(")")
    match = _NUMBER.fullmatch(text[1:-1].strip() if negative else text)
    if match is None:
        return None
    value = float(match["digits"].replace(",", "") + (match["power"] or ""))
    value *= _SIGNS.get(match["sign"], 1.0) * (-1.0 if negative else 1.0)
    if match["unit"]:
        value = round(value * _UNITS[match["unit"]], 15)
    return value if np.isfinite(value) else np.nan


def moment(cell: str) -> tuple[datetime | None, bool] | None:
    """Read one date or time of Korea: `(naive local time, whether a time of day was given)`.

    Returns `(None, False)` where the cell says "missing" and None where it cannot be read exactly. Two-digit
    years are of this century; a time zone is converted to Korea's.
    """
    text = unicodedata.normalize("NFKC", cell).strip().lower()
    if text in _MISSING:
        return None, False
    match = next((m for pattern in _TIMES if (m := pattern.fullmatch(text))), None)
    if match is None:
        return None
    part = match.groupdict()
    year = int(part["year"]) + (2000 if len(part["year"]) == 2 else 0)
    hour = int(part["hour"] or 0)
    half = part.get("half") or part.get("half2")
    if half in ("오후", "pm") and hour < 12:
        hour += 12
    elif half in ("오전", "am") and hour == 12:
        hour = 0
    try:
        time = datetime(year, int(part["month"]), int(part["day"]), hour, int(part["minute"] or 0),
                        int(part["second"] or 0))  # fmt: skip
    except ValueError:
        return None
    zone = part.get("zone")
    if zone:
        time = datetime.fromisoformat(time.isoformat() + zone.upper().replace("Z", "+00:00"))
        time = time.astimezone(_KOREA).replace(tzinfo=None)
    return time, part["hour"] is not None


def plain_text(cell: str) -> str:
    """Clean a headline, an outlet or a label: inline tags dropped, entities unescaped once, NFC, no control characters."""
    text = unicodedata.normalize("NFC", html.unescape(_INLINE_TAGS.sub("", cell)))
    kept = (c if unicodedata.category(c) not in ("Cc", "Zl", "Zp") else " " for c in text)
    text = "".join(c for c in kept if not _invisible(c))
    return " ".join(text.split())


def numbers(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Read a column: `(float64 values with NaN where missing or unreadable, mask of the unreadable)`."""
    codes, read = _each_distinct(cells, number)
    values = np.array([np.nan if value is None else value for value in read], float)
    bad = np.array([value is None for value in read])
    return values[codes], bad[codes]


def moments(cells: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read a column: `(datetime64[s], mask of those with a time of day, mask of the unreadable)`."""
    codes, read = _each_distinct(cells, moment)
    times = np.array([value[0] if value else None for value in read], dtype="datetime64[s]")
    timed = np.array([bool(value and value[1]) for value in read])
    bad = np.array([value is None for value in read])
    return times[codes], timed[codes], bad[codes]


def texts(cells: pd.Series, clean: Callable[[str], str]) -> np.ndarray:
    """Clean a column of text, each distinct cell once: `(rows,)` of str, "" where nothing is left."""
    codes, read = _each_distinct(cells, clean)
    return np.array(read, object)[codes]


def order_classes(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the classes in order, the one that means "up" last where a pair such as 패/승 is known."""
    labels = sorted(set(labels))
    lowered = {name.lower(): name for name in labels}
    for down, up in _DOWN_UP:
        if down in lowered and up in lowered:
            middle = [name for name in labels if name not in (lowered[down], lowered[up])]
            return (lowered[down], *middle, lowered[up])
    return tuple(labels)


def _each_distinct(cells: pd.Series, read: Callable[[str], object]) -> tuple[np.ndarray, list]:
    codes, distinct = pd.factorize(cells.fillna(""))
    return codes, [read(cell) for cell in distinct]


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cs", "Co") and character != "\u200d"
