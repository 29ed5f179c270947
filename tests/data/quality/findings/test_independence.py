"""Findings: independence."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.plan import TargetRule
from core.data.quality import quality_report
from tests.makers.quality_tables import balanced, found_in, news, problem, table


def overlapping(h, n=200):
    level = np.random.default_rng(0).normal(0, 0.01, n + h).cumsum()
    return balanced(n, target=(level[h:] - level[:-h])[:n].tolist())


def test_the_rows_of_a_session_are_one_observation():
    data, plan = table(
        news(40),
        [0.01 * (i // 10 - 1) for i in range(40)],
        [i // 10 for i in range(40)],
        problems=(problem("repeats", *range(41, 61)),),
    )
    report = quality_report(data, plan)
    assert report.observations == 4
    message = str(next(f for f in report.findings if f.code == "shared_outcome").message)
    assert message == "40 rows lie in 4 sessions only."  # the 20 that were left out are no rows of the table


def test_companies_of_one_session_are_counted_as_events():
    data, plan = table(news(8), [0.1] * 8, [0, 0, 0, 0, 1, 1, 1, 1], ["가", "나", "가", "나"] * 2)
    assert "8 rows are 4 events (one company in one session) of 2 sessions" in str(
        found_in(data, plan)["shared_outcome"].message
    )


def test_without_sessions_different_stories_are_the_observations():
    data, plan = table([*news(3), *news(3)], ["승", "패", "승"] * 2)
    found = found_in(data, plan)
    assert "6 rows tell 3 different stories" in str(found["shared_outcome"].message)
    assert "no_sessions" in found


def test_outcomes_that_overlap_for_longer_than_the_horizon_are_found_and_a_button_sets_it():
    data, plan = overlapping(10)
    finding = found_in(data, plan)["short_horizon"]
    assert finding.level == "serious"
    assert "look as if they overlapped over about" in str(finding.message)
    assert "but the horizon is 1." in str(finding.message)
    assert 6 <= finding.action.plan.target.horizon <= 16
    longer = found_in(data, finding.action.plan)
    assert "short_horizon" not in longer
    assert longer["horizon"].level == "info"


@pytest.mark.parametrize("h", [1, 10])
def test_a_horizon_that_is_right_is_not_warned_of(h):
    data, plan = overlapping(h)
    assert "short_horizon" not in found_in(data, replace(plan, target=TargetRule(horizon=h)))


def test_a_name_that_speaks_of_a_longer_horizon_is_found_where_the_outcomes_are_too_few():
    data, plan = balanced(30)
    data = replace(data, roles=replace(data.roles, target="20일수익률"))
    finding = found_in(data, plan)["short_horizon"]
    assert "The target 20일수익률 speaks in its name of 20 sessions" in str(finding.message)
    assert finding.action.plan.target.horizon == 20


def test_a_target_made_from_prices_has_the_horizon_that_was_chosen():
    data, plan = overlapping(10)
    assert "short_horizon" not in found_in(data, replace(plan, target=TargetRule("return", price="종가")))
