"""What can be read off a headline and its time beside the vector; nothing here knows the future.

Each extra is a few columns: `length` (characters, words, digits, punctuation, scripts), `clock` (hour and
weekday), `keywords` (a flag per theme of finance words), `sentiment` (a lexicon's score) and `morphemes`
(TF-IDF, whose terms are learned from the training rows).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from core.jobs import Report, silent
from core.locale import N_
from core.train.features.memo import Memo
from core.train.features.morphemes import Terms, morphemes
from core.train.features.numeric import Numbers
from core.train.features.sentiment import COLUMNS as SENTIMENT
from core.train.features.sentiment import sentiment
from core.train.features.wordlists import Finder, entries, sections

CLOCK, MORPHEMES = "clock", "morphemes"
TITLES = {
    "length": N_("Length, digits and punctuation"),
    CLOCK: N_("Hour and weekday"),
    "keywords": N_("Finance keywords"),
    MORPHEMES: N_("Morphemes (TF-IDF)"),
    "sentiment": N_("Finance sentiment (word list)"),
}
CLOSE = 15.5  # hours: the usual close of the KRX

_SCRIPTS = {"Hangul": "가-힣ㄱ-ㅎㅏ-ㅣ", "Latin": "A-Za-z", "Hanja": "\u3400-\u9fff\uf900-\ufaff"}
_COUNTED = {"digits": r"\d", "punctuation": r"[^\w\s]"} | {name: f"[{s}]" for name, s in _SCRIPTS.items()}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _COUNTED.items()}


@dataclass(frozen=True, eq=False)
class TextFeatures:
    """What training rows teach of the extras: the numbers read off the headline, and its morphemes' terms.

    Columns, in order: the numbers and their missing-indicators (see `Numbers`; a number that never varied in
    training is left out), then one per term. They are called `<extra>: <name>`.
    """

    numbers: Numbers
    terms: Terms | None

    @classmethod
    def fit(cls, text: pd.Series | None, time: pd.Series | None, extras: Sequence[str]) -> TextFeatures:
        """Learn from training rows: headlines `(n,)` and their times `(n,)`, as far as the extras need them."""
        asked = tuple(dict.fromkeys(extras))
        terms = Terms.fit(_texts(text)) if MORPHEMES in asked else None
        return cls(Numbers.fit(_table(text, time, asked)), terms)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        terms = self.terms.terms if self.terms else ()
        return (*self.numbers.columns, *(f"{MORPHEMES}: {term}" for term in terms))

    @property
    def extras(self) -> tuple[str, ...]:
        """The extras that have a column, in order."""
        return tuple(dict.fromkeys(_extra(name) for name in self.columns))

    @property
    def extra_of(self) -> np.ndarray:
        """The number of each column's extra in `extras`, `(columns,)`."""
        return np.array([self.extras.index(_extra(name)) for name in self.columns], int)

    def matrix(self, text: pd.Series | None, time: pd.Series | None, rows: int) -> np.ndarray:
        """Return the extras of rows, `(rows, columns)`; where no time is given, it counts as missing.

        Raises `ValueError` where an extra needs the headlines and they are not given.
        """
        asked = tuple(dict.fromkeys(_extra(name) for name in self.numbers.names))
        clock = pd.Series(np.full(rows, np.datetime64("NaT", "s"))) if time is None else time
        blocks = [self.numbers.matrix(_table(text, clock, asked))] if asked else []
        if self.terms:
            blocks.append(self.terms.matrix(_texts(text)))
        return np.hstack([np.zeros((rows, 0)), *blocks])

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays."""
        return self.numbers.to_arrays() | (self.terms.to_arrays() if self.terms else {})

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> TextFeatures:
        """Make what `to_arrays` took apart."""
        terms = Terms.from_arrays(arrays) if "terms" in arrays else None
        return cls(Numbers.from_arrays(arrays), terms)


def read_ahead(text: pd.Series | None, extras: Sequence[str], report: Report = silent) -> None:
    """Read off headlines what takes long, with progress: each text is then ready for the whole process."""
    if MORPHEMES in extras:
        morphemes(_texts(text), report)


def needs_text(extras: Sequence[str]) -> bool:
    """Say whether one of the extras is read off the headline's text."""
    return bool(set(extras) - {CLOCK})


def _table(text: pd.Series | None, time: pd.Series | None, extras: Sequence[str]) -> pd.DataFrame:
    """Return the numbers that are read off rows, named `<extra>: <name>`."""
    parts = []
    for extra in extras:
        if extra == CLOCK:
            if time is None:
                raise ValueError("the clock needs the headlines' times")
            parts.append(_clock(time).add_prefix(f"{extra}: "))
        elif extra != MORPHEMES:
            names, memo = READERS[extra]()
            values = np.array(memo(_texts(text)), float).reshape(-1, len(names))
            parts.append(pd.DataFrame(values, columns=list(names)).add_prefix(f"{extra}: "))
    return pd.concat(parts, axis=1) if parts else pd.DataFrame()


def _texts(text: pd.Series | None) -> list[str]:
    if text is None:
        raise ValueError("the extras are read off the headline, but no headlines were given")
    return text.fillna("").tolist()


def _clock(time: pd.Series) -> pd.DataFrame:
    """Return `hour` (0 to 24), `weekday` (Monday is 0) and `closed` (after 15:30 or on a weekend).

    A date without a time of day reads as midnight, so there the hour and `closed` are missing.
    """
    moment = pd.Series(pd.to_datetime(time).to_numpy())
    hour = ((moment - moment.dt.normalize()) / pd.Timedelta(hours=1)).astype(float)
    hour = hour.where(hour > 0)
    weekday = moment.dt.day_of_week.astype(float)
    closed = ((hour > CLOSE) | (weekday >= 5)).astype(float).where(hour.notna())
    return pd.DataFrame({"hour": hour, "weekday": weekday, "closed": closed})


def lengths(text: str) -> tuple[float, ...]:
    """Return the characters, words, digits and punctuation marks of a text, and the share of each script.

    The shares are of the characters that are no blanks.
    """
    inked = len("".join(text.split()))
    counts = {name: len(pattern.findall(text)) for name, pattern in _PATTERNS.items()}
    shares = (counts[name] / max(inked, 1) for name in _SCRIPTS)
    return len(text), len(text.split()), counts["digits"], counts["punctuation"], *shares


def _each(read: Callable[[str], tuple[float, ...]]) -> Memo[tuple[float, ...]]:
    return Memo(lambda texts, _report: [read(text) for text in texts])


@lru_cache(maxsize=1)
def _length() -> tuple[tuple[str, ...], Memo[tuple[float, ...]]]:
    return ("characters", "words", "digits", "punctuation", *_SCRIPTS), _each(lengths)


@lru_cache(maxsize=1)
def _sentiment() -> tuple[tuple[str, ...], Memo[tuple[float, ...]]]:
    return SENTIMENT, _each(sentiment)


@lru_cache(maxsize=1)
def _keywords() -> tuple[tuple[str, ...], Memo[tuple[float, ...]]]:
    finders = {
        theme: Finder([word for line in lines for word in entries(line)])
        for theme, lines in sections("keywords.txt").items()
    }
    return tuple(finders), _each(lambda text: tuple(float(f.holds(text)) for f in finders.values()))


READERS = {"length": _length, "keywords": _keywords, "sentiment": _sentiment}


def _extra(column: str) -> str:
    return column.split(": ", 1)[0]
