"""The same headline with its words of good or bad news turned round."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.locale.korean import FIRST_FORM, particle
from core.predict.finance_words.vocabulary import UNDONE, Found, found_words, undone

# what is said of the noun before it: that there is more or less of it (적자 축소 is good), whether it came about
# (적자 축소 실패 is bad), or how well it does (적자 악화 is bad)
_TRENDS = ("확대", "축소", "증가", "감소", "급증", "급감")
_OUTCOMES = ("성공", "실패")
_STATES = ("개선", "악화", "호조", "부진")
_EITHER_WAY = re.compile(
    r"금리|유가|환율|비용|원가|물가|손실|부채|재고|실업|연체|임금|연봉|인상|인하|낙폭"
)  # more may be bad
_TO_TREND = re.compile(r"\s?(?:폭|규모|세|전환|·)?\s?")  # from a noun to what is said of it
_TO_OUTCOME = re.compile(rf"(?:{UNDONE})?\s?(?:폭|규모|세|전환|·)?에?\s?")
# what is hoped for becomes feared: 실적 개선 기대, 실적 악화 우려
_HOPED = re.compile(r"세?\s?(?P<mood>기대(?!치|주|작| 이상| 이하| 못|에 못|에 미)|우려)")
_MOODS = {1: ("기대", "우려"), -1: ("우려", "기대")}  # of good news, of bad news
# 개선이라고, 악화라고: a vowel takes 이 away
_COPULA = re.compile(r"이?(?P<rest>라(?:고|는|며|도)?|란|다|며)(?![가-힣])|이었|였")
_PARTICLE = re.compile(rf"(?:{'|'.join(FIRST_FORM)})(?![가-힣])")


@dataclass(frozen=True)
class Opposite:
    """A headline turned round: its text, and which words were replaced by which.

    `turn` is 1 where only bad news became good, -1 where only good news became bad, and 0 where both did or it
    cannot be told.
    """

    text: str
    words: tuple[tuple[str, str], ...]
    turn: int


def opposite(headline: str) -> Opposite | None:
    """Turn round every word of a headline that has an opposite in Korean market news; None where it has none.

    The longest word counts (순매수 before 매수), and only where it is a word of its own or joined to a noun of the
    market. A noun of which something is said stays: 적자 축소 becomes 적자 확대, which is bad, and not 흑자 확대.
    """
    found = words_to_turn(headline)
    if not found:
        return None
    kinds = {one.good for one in found}
    sure = len(kinds) == 1 and is_told(headline)
    words = tuple(dict.fromkeys((one.word, one.other) for one in found))
    text = turned_round(headline, found)
    return Opposite(text, words, -kinds.pop() if sure else 0)


def words_to_turn(headline: str) -> tuple[Found, ...]:
    """Return the words that `opposite` turns round, each with its sense in this headline; none where it says both."""
    turned: list[Found] = []
    for one in found_words(headline):
        between = _TO_OUTCOME if one.word in _OUTCOMES else _TO_TREND
        if turned and between.fullmatch(headline, turned[-1].end, one.start):
            noun = turned[-1]
            if noun.other == one.word:
                return ()  # 급등 급락
            if one.word in _TRENDS + _OUTCOMES:
                turned.pop()
                one = replace(one, good=one.good * noun.good)
            elif one.word in _STATES:
                turned.pop()
        turned.append(one)
    return tuple(turned)


def is_told(headline: str) -> bool:
    """Say whether more of something is good news in this headline: of interest rates or costs it may be bad."""
    return not _EITHER_WAY.search(headline)


def turned_round(headline: str, found: Iterable[Found]) -> str:
    """Return a headline with the opposites of these words, with fear of bad news in the place of hope for good."""
    changes = []
    for one in found:
        changes.append((one.start, one.end, one.other))
        mood, other = _MOODS[one.good]
        hoped = _HOPED.match(headline, one.end)
        if hoped and hoped["mood"] == mood and not undone(headline, one.end):
            changes.append((*hoped.span("mood"), other))
    return replaced(headline, changes)


def replaced(headline: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """Put other words in from a place to a place, in their order, each with the particle that fits it."""
    text, end = "", 0
    for start, stop, other in changes:
        text, end = text + headline[end:start] + other, stop
        if follows := _PARTICLE.match(headline, end):
            text, end = text + particle(other, FIRST_FORM[follows[0]]), follows.end()
        elif follows := _COPULA.match(headline, end):
            text, end = text + _joined(other, follows["rest"]), follows.end()
    return text + headline[end:]


def _joined(word: str, rest: str | None) -> str:
    """Return the form of 이다 that follows a word; without a rest it is the past."""
    closed = particle(word, "이") == "이"
    if rest is None:
        return "이었" if closed else "였"
    return f"이{rest}" if closed else rest
