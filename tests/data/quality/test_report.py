"""The quality report as a whole."""

import string
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from core.data.plan import Plan
from core.data.quality import Finding, as_problems, quality_report, rows_with_reasons
from core.errors import Message
from tests.makers.quality_tables import balanced, found_in, news, problem, table


def _everything_wrong():
    headlines = [
        "가나전자 흑자전환 소식에 강세 마감",
        "[단독] 가나전자, 흑자전환 소식에 강세 마감",
        "라" * 300,
        "마",
        "마",
        *news(5),
    ]
    problems = tuple(
        problem(code, row)
        for row, code in enumerate(("no_headline", "repeats", "bad_date", "bad_number", "unmatched"), 11)
    )
    return table(
        headlines,
        [0.9, 0.1, None, -0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
        [0, 0, 1, 2, 2, 5, 5, 5, 5, 5],
        press=["가", "가 ", "가", None, "나", "가", "가", "가", "가", "가"],
        features={"익일": np.arange(10.0), "one": [1.0] * 10, "none": [np.nan] * 10},
        problems=problems,
        hour=0,
    )


def test_the_most_serious_findings_come_first():
    levels = [f.level for f in quality_report(*_everything_wrong()).findings]
    order = ["serious", "warning", "info"]
    assert set(levels) == set(order)
    assert all(order.index(a) <= order.index(b) for a, b in pairwise(levels))


def test_every_finding_says_what_it_means_and_its_templates_fit_their_parameters():
    for finding in quality_report(*_everything_wrong()).findings:
        for message in (finding.message, finding.meaning):
            named = {name for _text, name, *_ in string.Formatter().parse(message.template) if name}
            assert named <= set(message.params)
            assert str(message).endswith(".")


def test_findings_name_rows_of_the_file():
    data, _plan = table(news(3), problems=(problem("no_headline", 1),))
    data.frame.loc[0, "press"] = "가"
    data = replace(data, roles=replace(data.roles, press="언론사"))
    assert found_in(data, Plan(data.roles))["no_outlet"].rows == (3, 4)


def test_problems_for_the_shell_have_code_message_and_rows():
    report = quality_report(*_everything_wrong())
    problems = as_problems(report)
    assert [set(problem) for problem in problems] == [{"code", "message", "rows"}] * len(report.findings)
    assert all(isinstance(problem["rows"], list) for problem in problems)


def test_rows_are_exported_with_the_findings_that_name_them():
    table = rows_with_reasons(quality_report(*_everything_wrong()))
    assert table["row"].is_monotonic_increasing
    assert table.loc[table["code"] == "long_headlines", "row"].tolist() == [3]


def test_the_report_leaves_the_dataset_as_it_was():
    data, plan = _everything_wrong()
    before = data.frame.copy()
    quality_report(data, plan)
    pd.testing.assert_frame_equal(data.frame, before)


def test_it_stops_where_the_user_cancels():
    class Stop(Exception):
        pass

    def report(fraction, template, /, **params):
        if fraction > 0:
            raise Stop

    with pytest.raises(Stop):
        quality_report(*balanced(), report=report)


def test_an_unknown_level_is_refused():
    with pytest.raises(ValueError, match="level"):
        Finding("x", "fatal", Message("x"), Message("x"))


def test_a_table_of_one_row_gets_a_report():
    assert quality_report(*table(["가나다라마바사"], ["승"], [0])).observations == 1


def test_a_good_table_has_nothing_serious():
    n, rng = 1200, np.random.default_rng(0)
    data, plan = table(
        news(n),
        rng.normal(0, 0.02, n).tolist(),
        [i // 10 for i in range(n)],
        [f"회사{i % 10}" for i in range(n)],
        features={"RSI": rng.normal(size=n)},
    )
    assert [f.level for f in quality_report(data, plan).findings] == ["info"]
