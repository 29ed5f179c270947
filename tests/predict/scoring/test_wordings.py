import numpy as np
import pytest

from core.predict.scoring.wordings import Wordings

TABLE = [
    "가온전자, 3분기 영업이익 12% 증가…시장 예상 웃돌아",
    "나래화학 신공장 착공, 2027년 가동 목표",
    "다솜바이오 임상 2상 결과 내년 상반기 발표",
]


def _found(*headlines):
    place, number = Wordings.of(TABLE).alike(headlines)
    return dict(zip(place.tolist(), number.tolist(), strict=True))


@pytest.mark.parametrize(
    "headline",
    [
        TABLE[1],
        "[특징주] 나래화학 신공장 착공 2027년 가동 목표",
        "나래화학, 신공장 착공… 2027년 가동목표!",
        "나래화학 신공장 착공, 2027년 가동 목표로",
    ],
)
def test_a_headline_is_found_again_in_the_same_or_nearly_the_same_words(headline):
    assert _found("전혀 다른 소식", headline) == {1: 1}


def test_another_story_of_the_same_company_is_not_found():
    assert _found("나래화학 3분기 영업이익 30% 감소", "가온전자 신공장 착공 행사 열려") == {}


def test_a_shared_hash_alone_makes_no_repeat(monkeypatch):
    """Two texts that happen to share a band are compared trigram by trigram."""
    monkeypatch.setattr(
        "core.predict.scoring.wordings.bands", lambda texts: np.ones((len(texts), 8), np.uint32)
    )
    assert _found("완전히 다른 기사 제목입니다") == {}


def test_a_table_without_headlines_knows_none():
    place, number = Wordings.of([]).alike(["가온전자"])
    assert (len(place), len(number)) == (0, 0)


def test_an_empty_text_is_like_none():
    assert _found("", "…") == {}
