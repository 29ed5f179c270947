"""Numbers that are read from a headline's text, each row by itself: its form, its themes and its tone."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd

from core.train.features.sentiment import COLUMNS, sentiment
from core.train.features.text_cache import TextCache
from core.train.features.wordlists import Finder, entries, sections

Numbers = tuple[float, ...]

_SCRIPTS = {"Hangul": "가-힣ㄱ-ㅎㅏ-ㅣ", "Latin": "A-Za-z", "Hanja": "\u3400-\u9fff\uf900-\ufaff"}
_COUNTED = {"digits": r"\d", "punctuation": r"[^\w\s]"} | {name: f"[{s}]" for name, s in _SCRIPTS.items()}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _COUNTED.items()}


def length(text: pd.Series) -> pd.DataFrame:
    """Return the characters, words, digits, punctuation and scripts of headlines `(n,)`; see `lengths`."""
    return _table(("characters", "words", "digits", "punctuation", *_SCRIPTS), _lengths, text)


def keywords(text: pd.Series) -> pd.DataFrame:
    """Return a 0/1 column for each theme of finance words, for headlines `(n,)`."""
    return _table(tuple(_themes()), _flags, text)


def tone(text: pd.Series) -> pd.DataFrame:
    """Return the sentiment of headlines `(n,)`, and how many of their words are good and bad."""
    return _table(COLUMNS, _sentiment, text)


def lengths(text: str) -> Numbers:
    """Return the characters, words, digits and punctuation marks of a text, and the share of each script.

    The shares are of the characters that are no blanks.
    """
    inked = len("".join(text.split()))
    counts = {name: len(pattern.findall(text)) for name, pattern in _PATTERNS.items()}
    shares = (counts[name] / max(inked, 1) for name in _SCRIPTS)
    return len(text), len(text.split()), counts["digits"], counts["punctuation"], *shares


@lru_cache(maxsize=1)
def _themes() -> dict[str, Finder]:
    return {
        theme: Finder([word for line in lines for word in entries(line)])
        for theme, lines in sections("keywords.txt").items()
    }


def _cached(read: Callable[[str], Numbers]) -> TextCache[Numbers]:
    return TextCache(lambda texts, _report: [read(text) for text in texts])


_lengths = _cached(lengths)
_sentiment = _cached(sentiment)
_flags = _cached(lambda text: tuple(float(finder.holds(text)) for finder in _themes().values()))


def _table(names: tuple[str, ...], read: TextCache[Numbers], text: pd.Series) -> pd.DataFrame:
    values = np.array(read(text.tolist()), float).reshape(-1, len(names))
    return pd.DataFrame(values, columns=list(names))
