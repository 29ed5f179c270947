"""The classes of a target in order."""

import pytest

from core.data.classes import order_classes


@pytest.mark.parametrize(
    ("labels", "ordered"),
    [
        (["승", "패"], ("패", "승")),
        (["1", "0"], ("0", "1")),
        (["Win", "Lose"], ("Lose", "Win")),
        (["positive", "neutral", "negative"], ("negative", "neutral", "positive")),
    ],
)
def test_the_class_that_means_up_comes_last(labels, ordered):
    assert order_classes(labels) == ordered
