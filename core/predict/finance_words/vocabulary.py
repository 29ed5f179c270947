"""The words of Korean market news that have an opposite, and where they are not those words."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
    ("체결", "해지"),
    ("강세", "약세"),
    ("확대", "축소"),
    ("개선", "악화"),
    ("호재", "악재"),
    ("호황", "불황"),
    ("호평", "혹평"),
    ("훈풍", "역풍"),
    ("증익", "감익"),
    ("낙관", "비관"),
    ("신고가", "신저가"),
    ("상한가", "하한가"),
    ("최고가", "최저가"),
    ("최고치", "최저치"),
    ("최대 실적", "최악 실적"),
    ("최대 매출", "최저 매출"),
    ("최대 이익", "최저 이익"),
    ("최대 영업이익", "최저 영업이익"),
    ("상회", "하회"),
    ("순매수", "순매도"),
    ("매수", "매도"),
    ("사자", "팔자"),
    ("저평가", "고평가"),
    ("성공", "실패"),
    ("승소", "패소"),
    ("승인", "거절"),
    ("인상", "인하"),
    ("서프라이즈", "쇼크"),
    ("청신호", "적신호"),
    ("회복", "붕괴"),
    ("경쟁력 강화", "경쟁력 약화"),
    ("↑", "↓"),
)
# words whose opposite has a nearer opposite of its own: 어닝 쇼크 becomes 어닝 서프라이즈, 계약 해지 becomes 계약 체결
_GOOD_ALONE = (
    ("수주", "계약 해지"),
    ("호실적", "어닝 쇼크"),
    ("깜짝 실적", "실적 쇼크"),
    ("깜짝실적", "실적 쇼크"),
    ("역대급 실적", "최악 실적"),
    ("최고 실적", "최악 실적"),
    ("선방", "부진"),
    ("순항", "난항"),
    ("호전", "악화"),
    ("흑전", "적자전환"),
    ("돌파", "붕괴"),
)
_BAD_ALONE = (
    ("강등", "상향"),
    ("역성장", "성장"),
    ("신저가 추락", "신고가 경신"),
    ("최저가 추락", "최고가 경신"),
)

_GOOD = dict(_PAIRS + _GOOD_ALONE)
_BAD = {bad: good for good, bad in _PAIRS} | dict(_BAD_ALONE)
OTHER = _GOOD | _BAD

# what such a word is joined to, as in 목표가상향; after other letters it is a part of another word, as in 공매도,
# 강해지는, 정상회담, 지지부진, or a name, as in 이부진
_JOINED_TO = (
    "실적|영업이익|영업익|순이익|이익|매출|판매|수요|공급|생산|출하|주가|목표가|목표주가|투자의견|가격|단가|유가|환율|금리|"
    "임금|연봉|경기|업황|수출|수입|투자|배당|비중|계약|공급계약|공사|어닝|개인|외국인|외인|기관|줄|첫|겹|역대|사상|슈퍼|"
    "조기|대폭|소폭|동반"
)
# what begins like such a word and means something else
_OTHERWISE = (
    "급등락|폭등락|수주간|수주째|수주 ?(?:따|사활|경쟁)|반등은? ?언제|수주 만|수주 ?잔고|수주 ?잔량|수주전|적자생존|인하대|인하공|인하우스|인상적|인상 깊|인상파|"
    "쇼크업|매수자|매도자|매수인|매도인|매도프|성공회|성공적|성공담|성공기|성공 ?(?:신화|스토리|비결|사례)|호평동|호전적|선방위|순항미사일|"
    "순항 미사일|강세황|해지펀드|해지환급|상향식|하향식|확대경|확대 ?(?:회의|간부)|축소판|축소모형|"
    "(?:강화|개선) ?(?:사업|안|책|점|방안|활동|명령|대책|과제)(?![가-힣])|승인 ?(?:번호|없이)|체결식|"
    "최저가 ?(?:보장|판매|검색|낙찰|입찰)|최고가 ?(?:낙찰|입찰)"
)
_BARGAIN = r"(?<!저가 )(?<!저점 )"  # before 매수, no view of the market
_IMPRESSION = (
    r"(?<!강한 )(?<!깊은 )(?<!좋은 )(?<!나쁜 )(?<!강렬한 )(?<!첫)"  # before 인상, no rise of a price
)
# these words are of the market only there: in quotes or beside who trades; after a level, as in 2700선 붕괴; arrows
_TRADED, _LEVELS, _ARROWS = ("사자", "팔자"), ("돌파", "회복", "붕괴"), ("↑", "↓")
_ANYWHERE = sorted(set(OTHER) - {*_TRADED, *_LEVELS, *_ARROWS}, key=len, reverse=True)
_WORD = re.compile(
    rf"(?:(?<![가-힣A-Za-z0-9])|(?<![가-힣])(?:{_JOINED_TO}))(?!{_OTHERWISE})"
    rf"(?P<word>(?!인상|매수)(?:{'|'.join(_ANYWHERE)})|{_IMPRESSION}인상|{_BARGAIN}매수)"
    rf"|(?<=['‘\"“])(?P<quoted>{'|'.join(_TRADED)})(?=['’\"”])"
    rf"|(?:외국인|외인|기관|개인|연기금)\s?(?P<traded>{'|'.join(_TRADED)})(?=에|세|로|전환|\s|$)"
    rf"|(?<=[0-9만천]선)\s?(?P<level>{'|'.join(_LEVELS)})"
    rf"|(?P<arrow>[{''.join(_ARROWS)}])"
)
_UNDONE = re.compile(
    r"(?:전환|세|폭|장|국면)?(?:에서|을|를|이|가|은|는|도)?\s?(?:우려|공포)?(?:가|는|를)?\s?"
    r"(?:탈출|탈피|해소|모면|면해|면했|벗어|멈|진정|완화|둔화|주춤|제동|꺾|불발|무산|취소|철회|탈락|백지화|제한|방어|피했|극복|뚫|딛고|선반영|"
    r"없|아니|아닌|(?:하|되)지\s?(?:않|못))"
)
_VERB = re.compile("[하한했해할함]")


@dataclass(frozen=True)
class Found:
    """A word of the market in a headline, from `start` to `end`, and its opposite.

    `good` is 1 where it is good news there, -1 where it is bad.
    """

    start: int
    end: int
    word: str
    other: str
    good: int


def found_words(headline: str) -> list[Found]:
    """Return the words of a headline that have an opposite, in its order: the longest counts (순매수 before 매수).

    A word counts only where it is a word of its own or joined to a noun of the market. What is undone is turned round
    in its sense: 적자 탈출, 악재 없다.
    """
    found = []
    for match in _WORD.finditer(headline):
        kind = match.lastgroup or "word"
        start, end = match.span(kind)
        good = 1 if match[kind] in _GOOD else -1
        other = OTHER[match[kind]]
        if match[kind] == "부진" and _VERB.match(headline, end):
            other = "양호"  # 호조 makes no verb
        found.append(Found(start, end, match[kind], other, -good if undone(headline, end) else good))
    return found


def good_and_bad(word: str, other: str) -> tuple[str, str]:
    """Return a word and its opposite with the good news first."""
    return (word, other) if word in _GOOD else (other, word)


def undone(headline: str, end: int) -> bool:
    """Say whether what stands before this place of a headline is said to end, or not to be."""
    return bool(_UNDONE.match(headline, end))


UNDONE = _UNDONE.pattern
