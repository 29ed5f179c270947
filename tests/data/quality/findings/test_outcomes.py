"""Findings: outcomes."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.plan import Exchange, TargetRule
from core.data.quality import quality_report
from tests.makers.quality_tables import balanced, found_in, news, table


def test_a_table_without_a_target_is_no_fault():
    data, plan = table(news(5))
    found = found_in(data, plan)
    assert found["no_outcomes"].level == "info"
    assert quality_report(data, plan).balance.classes.empty


def test_one_class_is_said_before_training():
    assert found_in(*balanced(target=["승"] * 120))["one_class"].level == "serious"


def test_a_class_of_one_row_is_said_before_training():
    finding = found_in(*balanced(target=["승"] * 119 + ["패"]))["rare_class:패"]
    assert (finding.level, finding.rows) == ("serious", (120,))


def test_a_rare_class_is_a_warning():
    assert found_in(*balanced(300, target=["승"] * 280 + ["패"] * 20))["rare_class:패"].level == "warning"


def test_three_rows_in_all_are_said_before_training():
    assert found_in(*table(news(3), ["승", "패", "승"]))["few_rows"].level == "serious"


def test_the_balance_is_counted_by_rows_and_by_events():
    sessions = [0] * 60 + list(range(1, 41))
    data, plan = table(news(100), [0.01] * 60 + [-0.01] * 40, sessions)
    up = quality_report(data, plan).balance.classes.iloc[-1]
    assert (up["class"], up["rows"], up["row_share"], up["events"]) == ("승", 60, 0.6, 1)
    assert up["event_share"] == pytest.approx(1 / 41)
    assert found_in(data, plan)["rows_against_events"].message.params["by_rows"] == 0.6


def test_the_balance_of_each_month_counts_events():
    data, plan = table(news(6), [0.02, 0.02, -0.01, 0.03, None, 0.05], [0, 0, 1, 30, 31, 32])
    months = quality_report(data, plan).balance.months
    assert months["month"].dt.strftime("%Y-%m").tolist() == ["2024-01", "2024-02"]
    assert months[["rows", "events", "up"]].values.tolist() == [[3, 2, 0.5], [2, 2, 1.0]]
    np.testing.assert_allclose(months["mean"], [0.005, 0.04])


def test_a_balance_that_moves_over_the_months_is_found():
    data, plan = table(
        news(240), [0.01 if i < 120 else -0.01 for i in range(240)], [i // 2 for i in range(240)]
    )
    assert "changing_balance" in found_in(data, plan)


def test_contradictory_labels_are_counted_and_the_first_can_be_kept():
    data, plan = table(["가나", "다라", "가나", "마바"], ["승", "패", "패", "승"])
    finding = found_in(data, plan)["contradictory_outcomes"]
    assert finding.rows == (1, 3)
    assert finding.message.params == {"texts": 1, "rows": 2}
    assert finding.action.plan.cleaning.contradictions == "first"


def test_an_event_with_two_returns_is_found():
    data, plan = table(news(4), [0.01, 0.01, 0.02, 0.03], [0, 0, 1, 1])
    finding = found_in(data, plan)["uneven_events"]
    assert (finding.rows, finding.message.params["count"]) == ((3, 4), 1)


@pytest.mark.parametrize(
    ("exchange", "horizon", "found"), [("XKRX", 1, True), ("XNYS", 1, False), ("XKRX", 5, False)]
)
def test_returns_beyond_the_daily_limit_are_found(exchange, horizon, found):
    data, plan = balanced(target=[0.01, -0.3, 0.3, 0.9] * 30)
    plan = replace(plan, exchange=Exchange(exchange), target=TargetRule(horizon=horizon))
    finding = found_in(data, plan).get("beyond_limit")
    assert (finding is not None) is found
    assert not found or finding.rows == tuple(range(4, 121, 4))
