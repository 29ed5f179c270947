"""One text cell as a number, a time or a headline. What cannot be read exactly is never guessed."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from core.data.parse.characters import compose, invisible

_MISSING = {"", "-", "nan", "na", "n/a", "#n/a", "<na>", "null", "none", "nat", ".", "없음"}
_INFINITE = {"inf", "+inf", "-inf", "infinity", "-infinity", "∞", "+∞", "-∞"}
_LONGEST_NUMBER, _LONGEST_TIME = 400, 80

# full-width forms, other blanks and minus signs; what has no shape is dropped
_PLAIN: dict[int, str | None] = {
    **{0xFF01 + i: chr(0x21 + i) for i in range(94)},
    **dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
    **dict.fromkeys([0x2010, 0x2011, 0x2012, 0x2013, 0x2212, 0xFE63], "-"),
    **dict.fromkeys([0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF], None),
}

_NUMBER = re.compile(
    r"(?:(?P<sign>[-+△▽▲▼])\s*)?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)(?:e(?P<power>[-+]?\d+))?"
    r"\s*(?P<unit>%|bps?)?",
    re.ASCII,
)
_NEGATIVE = "-△▽▼"
_UNIT_POWERS = {"%": -2, "bp": -4, "bps": -4}

_CLOCK = (
    r"(?P<half>오전|오후|am|pm)?\s*(?P<hour>\d{1,2})\s*"
    r"(?:[:시]\s*(?P<minute>\d{1,2})\s*분?(?:\s*:?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*초?)?|시|(?=\s?[ap]m))"
    r"\s*(?P<half2>am|pm)?\s*(?P<zone>z|kst|gmt|utc|[+-]\d{2}:?\d{2})?"
)
_WEEKDAY = r"(?:\s*\(?[월화수목금토일](?:요일)?\)?)?"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_TIMES = [
    re.compile(
        r"(?P<year>\d{4}|\d{2})\s*(?:[-./]|년|年)\s*(?P<month>\d{1,2})\s*(?:[-./]|월|月)\s*(?P<day>\d{1,2})\s*[.일日]?"
        + _WEEKDAY
        + r"(?:[t\s]*"
        + _CLOCK
        + r")?",
        re.ASCII,
    ),
    re.compile(
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
        + _WEEKDAY
        + r"(?:[t\s]*(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?))?",
        re.ASCII,
    ),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})[t\s]+" + _CLOCK, re.ASCII),
    re.compile(  # as in RSS: Tue, 02 Jan 2024 15:30:00 +0900
        r"(?:[a-z]{3},\s*)?(?P<day>\d{1,2})\s+(?P<month>"
        + "|".join(_MONTHS)
        + r")\s+(?P<year>\d{4})\s+"
        + _CLOCK,
        re.ASCII,
    ),
]
KOREA = "Asia/Seoul"
_ZONES = {"z": "+00:00", "gmt": "+00:00", "utc": "+00:00", "kst": "+09:00"}

_INLINE_TAGS = re.compile(r"</?(?:b|strong|em|i|u|mark|font|span)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENDLESS_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{100,};?")

# Characters that cleaning leaves as they are, in whatever order: printable ASCII but for < and &, Latin-1, common
# punctuation, arrows and symbols, kana, Hangul syllables and compatibility letters, Hanja, full-width forms. None of
# them combines with another. Written for Python's and Arrow's regular expressions alike.
_UNCHANGED = (
    "!-%'-;=-~\u00a1-\u00ac\u00ae-\u00ff\u2010-\u2027\u2030-\u205e\u20a9\u20ac\u2160-\u2188\u2190-\u21ff"
    "\u2460-\u2775\u3001-\u3029\u3041-\u3094\u30a1-\u30fe\u3131-\u318e\u3200-\u321e\u3260-\u327f\u3380-\u33df"
    "\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60\U0001f300-\U0001f64f"
)
CLEAN_TEXT = f"^(?:[{_UNCHANGED}]+(?: [{_UNCHANGED}]+)*)?$"
_CLEAN_TEXT = re.compile(CLEAN_TEXT[:-1] + r"\Z")


def number(cell: str) -> float | None:
    """Read one number: NaN where the cell says "missing" or is infinite, None where it cannot be read exactly.

    Understands 1,234 and full-width digits, `%` and `bp` (as fractions), a true minus, `(1.2)` and `△3` as
    negative (accounting), `▲` and `▼` as up and down. Zero has no sign.
    """
    text = cell.translate(_PLAIN).strip().lower()
    if text in _MISSING or text in _INFINITE:
        return math.nan
    if len(text) > _LONGEST_NUMBER:
        return None
    accounting = text.startswith("(") and text.endswith(")")
    match = _NUMBER.fullmatch(text[1:-1].strip() if accounting else text)
    if match is None or (accounting and match["sign"]):
        return None
    power = int(match["power"] or 0) + _UNIT_POWERS.get(match["unit"], 0)
    value = float(f"{match['digits'].replace(',', '')}e{power}")
    if accounting or (match["sign"] or "+") in _NEGATIVE:
        value = -value
    return value + 0.0 if math.isfinite(value) else math.nan


def moment(cell: str, zone: str = KOREA) -> tuple[datetime | None, bool] | None:
    """Read one date or time: `(naive local time of the zone, whether a time of day was given)`.

    Returns `(None, False)` where the cell says "missing" and None where it cannot be read exactly. Two-digit
    years are of this century; a time that names its own time zone is converted to `zone`, any other is of it.
    """
    text = cell.translate(_PLAIN).strip().lower()
    if text in _MISSING:
        return None, False
    text = compose(text[: 4 * _LONGEST_TIME])
    if len(text) > _LONGEST_TIME:
        return None
    match = next((m for pattern in _TIMES if (m := pattern.fullmatch(text))), None)
    if match is None:
        return None
    part = match.groupdict()
    hour = _hour(int(part["hour"] or 0), part.get("half") or part.get("half2"))
    if hour is None:
        return None
    year = int(part["year"]) + (2000 if len(part["year"]) == 2 else 0)
    month = _MONTHS.index(part["month"]) + 1 if part["month"] in _MONTHS else int(part["month"])
    try:
        time = datetime(
            year, month, int(part["day"]), hour, int(part["minute"] or 0), int(part["second"] or 0)
        )
        return _local(time, part.get("zone"), zone), part["hour"] is not None
    except (ValueError, OverflowError):  # no such day, hour or zone
        return None


def _hour(hour: int, half: str | None) -> int | None:
    if half in ("오후", "pm") and hour < 12:
        return hour + 12
    if half in ("오전", "am"):
        return None if hour > 12 else hour % 12
    return hour


def _local(time: datetime, own: str | None, zone: str) -> datetime:
    if not own:
        return time
    there = datetime.fromisoformat(time.isoformat() + _ZONES.get(own, own))
    return there.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def plain_text(cell: str) -> str:
    """Clean a headline, an outlet or a label: inline tags dropped, entities unescaped once, NFC, no control characters."""
    if _CLEAN_TEXT.match(cell):
        return cell
    text = _ENDLESS_REFERENCE.sub("\ufffd", _INLINE_TAGS.sub("", cell))
    text = compose(html.unescape(text))
    kept = (c if unicodedata.category(c) not in ("Cc", "Zl", "Zp") else " " for c in text)
    text = "".join(c for c in kept if not invisible(c))
    return " ".join(text.split())
