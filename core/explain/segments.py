"""The words of a headline, where they stand in it, and the headline without some of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.train.features.morphemes import Token, tokens

MOST = 24  # words of a headline; of a longer text neighbours are taken together
_SEPARATORS = ("SF", "SP", "SS", "SSO", "SSC", "SE", "SO", "SB")  # Kiwi's tags of punctuation
_NOUNS = ("NNG", "NNP", "NNB", "NR", "NP", "XR", "XPN", "XSN", "SL", "SH", "SN", "SW", "MM")
_STEMS = ("VV", "VA")


@dataclass(frozen=True)
class Word:
    """A word of a headline: `headline[start:end]`, and its `stem` without particles and endings.

    `before` and `after` are the punctuation that goes with it, `gap` what stands between it and the next word.
    """

    text: str
    start: int
    end: int
    stem: str
    before: str = ""
    after: str = ""
    gap: str = " "

    @property
    def whole(self) -> str:
        """The word with its punctuation."""
        return f"{self.before}{self.text}{self.after}"


def words_of(headline: str) -> tuple[Word, ...]:
    """Return the words: what stands between blanks and punctuation, by Kiwi's reading of the text.

    Punctuation that touches a word goes with it. A number keeps its signs, a compound noun its parts.
    """
    found: list[list[Token]] = []
    for token in tokens(headline):
        if token.tag in _SEPARATORS or not headline[token.start : token.end].strip():
            continue
        if found and token.start <= found[-1][-1].end:
            found[-1].append(token)
        else:
            found.append([token])
    found = _few(found)
    spans = [(group[0].start, max(token.end for token in group)) for group in found]
    before, after, gaps = _punctuation(headline, spans)
    return tuple(
        Word(headline[start:end], start, end, _stem(headline, group), *touching)
        for group, (start, end), *touching in zip(found, spans, before, after, gaps, strict=True)
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


def _few(found: list[list[Token]]) -> list[list[Token]]:
    """Take neighbours together until there are no more than `MOST`."""
    if len(found) <= MOST:
        return found
    cuts = np.linspace(0, len(found), MOST + 1).round().astype(int)
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
        before.append(rest.strip())
    after.append(headline[spans[-1][1] :].rstrip())
    gaps.append("")
    return before, after, gaps


def _stem(headline: str, group: list[Token]) -> str:
    """Return a noun without the particles and endings after it, or a verb in its dictionary form."""
    nouns = [token for token in group if token.tag in _NOUNS]
    if nouns:
        return headline[group[0].start : nouns[-1].end]
    first = group[0]
    return f"{first.form}다" if first.tag.startswith(_STEMS) else headline[first.start : group[-1].end]
