"""The words of a headline, where they stand in it, and the headline without some of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.train.features.morphemes import LONGEST, Token, tokens

MOST_WORDS = 24  # words of a headline; of a longer text neighbours are taken together
_BARS = "|~="  # that Kiwi takes for symbols, as it does % and ↑
_SEPARATORS = ("SF", "SP", "SS", "SSO", "SSC", "SE", "SO", "SB")  # Kiwi's tags of punctuation


@dataclass(frozen=True)
class Word:
    """A word of a headline: `headline[start:end]`.

    `before` and `after` are the punctuation that goes with it, `gap` the blank between it and the next word.
    """

    text: str
    start: int
    end: int
    before: str = ""
    after: str = ""
    gap: str = " "

    @property
    def whole(self) -> str:
        """The word with its punctuation."""
        return f"{self.before}{self.text}{self.after}"


def words_of(headline: str) -> tuple[Word, ...]:
    """Return the words: what stands between blanks and punctuation, by Kiwi's reading of the text.

    Punctuation that touches a word goes with it. A number keeps its signs, a compound noun its parts. Of a text of
    more than 1,000 characters the rest is left out.
    """
    headline = headline[:LONGEST]
    found: list[list[Token]] = []
    for token in tokens(headline):
        text = headline[token.start : token.end].strip()
        if token.tag in _SEPARATORS or not text.strip(_BARS):
            continue
        if found and token.start <= found[-1][-1].end:
            found[-1].append(token)
        else:
            found.append([token])
    found = _few(found)
    spans = [(_from_sign(headline, group[0].start), max(token.end for token in group)) for group in found]
    before, after, gaps = _punctuation(headline, spans)
    return tuple(
        Word(headline[start:end], start, end, *touching)
        for (start, end), *touching in zip(spans, before, after, gaps, strict=True)
    )


def masked(words: tuple[Word, ...], mask: np.ndarray) -> str:
    """Return the headline with the words of the mask `(words,)` alone, their punctuation included."""
    kept = np.flatnonzero(mask)
    parts = []
    for place, number in enumerate(kept):
        word = words[number]
        follows = place + 1 < len(kept) and kept[place + 1] == number + 1
        parts.append(word.whole + (word.gap if follows else " "))
    return "".join(parts).strip()


def _from_sign(headline: str, start: int) -> int:
    """Return where a number begins, its plus or minus included."""
    signed = start and headline[start].isdigit() and headline[start - 1] in "+-−"
    return start - 1 if signed and (start == 1 or headline[start - 2].isspace()) else start


def _few(found: list[list[Token]]) -> list[list[Token]]:
    """Take neighbours together until there are no more than `MOST_WORDS`."""
    if len(found) <= MOST_WORDS:
        return found
    cuts = np.linspace(0, len(found), MOST_WORDS + 1).round().astype(int)
    return [[token for group in found[a:b] for token in group] for a, b in pairwise(cuts)]


def _punctuation(headline: str, spans: list[tuple[int, int]]) -> tuple[list[str], list[str], list[str]]:
    """Return what goes before and after each word, and what stands between it and the next."""
    if not spans:
        return [], [], []
    before, after, gaps = [headline[: spans[0][0]].lstrip()], [], []
    for (_, end), (start, _) in pairwise(spans):
        between = headline[end:start]
        left = between.split(None, 1)[0] if between and not between[0].isspace() and between.split() else ""
        rest = between[len(left) :]
        gap = " " if rest[:1].isspace() else ""
        after.append(left)
        gaps.append(gap)
        before.append(rest[len(gap) :])
    after.append(headline[spans[-1][1] :].rstrip())
    gaps.append("")
    return before, after, gaps
