"""Small changes of a headline: one word of the market turned round, a sign, or a number twice or half as large."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.predict.finance_words.opposites import is_told, opposite, replaced, turned_round, words_to_turn
from core.predict.finance_words.vocabulary import undone

MOST = 24  # changes of one headline
_SIZES = 2  # numbers of one headline that are made larger and smaller

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,15}(?:\.\d{1,6})?"
_UNIT = r"%p|%|％|퍼센트|[조억만]\s?(?:원|달러|위안|엔|유로)|조|억|원|달러|p(?![A-Za-z])|포인트|bp"
# a sign before a number with a unit; a hyphen after a letter or digit is a range, a code or a source (1-3%, -삼성)
_SIGNED = re.compile(rf"(?<![\w.~%∼～])(?P<sign>[+＋\-−–▲▼△▽])\s?(?:{_NUMBER})\s?(?:{_UNIT})")
_RISES, _FALLS = "+＋▲△", "-−–▼▽"
_OTHER_SIGN = dict(zip("+＋-−–▲▼△▽", "--+++▼▲▽△", strict=True))
_SIZED = re.compile(
    rf"(?<![\d.,~∼～])(?<![\w%]-)(?<![조억])(?<![조억]\s)(?P<number>{_NUMBER})(?P<gap>\s?)"
    r"(?P<unit>[조억]|만(?=\s?(?:원|달러))|%|배(?![가-힣]))(?![~∼～p천백])(?!\s?\d)"
)
_SMALLER = {"조": ("억", 10_000), "억": ("만", 10_000)}
# what is good, or bad, to have more of where it stands before a number
_GOOD_BEFORE = "영업이익|영업익|순이익|당기순익|순익|매출|수출|목표가|목표주가|순매수|수주|흑자|배당|배당금|시총|시가총액"
_BAD_BEFORE = "적자|손실|순매도|과징금|벌금|영업손실|순손실"
_BEFORE = re.compile(rf"(?:(?P<good>{_GOOD_BEFORE})|(?P<bad>{_BAD_BEFORE}))(?:액|은|는|이|가|도)?\s?$")
# … and after it: 3%대 상승, 7조원 순매도
_BETWEEN = re.compile(r"(?:원|달러)?(?:\s?(?:대|가까이|가량|이상|넘게|규모))?(?:로|의)?\s?")


@dataclass(frozen=True)
class Flip:
    """A headline with one change: `before` became `after`.

    `turn` is 1 where the changed headline is better news, -1 where it is worse, and 0 where that is not known. Where
    all words were turned round, `before` and `after` name them all.
    """

    text: str
    before: str
    after: str
    turn: int


def flips(headline: str) -> tuple[Flip, ...]:
    """Return the changes of a headline that one click makes, at most `MOST`; none where there is nothing to change.

    First each word of the market by itself, then all of them where there are several (as `opposite` does), then signs
    before amounts (+3% to -3%), and the first amounts and percents, twice and half as large.
    """
    found = [*_of_words(headline), *_of_signs(headline), *_of_sizes(headline)]
    changed = {one.text: one for one in reversed(found) if one.text != headline}
    return tuple(one for one in found if changed.get(one.text) is one)[:MOST]


def _of_words(headline: str) -> list[Flip]:
    words = words_to_turn(headline)
    told = is_told(headline)
    made = [Flip(turned_round(headline, [one]), one.word, one.other, -one.good * told) for one in words]
    every = opposite(headline) if len(words) > 1 else None
    if every:
        before, after = (", ".join(pair[side] for pair in every.words) for side in (0, 1))
        made.append(Flip(every.text, before, after, every.turn))
    return made


def _of_signs(headline: str) -> list[Flip]:
    made = []
    for match in _SIGNED.finditer(headline):
        sign, rest = match["sign"], match[0][1:]
        other = _OTHER_SIGN[sign]
        turn = (-1 if sign in _RISES else 1) if is_told(headline) else 0
        text = headline[: match.start()] + other + headline[match.start() + 1 :]
        made.append(Flip(text, sign + rest, other + rest, turn))
    return made


def _of_sizes(headline: str) -> list[Flip]:
    made = []
    sized = [(match, _sense(headline, match)) for match in _SIZED.finditer(headline)]
    # 만원 of which nothing is said is a price: of a share or of a telephone
    for match, good in [pair for pair in sized if pair[1] or pair[0]["unit"] != "만"][:_SIZES]:
        for factor, turn in ((2.0, good), (0.5, -good)):
            after = _sized(match, factor)
            if after:
                text = _in_place(headline, match, after)
                made.append(Flip(text, match[0], after, turn))
    return made


def _in_place(headline: str, match: re.Match[str], after: str) -> str:
    """Put another number in; only after another unit may the particle be another one (1조로, 5000억으로)."""
    if after[-1] == match["unit"]:
        return headline[: match.start()] + after + headline[match.end() :]
    return replaced(headline, [(match.start(), match.end(), after)])


def _sense(headline: str, match: re.Match[str]) -> int:
    """Return 1 where more of this number is good news, -1 where it is bad, and 0 where that is not known.

    The word of the market after it says so (3% 하락), a sign before it, or else what it is a number of (영업이익 3조).
    """
    if not is_told(headline):
        return 0
    if _SIGNED.match(headline, match.start() - 1):
        return 1 if headline[match.start() - 1] in _RISES else -1
    for one in words_to_turn(headline):
        if one.start >= match.end() and _BETWEEN.fullmatch(headline, match.end(), one.start):
            return one.good
    before = _BEFORE.search(headline[: match.start()])
    if before is None or undone(headline, before.end()):
        return 0
    return 1 if before["good"] else -1


def _sized(match: re.Match[str], factor: float) -> str | None:
    """Return the number times a factor, as a headline writes it (half of 1조 is 5000억); None where it becomes 0."""
    written = match["number"].replace(",", "")
    number, unit = float(written) * factor, match["unit"]
    if number < 1 and unit in _SMALLER:
        unit, times = _SMALLER[unit]
        number *= times
    text = f"{round(number, len(written.partition('.')[2]) + 1):.15g}"
    if not float(text) or "e" in text or (unit == "배" and number <= 1):
        return None
    if "," in match["number"] and number >= 1000:
        text = f"{float(text):,.15g}"
    return f"{text}{match['gap']}{unit}"
