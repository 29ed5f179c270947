"""Findings: sessions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.data.plan import Exchange, TargetRule
from core.data.quality import quality_report
from tests.makers.quality_tables import SESSIONS, balanced, found_in, news, table


@pytest.mark.parametrize(
    ("sessions", "level"), [(1, "serious"), (19, "serious"), (59, "warning"), (60, None)]
)
def test_few_sessions_are_said(sessions, level):
    data, plan = balanced(sessions)
    finding = found_in(data, plan).get("few_sessions")
    assert (finding and finding.level) == level


def test_a_session_with_half_of_the_rows_is_serious_and_lists_them():
    data, plan = table(news(40), session=[3] * 20 + list(range(4, 24)))
    finding = found_in(data, plan)["crowded_session"]
    assert (finding.level, finding.rows) == ("serious", tuple(range(1, 21)))
    assert finding.message.params["date"] == str(SESSIONS[3])[:10]


def test_a_few_sessions_with_half_of_the_rows_are_a_warning():
    data, plan = table(news(110), session=[0] * 30 + [1] * 30 + list(range(2, 52)))
    finding = found_in(data, plan)["crowded_session"]
    assert (finding.level, finding.message.params["count"], len(finding.rows)) == ("warning", 2, 60)
    assert quality_report(data, plan).calendar.half.tolist() == [
        pd.Timestamp(SESSIONS[0]),
        pd.Timestamp(SESSIONS[1]),
    ]


def test_even_sessions_are_not_crowded():
    assert "crowded_session" not in found_in(*balanced())


def test_sessions_without_rows_are_those_of_the_exchange_between_the_first_and_the_last():
    data, plan = table(news(4), session=[0, 1, 4, 5])
    calendar = quality_report(data, plan).calendar
    np.testing.assert_array_equal(calendar.absent.to_numpy("datetime64[s]"), SESSIONS[[2, 3]])
    assert calendar.spanned == 6
    assert found_in(data, plan)["absent_sessions"].level == "warning"


def test_another_exchange_has_other_sessions():
    around_new_year = np.searchsorted(SESSIONS, np.array(["2024-02-08", "2024-02-13"], "datetime64[s]"))
    data, plan = table(news(2), session=around_new_year.tolist())
    assert quality_report(data, plan).calendar.absent.empty
    absent = quality_report(data, replace(plan, exchange=Exchange("XNYS"))).calendar.absent
    assert absent.strftime("%m-%d").tolist() == ["02-09", "02-12"]


@pytest.mark.parametrize(("hour", "said"), [(0, True), (9, False)])
def test_dates_without_a_time_of_day_are_said(hour, said):
    assert ("no_time_of_day" in found_in(*balanced(hour=hour))) is said


def test_dates_alone_can_be_moved_by_a_button_where_the_return_is_made_here():
    data, plan = balanced(hour=0)
    plan = replace(plan, target=TargetRule("return", price="종가"))
    finding = found_in(data, plan)["no_time_of_day"]
    assert str(finding.message) == "120 of 120 dated rows have no time of day."
    assert (finding.level, finding.action.plan.exchange.untimed) == ("warning", "next")
    moved = found_in(data, finding.action.plan)["no_time_of_day"]
    assert (moved.level, moved.action) == ("info", None)


def test_outcomes_of_the_file_do_not_move_with_their_headlines_and_that_is_said():
    finding = found_in(*balanced(hour=0))["no_time_of_day"]
    assert finding.action is None
    assert "make sure that the outcomes in the file begin after the headlines" in str(finding.meaning)
