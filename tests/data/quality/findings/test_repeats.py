"""Findings: repeats."""

from dataclasses import replace

from tests.makers.quality_tables import found_in, news, table


def test_repeats_that_were_kept_are_found_and_can_be_left_out():
    data, plan = table(["가나다라마", *news(2), "가나다라마"], [0.1, 0.2, 0.3, 0.1], [0, 1, 2, 0])
    plan = replace(plan, cleaning=replace(plan.cleaning, repeats="keep"))
    finding = found_in(data, plan)["repeats_kept"]
    assert finding.rows == (4,)
    assert finding.action.plan.cleaning.repeats == "drop"


def test_the_same_story_across_outlets_is_counted():
    headlines = [
        "가나전자 3분기 영업이익 흑자전환에 강세",
        "[특징주] 가나전자, 3분기 영업이익 흑자전환에 강세",
        *news(3),
    ]
    data, plan = table(headlines, press=["가", "나", "다", "가", "나"])
    finding = found_in(data, plan)["near_repeats"]
    assert finding.rows == (1, 2)
    assert finding.message.params == {"stories": 1, "rows": 2, "across": 1}


def test_a_search_that_was_not_done_is_said(monkeypatch):
    monkeypatch.setattr("core.data.near_duplicates.MOST_COMPARED", 3)
    data, plan = table(news(6))
    assert "near_repeats_not_searched" in found_in(data, plan)
