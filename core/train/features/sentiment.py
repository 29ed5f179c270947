"""How good or bad a headline sounds for a company, by a small lexicon of our own.

Words are found as they stand, without a model, so that the score can be followed by hand: a word counts its
weight; more or less of a burden (비용 증가, 적자 축소) counts the other way round; a fear (인상 우려) stands for
the word right before it; and a turn (않, 해소, 실패) right after a word turns it around.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from core.train.features.wordlists import Finder, entries, sections

COLUMNS = "score", "good words", "bad words"
REACH = 20  # characters from a burden to what becomes of it
NEAR = 8  # characters from a word to what turns it around
NEXT = 2  # characters from a word to a fear of it
SIGNS = {
    "positive": 1,
    "negative": -1,
    "burden": -1,
    "fear": -1,
    "plain": 0,
    "more": 1,
    "less": -1,
    "turn": 1,
}


class Word(NamedTuple):
    """An entry of the lexicon: its section, and its weight with the section's sign."""

    kind: str
    weight: float


class Hit(NamedTuple):
    """What a place of a text contributes: where its word ends, and its weight."""

    end: int
    weight: float


def sentiment(text: str) -> tuple[float, int, int]:
    """Return the score of a headline in (-1, 1), and how many words count as good and as bad.

    The score is (p - n) / (p + n + 1), p and n being the summed weights of the good and of the bad words: the
    usual net tone, with 1 below the line so that a single word does not decide alone (ours).
    """
    weights = [hit.weight for hit in hits(text)]
    good = sum(weight for weight in weights if weight > 0)
    bad = -sum(weight for weight in weights if weight < 0)
    counts = sum(weight > 0 for weight in weights), sum(weight < 0 for weight in weights)
    return (good - bad) / (good + bad + 1), *counts


def hits(text: str) -> list[Hit]:
    """Return what the words of a text contribute, in order."""
    finder, words = _lexicon()
    found: list[Hit] = []
    burden: int | None = None  # the place in `found` of a burden that more or less may follow
    for start, end, number in finder.find(text):
        kind, weight = words[number]
        if kind == "turn":
            _turn(found, start, end, weight)
        elif kind in ("more", "less") and burden is not None and start - found[burden].end <= REACH:
            found[burden] = Hit(end, -weight)
            burden = None
        else:
            if kind == "fear" and found and start - found[-1].end <= NEXT:
                found.pop()
            found.append(Hit(end, weight))
            burden = len(found) - 1 if kind in ("burden", "fear") else None
    return found


def _turn(found: list[Hit], start: int, end: int, weight: float) -> None:
    before = found[-1] if found and start - found[-1].end <= NEAR else Hit(0, 0.0)
    if before.weight < 0 or (before.weight > 0 and weight <= 0):
        found[-1] = Hit(end, -before.weight)
    else:
        found.append(Hit(end, weight))


@lru_cache(maxsize=1)
def _lexicon() -> tuple[Finder, list[Word]]:
    names, words = [], []
    for kind, lines in sections("sentiment.txt").items():
        for line in lines:
            weight, listed = line.split(":", 1)
            found = entries(listed)
            names += found
            words += [Word(kind, SIGNS[kind] * float(weight))] * len(found)
    return Finder(names), words
