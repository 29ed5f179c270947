"""Findings: independence."""

from core.data.quality import quality_report
from tests.makers.quality_tables import found_in, news, problem, table


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
    assert message == "60 rows, 4 sessions: treat this as 4 observations."


def test_companies_of_one_session_are_counted_as_events():
    data, plan = table(news(8), [0.1] * 8, [0, 0, 0, 0, 1, 1, 1, 1], ["가", "나", "가", "나"] * 2)
    assert "2 sessions, 4 events" in str(found_in(data, plan)["shared_outcome"].message)


def test_without_sessions_different_stories_are_the_observations():
    data, plan = table([*news(3), *news(3)], ["승", "패", "승"] * 2)
    found = found_in(data, plan)
    assert "6 rows, 3 different stories" in str(found["shared_outcome"].message)
    assert "no_sessions" in found
