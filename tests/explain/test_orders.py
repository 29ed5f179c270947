"""The orders of explained rows, on rows of which each is known."""

import pandas as pd
import pytest

from core.evaluate.predictions import Predictions
from core.explain.orders import ORDERS


def _table(days, outcome, **columns):
    session = pd.to_datetime(pd.Series(days))
    rows = range(1, len(days) + 1)
    given = {"row": rows, "session": session, "company": None, "fold": 0, "outcome": outcome}
    return pd.DataFrame(given | columns)


DAYS = ["2024-01-02", "2024-01-04", None, "2024-01-03", "2024-01-04"]
# of win: right by 0.9, wrong by 0.8, right by 0.55, wrong by 0.6, right by 0.7
CLASSES = Predictions(
    _table(
        DAYS,
        [1, 0, 1, 1, 0],
        **{"mean:패": [0.1, 0.2, 0.45, 0.6, 0.7], "mean:승": [0.9, 0.8, 0.55, 0.4, 0.3]},
    ),
    ("패", "승"),
)
# right, wrong by 0.05, right by little, wrong by 0.02, no movement at all
RETURNS = Predictions(_table(DAYS, [0.03, -0.03, 0.01, -0.01, 0.0], mean=[0.04, 0.02, 0.001, 0.01, 0.03]))


@pytest.mark.parametrize(
    ("order", "of_classes", "of_returns"),
    [
        ("surest", [0, 1, 4, 3, 2], [0, 4, 1, 3, 2]),
        ("misses", [1, 3, 2, 4, 0], [1, 4, 3, 0, 2]),
        ("hits", [2, 4, 0, 3, 1], [2, 0, 3, 1, 4]),
        ("newest", [4, 1, 3, 0, 2], [4, 1, 3, 0, 2]),
    ],
)
def test_rows_come_in_the_order_that_is_promised(order, of_classes, of_returns):
    places = ORDERS[order].places
    if order == "hits":
        assert places(CLASSES)[:3].tolist() == of_classes[:3]
        assert places(RETURNS)[:2].tolist() == of_returns[:2]
        assert sorted(places(CLASSES)) == sorted(places(RETURNS)) == list(range(5))
        return
    assert places(CLASSES).tolist() == of_classes
    assert places(RETURNS).tolist() == of_returns


def test_of_three_classes_a_right_one_is_no_miss_however_unsure():
    columns = {"mean:a": [0.34, 0.45], "mean:b": [0.33, 0.46], "mean:c": [0.33, 0.09]}
    test = Predictions(_table(DAYS[:2], [0, 0], **columns), ("a", "b", "c"))
    assert ORDERS["misses"].places(test).tolist() == [1, 0]
    assert ORDERS["hits"].places(test).tolist() == [0, 1]
