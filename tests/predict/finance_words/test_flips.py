import pytest

from core.predict import flips
from core.predict.finance_words.flips import MOST


def told(headline):
    return [(one.text, one.turn) for one in flips(headline)]


def test_each_word_is_turned_round_by_itself_and_then_all_of_them():
    assert [(one.text, one.before, one.after, one.turn) for one in flips("호실적에 급등")] == [
        ("어닝 쇼크에 급등", "호실적", "어닝 쇼크", -1),
        ("호실적에 급락", "급등", "급락", -1),
        ("어닝 쇼크에 급락", "호실적, 급등", "어닝 쇼크, 급락", -1),
    ]


def test_good_and_bad_news_together_have_no_turn_as_a_whole():
    assert told("호실적에도 하락") == [
        ("어닝 쇼크에도 하락", -1),
        ("호실적에도 상승", 1),
        ("어닝 쇼크에도 상승", 0),
    ]


@pytest.mark.parametrize(
    ("headline", "turned", "turn"),
    [
        ("호실적을 예고", "어닝 쇼크를 예고", -1),
        ("어닝 쇼크가 왔다", "어닝 서프라이즈가 왔다", 1),
        ("어닝쇼크", "어닝서프라이즈", 1),
        ("1분기 영업이익 감익", "1분기 영업이익 증익", 1),
        ("2700선 붕괴", "2700선 회복", 1),
        ("외국인 '팔자'", "외국인 '사자'", 1),
        ("악재 없다", "호재 없다", -1),
        ("하락하지 않는다", "상승하지 않는다", -1),
        ("실적 개선 기대", "실적 악화 우려", -1),
        ("매출 증가 기대감", "매출 감소 우려감", -1),
        ("하락 우려 완화", "상승 우려 완화", -1),
        ("금리 인상", "금리 인하", 0),
        ("실적 부진했다", "실적 양호했다", 1),
        ("서비스 개선이라고", "서비스 악화라고", -1),
        ("판매 호조다", "판매 부진이다", -1),
        ("판매 호조였다", "판매 부진이었다", -1),
        ("52주 신저가 추락", "52주 신고가 경신", 1),
    ],
)
def test_a_word_reads_as_korean_when_it_is_turned_round(headline, turned, turn):
    assert told(headline)[0] == (turned, turn)


@pytest.mark.parametrize(
    "headline",
    [
        "성공적인 신제품",
        "강한 인상을 남겼다",
        "저가매수",
        "저점 매수 기회",
        "로펌들 수주 사활",
        "대규모 수주 따냈다",
        "동물원 사자",
        "매출 회복",
        "친환경 포장 개선 사업",
        "최저가 판매",
        "반등 언제?",
        "5-6월 판매",
        "7~8% 인력",
        "6만전자",
        "52주 1분기 6거래일 2022년",
        "갤럭시 S-22%",
        "30만원대 폰",
        "",
        "😂",
    ],
)
def test_what_is_no_word_or_number_of_the_market_stays(headline):
    assert flips(headline) == ()


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("가온전자 +3.2%", [("가온전자 -3.2%", -1), ("가온전자 +6.4%", 1), ("가온전자 +1.6%", -1)]),
        ("가온전자 -3%", [("가온전자 +3%", 1), ("가온전자 -6%", -1), ("가온전자 -1.5%", 1)]),
        ("▲1억원", [("▼1억원", -1), ("▲2억원", 1), ("▲5000만원", -1)]),
        ("3%대 하락", [("3%대 상승", 1), ("6%대 하락", -1), ("1.5%대 하락", 1)]),
        ("환율 +3%", [("환율 -3%", 0), ("환율 +6%", 0), ("환율 +1.5%", 0)]),
        ("영업이익 1조로", [("영업이익 2조로", 1), ("영업이익 5000억으로", -1)]),
        ("손실 2,700억원", [("손실 5,400억원", 0), ("손실 1,350억원", 0)]),
        ("과징금 2,700억원", [("과징금 5,400억원", -1), ("과징금 1,350억원", 1)]),
        ("목표가 10만원", [("목표가 20만원", 1), ("목표가 5만원", -1)]),
        ("지분 35%를", [("지분 70%를", 0), ("지분 17.5%를", 0)]),
        ("450조원 투자", [("900조원 투자", 0), ("225조원 투자", 0)]),
        ("0%", []),
    ],
)
def test_signs_are_turned_round_and_numbers_made_larger_and_smaller(headline, expected):
    assert told(headline) == expected


def test_a_very_long_headline_has_few_flips_soon():
    assert len(flips("흑자 " * 1250 + "1조 " * 100)) <= MOST
    assert len(flips("9" * 5000 + "조")) <= MOST


def test_no_flip_is_the_headline_itself_and_none_comes_twice():
    made = [text for text, _turn in told("상승 출발, 2%대 상승, 1.5조 순매수")]
    assert len(set(made)) == len(made)
    assert "상승 출발, 2%대 상승, 1.5조 순매수" not in made
