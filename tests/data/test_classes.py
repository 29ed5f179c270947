"""The classes of a target in order."""

import pytest

from core.data.classes import order_classes, run_from_down_to_up


@pytest.mark.parametrize(
    ("labels", "ordered"),
    [
        (["승", "패"], ("패", "승")),
        (["1", "0"], ("0", "1")),
        (["Win", "Lose"], ("Lose", "Win")),
        (["positive", "neutral", "negative"], ("negative", "neutral", "positive")),
        (["하락", "보합"], ("하락", "보합")),
        (["buy", "hold"], ("hold", "buy")),
        (["sell", "hold"], ("sell", "hold")),
    ],
)
def test_the_class_that_means_up_comes_last(labels, ordered):
    assert order_classes(labels) == ordered


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("부정", "중립", "긍정"), True),
        (("패", "승"), True),
        (("strong sell", "Sell", "hold", "buy", "strong buy"), True),
        (("가", "나", "다"), False),
        (("부정", "기타", "긍정"), False),
        (("긍정", "중립", "부정"), False),
        ((), False),
    ],
)
def test_classes_run_from_down_to_up_where_each_is_known(labels, expected):
    assert run_from_down_to_up(labels) is expected


def test_five_ratings_are_ordered_from_strong_sell_to_strong_buy():
    labels = {"적극매수", "매수", "보유", "매도", "적극매도"}
    assert order_classes(labels) == ("적극매도", "매도", "보유", "매수", "적극매수")
