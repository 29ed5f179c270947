"""The same headline with its words of good or bad news turned round."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from core.locale.korean import FIRST_FORM, particle

# good news, bad news
_PAIRS = (
    ("흑자", "적자"),
    ("상향", "하향"),
    ("급등", "급락"),
    ("폭등", "폭락"),
    ("호조", "부진"),
    ("증가", "감소"),
    ("급증", "급감"),
    ("상승", "하락"),
    ("반등", "반락"),
    ("오름세", "내림세"),
    ("수주", "계약 해지"),
    ("체결", "해지"),
    ("강세", "약세"),
    ("확대", "축소"),
    ("개선", "악화"),
    ("호재", "악재"),
    ("호황", "불황"),
    ("호평", "혹평"),
    ("훈풍", "역풍"),
    ("낙관", "비관"),
    ("신고가", "신저가"),
    ("상한가", "하한가"),
    ("최고가", "최저가"),
    ("최고치", "최저치"),
    ("상회", "하회"),
    ("순매수", "순매도"),
    ("매수", "매도"),
    ("저평가", "고평가"),
    ("성공", "실패"),
    ("승소", "패소"),
    ("승인", "거절"),
    ("인상", "인하"),
    ("서프라이즈", "쇼크"),
    ("청신호", "적신호"),
    ("↑", "↓"),
)
_GOOD = dict(_PAIRS)
_BAD = {bad: good for good, bad in _PAIRS if bad != "계약 해지"}  # its opposite is that of 해지: 계약 체결
_OTHER = _GOOD | _BAD
# what such a word is joined to, as in 목표가상향; after other letters it is a part of another word, as in 공매도,
# 강해지는, 정상회담, 지지부진, or a name, as in 이부진
_JOINED_TO = (
    "실적|영업이익|순이익|이익|매출|판매|수요|공급|생산|출하|주가|목표가|목표주가|가격|단가|유가|환율|금리|임금|연봉|경기|"
    "업황|수출|수입|투자|배당|비중|저가|계약|공급계약|공사|어닝|개인|외국인|기관|줄|첫|겹|역대|사상|슈퍼|조기|대폭|소폭|동반"
)
# what begins like such a word and means something else
_OTHERWISE = (
    "급등락|폭등락|수주간|수주째|수주 만|수주 ?잔고|수주 ?잔량|수주전|적자생존|인하대|인하공|인상적|인상 깊|인상파|"
    "쇼크업|매수자|매도자|매수인|매도인|매도프|성공회"
)
_WORD = re.compile(
    rf"(?:(?<![가-힣A-Za-z0-9])|(?<![가-힣])(?:{_JOINED_TO}))(?!{_OTHERWISE})"
    rf"(?P<word>{'|'.join(sorted(set(_OTHER) - {'↑', '↓'}, key=len, reverse=True))})|(?P<arrow>[↑↓])"
)
# what is said of the noun before it: that there is more or less of it (적자 축소 is good), whether it came about
# (적자 축소 실패 is bad), or how well it does (적자 악화 is bad)
_TRENDS = ("확대", "축소", "증가", "감소", "급증", "급감")
_OUTCOMES = ("성공", "실패")
_STATES = ("개선", "악화", "호조", "부진")
_EITHER_WAY = re.compile(
    r"금리|유가|환율|비용|원가|물가|손실|부채|재고|실업|연체|임금|연봉|인상|인하|낙폭"
)  # more may be bad
_UNDONE = re.compile(
    r"(?:전환|세|폭|장|국면)?(?:에서|을|를)?\s?(?:우려|공포)?\s?"
    r"(?:탈출|탈피|해소|모면|면해|면했|벗어|멈|진정|완화|둔화|주춤|제동|꺾|불발|무산|취소|철회|탈락|백지화)"
)
_TO_TREND = re.compile(r"\s?(?:폭|규모|세|전환|·)?\s?")  # from a noun to what is said of it
_TO_OUTCOME = re.compile(rf"(?:{_UNDONE.pattern})?\s?(?:폭|규모|세|전환|·)?에?\s?")
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


@dataclass(frozen=True)
class _Found:
    start: int
    end: int
    word: str
    good: int  # 1 good news, -1 bad news


def opposite(headline: str) -> Opposite | None:
    """Turn round every word of a headline that has an opposite in Korean market news; None where it has none.

    The longest word counts (순매수 before 매수), and only where it is a word of its own or joined to a noun of the
    market. A noun of which something is said stays: 적자 축소 becomes 적자 확대, which is bad, and not 흑자 확대.
    """
    turned: list[_Found] = []
    for one in (_found(headline, match) for match in _WORD.finditer(headline)):
        between = _TO_OUTCOME if one.word in _OUTCOMES else _TO_TREND
        if turned and between.fullmatch(headline, turned[-1].end, one.start):
            noun = turned[-1]
            if _OTHER[noun.word] == one.word:
                return None  # 급등 급락: it says both
            if one.word in _TRENDS + _OUTCOMES:
                turned.pop()
                one = replace(one, good=one.good * noun.good)
            elif one.word in _STATES:
                turned.pop()
        turned.append(one)
    if not turned:
        return None
    kinds = {one.good for one in turned}
    sure = len(kinds) == 1 and not _EITHER_WAY.search(headline)
    words = tuple(dict.fromkeys((one.word, _OTHER[one.word]) for one in turned))
    return Opposite(_replaced(headline, turned), words, -kinds.pop() if sure else 0)


def _replaced(headline: str, turned: list[_Found]) -> str:
    """Put the opposites in, each with the particle that fits it."""
    text, end = "", 0
    for one in turned:
        other = _OTHER[one.word]
        text, end = text + headline[end : one.start] + other, one.end
        if follows := _PARTICLE.match(headline, end):
            text, end = text + particle(other, FIRST_FORM[follows[0]]), follows.end()
    return text + headline[end:]


def _found(headline: str, match: re.Match[str]) -> _Found:
    kind = match.lastgroup or "word"
    word, start, end = match[kind], match.start(kind), match.end(kind)
    good = 1 if word in _GOOD else -1
    return _Found(start, end, word, -good if _UNDONE.match(headline, end) else good)
