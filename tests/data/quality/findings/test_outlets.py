"""Findings: outlets."""

from core.data.quality import quality_report
from tests.makers.quality_tables import found_in, news, table


def test_the_top_15_outlets_and_the_others_add_up():
    press = [f"언론{i % 20}" for i in range(95)] + [None] * 5
    data, plan = table(news(100), press=press)
    outlets = quality_report(data, plan).outlets
    assert len(outlets.shown) == 15
    assert (outlets.others, outlets.other_rows, outlets.missing) == (5, 20, 5)
    assert outlets.shown["rows"].sum() + outlets.other_rows + outlets.missing == 100


def test_an_outlet_written_in_two_ways_is_found_with_its_rows():
    data, plan = table(news(5), press=["매일경제", "매일 경제", "한국경제", "ZDNet", "zdnet"])
    finding = found_in(data, plan)["outlet_spellings"]
    assert finding.rows == (1, 2, 4, 5)
    assert "매일경제 = 매일 경제" in str(finding.message)


def test_missing_and_dominant_outlets_are_found():
    data, plan = table(news(6), press=["가", "가", "가", "가", "나", None])
    found = found_in(data, plan)
    assert found["no_outlet"].rows == (6,)
    assert found["one_outlet"].message.params == {"outlet": "가", "share": 0.8}
