"""Findings: reading."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.quality import quality_report
from tests.makers.quality_tables import balanced, found_in, news, problem, table


def test_rows_of_the_file_are_kept_or_dropped_for_their_first_reason():
    problems = (problem("no_headline", 2), problem("repeats", 3, 4, 2), problem("unmatched", 4, 5))
    data, plan = table(news(3), problems=problems)
    rows = quality_report(data, plan).rows
    assert (rows.in_file, rows.kept) == (7, 3)
    assert rows.dropped == {"no_headline": 1, "repeats": 2, "unmatched": 1}


def test_a_row_with_an_unreadable_cell_is_not_dropped():
    data, plan = table(news(3))
    data = replace(data, problems=(problem("bad_number", 2),))
    assert quality_report(data, plan).rows.dropped == {}


def test_every_problem_becomes_a_finding_with_its_rows_and_a_meaning():
    codes = (
        "no_headline",
        "repeats",
        "bad_date",
        "bad_number",
        "no_target",
        "no_session",
        "unmatched",
        "new_code",
    )
    data, plan = table(news(20), problems=tuple(problem(c, i + 1) for i, c in enumerate(codes)))
    found = found_in(data, plan)
    assert [found[code].rows for code in codes] == [(i + 1,) for i in range(len(codes))]
    assert str(found["repeats"].message) == "1 of 28 rows repeat a whole row and were left out."
    assert str(found["new_code"].message) == "What reading said of RSI."


@pytest.mark.parametrize(
    ("code", "step", "before", "after"),
    [
        ("repeats", "repeats", "drop", "keep"),
        ("contradictions", "contradictions", "first", "keep"),
        ("no_session", "without_session", "drop", "keep"),
        ("bad_date", "without_session", "keep", "drop"),
        ("unmatched", "unmatched", "drop", "keep"),
    ],
)
def test_a_step_of_cleaning_can_be_undone_or_done_by_its_button(code, step, before, after):
    data, plan = table(news(20), problems=(problem(code, 1),))
    plan = replace(plan, cleaning=replace(plan.cleaning, **{step: before}))
    action = found_in(data, plan)[code].action
    assert action.plan == replace(plan, cleaning=replace(plan.cleaning, **{step: after}))


def test_rows_without_a_partner_in_the_second_file_are_found_and_can_be_left_out():
    data, plan = table(news(10))
    data = replace(data, frame=data.frame.assign(row_2=[5, 0, 1, 2, 3, 0, 4, 4, 4, 4]))
    finding = found_in(data, plan)["unmatched_kept"]
    assert finding.rows == (2, 6)
    assert finding.action.plan.cleaning.unmatched == "drop"


def test_an_unreadable_feature_can_be_left_out_but_not_the_target():
    problems = (problem("bad_number", 1), problem("bad_number", 2, column="결과"))
    data, plan = balanced(features={"RSI": np.arange(120.0)}, problems=problems)
    actions = [f.action for f in quality_report(data, plan).findings if f.code == "bad_number"]
    assert actions[0].plan == plan.without_feature("RSI")
    assert actions[1] is None
