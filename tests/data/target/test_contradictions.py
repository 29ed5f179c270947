import numpy as np
import pytest

from core.data.target.contradictions import contradictions, resolve
from tests.makers.quality_tables import news, table


def test_one_text_with_two_labels_is_a_contradiction():
    data, _plan = table(["가", "나", "가", "다", "나"], ["승", "패", "패", "승", "패"])
    found = contradictions(data)
    assert found[["group", "row", "headline", "target"]].values.tolist() == [
        [0, 1, "가", "승"],
        [0, 3, "가", "패"],
    ]


def test_groups_follow_the_order_of_the_file():
    data, _plan = table(["나", "가", "나", "가"], ["승", "패", "패", "승"])
    assert contradictions(data)[["group", "row"]].values.tolist() == [[0, 1], [0, 3], [1, 2], [1, 4]]


def test_another_session_or_company_is_no_contradiction():
    data, _plan = table(["가"] * 3, ["승", "패", "패"], [0, 1, 0], ["삼성", "삼성", "현대"])
    assert contradictions(data).empty


def test_an_unknown_session_is_not_taken_for_the_same_session():
    data, _plan = table(["가"] * 3, ["승", "패", "승"], [None, None, 3])
    assert contradictions(data).empty


def test_an_unknown_company_is_one_company():
    data, _plan = table(["가", "가"], ["승", "패"], [0, 0])
    assert len(contradictions(data)) == 2


def test_a_missing_outcome_contradicts_nothing():
    data, _plan = table(["가", "가"], ["승", None])
    assert contradictions(data).empty
    assert resolve(data.frame, "drop").all()


@pytest.mark.parametrize(("difference", "rows"), [(1e-12, 0), (1e-8, 2)])
def test_returns_contradict_beyond_a_billionth(difference, rows):
    data, _plan = table(["가", "가"], [0.01, 0.01 + difference], [0, 0])
    assert len(contradictions(data)) == rows


def test_keeping_the_first_drops_only_what_differs_from_it():
    data, _plan = table(["가", "나", "가", "가", "가"], ["승", "패", "패", "승", None])
    assert resolve(data.frame, "first").tolist() == [True, True, False, True, True]


def test_dropping_drops_the_whole_group_and_nothing_else():
    data, _plan = table(["가", "나", "가", "가"], [0.1, 0.2, 0.1, 0.3], [0, 0, 0, 0])
    assert resolve(data.frame, "drop").tolist() == [False, True, False, False]


def test_keeping_the_first_return_allows_rounding():
    data, _plan = table(["가"] * 3, [0.1, 0.1 + 1e-12, 0.3], [0, 0, 0])
    assert resolve(data.frame, "first").tolist() == [True, True, False]


def test_what_is_resolved_holds_no_contradiction():
    rng = np.random.default_rng(0)
    data, _plan = table(
        rng.choice(news(5), 60), rng.choice(["승", "패"], 60).tolist(), rng.integers(0, 3, 60).tolist()
    )
    for choice in ("first", "drop"):
        left = data.frame[resolve(data.frame, choice)]
        assert left.groupby(["headline", "session"])["target"].nunique().max() <= 1


def test_an_unknown_choice_is_refused():
    data, _plan = table(["가"], ["승"])
    with pytest.raises(ValueError, match="first or drop"):
        resolve(data.frame, "last")
