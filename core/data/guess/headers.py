"""What Korean and English headers say about their columns. Each pattern is searched for in the header."""

from __future__ import annotations

import re

HEADLINE = re.compile(r"제목|헤드라인|headline|title|기사명|뉴스|news|문장|sentence|text", re.I)
PRESS = re.compile(r"언론|매체|신문사|출처|press|outlet|publisher|source|media", re.I)
DATE = re.compile(r"일자|날짜|일시|시각|시간|작성|입력|게시|등록|date|time|published|^dt$", re.I)
GROUP = re.compile(r"종목|회사|기업|티커|^(?:단축)?코드$|company|ticker|symbol|^code$|stock", re.I)
CODE = re.compile(r"코드|code|ticker|symbol|번호|^id$|_id$|^no\.?$|url|link|링크", re.I)
AHEAD = re.compile(r"익일|다음|향후|이후|내일|next|forward|fwd|future|target|ahead|_t\+?\d", re.I)
BEHIND = re.compile(r"전일|직전|과거|이전|지난|prev|past|lag|trailing", re.I)
RETURN = re.compile(r"수익률|등락률|수익|return|ret$|^ret_|change", re.I)
LABEL = re.compile(r"승패|승/패|결과|label|라벨|레이블|class|감성|감정|sentiment|outcome|win|^y$", re.I)
PRICE = re.compile(r"종가|수정주가|^주가$|^close$|closing|adj.?close|^price$", re.I)
BENCHMARK = re.compile(r"kospi|kosdaq|코스피|코스닥|지수|benchmark|^index$", re.I)
