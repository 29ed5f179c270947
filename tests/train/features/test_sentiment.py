import pytest

from core.train.features.sentiment import sentiment


@pytest.mark.parametrize(
    "headline",
    [
        "삼성전자 급등",
        "적자→흑자",
        "흑자 전환",
        "감소폭 축소",
        "하락 우려 해소",
        "규제 완화",
        "떨어지지 않았다",
        "비용 줄어",
        "목표가 상향",
        "감소세 둔화",
        "영업이익 30%↑",
    ],
)
def test_good_news_scores_above_zero(headline):
    assert sentiment(headline)[0] > 0


@pytest.mark.parametrize(
    "headline",
    [
        "삼성전자 급락",
        "흑자→적자",
        "적자 전환",
        "비용 증가",
        "상승 실패",
        "성장 둔화",
        "금리 인상 우려",
        "적자폭 확대",
        "목표가 하향",
        "영업이익 30%↓",
    ],
)
def test_bad_news_scores_below_zero(headline):
    assert sentiment(headline)[0] < 0


@pytest.mark.parametrize("headline", ["", "🚀", "삼성전자 주주총회 개최", "연기금 동향"])
def test_neutral_news_scores_zero(headline):
    assert sentiment(headline) == (0, 0, 0)


def test_good_and_bad_words_are_counted():
    assert sentiment("급등 뒤 급락에 충격")[1:] == (1, 2)
