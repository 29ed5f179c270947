"""The words of headlines as they are written."""

from __future__ import annotations

import numpy as np
import pytest

from core.explain.segments import MOST_WORDS, masked, words_of

HEADLINES = {
    "[특징주] 삼성전자, 3분기 영업이익 9조1834억…전년比 274.5%↑": [
        "특징주", "삼성전자", "3분기", "영업이익", "9조1834억", "전년比", "274.5%↑",
    ],
    "카카오페이, 첫 분기 흑자전환에 성공했다": ["카카오페이", "첫", "분기", "흑자전환에", "성공했다"],
    "美 FOMC 앞두고 코스피 2,500선 붕괴": ["美", "FOMC", "앞두고", "코스피", "2,500선", "붕괴"],
    "🚀 비트코인 급등 “역대 최고”": ["🚀", "비트코인", "급등", "역대", "최고"],
    "Apple shares fall 3%": ["Apple", "shares", "fall", "3%"],
    "12345": ["12345"],
    "삼성전자 - 애플 격돌": ["삼성전자", "애플", "격돌"],
    "실적 / 전망 | 2,500선 · 붕괴": ["실적", "전망", "2,500선", "붕괴"],
    "‘어닝 쇼크’ … 하락": ["어닝", "쇼크", "하락"],
    "1.5 ~ 2.0% 성장": ["1.5", "2.0%", "성장"],
    "영업이익 -3.5% 감소": ["영업이익", "-3.5%", "감소"],
    "<b> 급등": ["b", "급등"],
    "…": [],
    "": [],
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("headline", "expected"), HEADLINES.items())
def test_words_stand_where_they_say(headline, expected):
    words = words_of(headline)
    assert [word.text for word in words] == expected
    assert [headline[word.start : word.end] for word in words] == expected


@pytest.mark.parametrize("headline", [text for text, words in HEADLINES.items() if words])
def test_all_words_are_the_headline(headline):
    words = words_of(headline)
    assert masked(words, np.ones(len(words), bool)) == headline


def test_a_word_leaves_with_its_punctuation():
    words = words_of("[특징주] 삼성전자, '어닝 쇼크'…하락")
    texts = [masked(words, np.arange(len(words)) != left_out) for left_out in range(len(words))]
    assert texts == [
        "삼성전자, '어닝 쇼크'…하락",
        "[특징주] '어닝 쇼크'…하락",
        "[특징주] 삼성전자, 쇼크'…하락",
        "[특징주] 삼성전자, '어닝 하락",
        "[특징주] 삼성전자, '어닝 쇼크'…",
    ]


def test_a_long_text_has_a_bounded_number_of_words():
    text = " ".join(f"낱말{number}" for number in range(500))
    words = words_of(text)
    assert len(words) == MOST_WORDS
    assert masked(words, np.ones(MOST_WORDS, bool)) == text[:1000].strip()
