import string
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from core.data.dataset import Problem
from core.data.plan import Exchange, Plan, TargetRule
from core.data.quality import Finding, TokenCounter, as_problems, quality_report, rows_with_reasons
from core.errors import Message
from tests.makers.quality_tables import SESSIONS, news, table


def _found(data, plan, counter=None):
    """Return the findings by their code, and by code and name where they are about one column or class."""
    found = {}
    for finding in quality_report(data, plan, counter).findings:
        found[finding.code] = finding
        found[f"{finding.code}:{finding.message.params.get('name')}"] = finding
    return found


def _balanced(n=120, **columns):
    """Return a table of n different headlines on n sessions with nothing wrong but its size."""
    columns.setdefault("target", np.random.default_rng(5).normal(0, 0.02, n).tolist())
    return table(news(n), session=list(range(n)), **columns)


# what reading left out


def _problem(code, *rows, **params):
    return Problem(code, Message("What reading said of {column}.", {"column": "RSI", **params}), rows)


def test_rows_of_the_file_are_kept_or_dropped_for_their_first_reason():
    problems = (_problem("no_headline", 2), _problem("repeats", 3, 4, 2), _problem("unmatched", 4, 5))
    data, plan = table(news(3), problems=problems)
    rows = quality_report(data, plan).rows
    assert (rows.in_file, rows.kept) == (7, 3)
    assert rows.dropped == {"no_headline": 1, "repeats": 2, "unmatched": 1}


def test_a_row_with_an_unreadable_cell_is_not_dropped():
    data, plan = table(news(3))
    data = replace(data, problems=(_problem("bad_number", 2),))
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
    data, plan = table(news(20), problems=tuple(_problem(c, i + 1) for i, c in enumerate(codes)))
    found = _found(data, plan)
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
    data, plan = table(news(20), problems=(_problem(code, 1),))
    plan = replace(plan, cleaning=replace(plan.cleaning, **{step: before}))
    action = _found(data, plan)[code].action
    assert action.plan == replace(plan, cleaning=replace(plan.cleaning, **{step: after}))


def test_rows_without_a_partner_in_the_second_file_are_found_and_can_be_left_out():
    data, plan = table(news(10))
    data = replace(data, frame=data.frame.assign(row_2=[5, 0, 1, 2, 3, 0, 4, 4, 4, 4]))
    finding = _found(data, plan)["unmatched_kept"]
    assert finding.rows == (2, 6)
    assert finding.action.plan.cleaning.unmatched == "drop"


def test_an_unreadable_feature_can_be_left_out_but_not_the_target():
    problems = (_problem("bad_number", 1), _problem("bad_number", 2, column="결과"))
    data, plan = _balanced(features={"RSI": np.arange(120.0)}, problems=problems)
    actions = [f.action for f in quality_report(data, plan).findings if f.code == "bad_number"]
    assert actions[0].plan == plan.without_feature("RSI")
    assert actions[1] is None


# texts and outlets


def test_repeats_that_were_kept_are_found_and_can_be_left_out():
    data, plan = table(["가나다라마", *news(2), "가나다라마"], [0.1, 0.2, 0.3, 0.1], [0, 1, 2, 0])
    plan = replace(plan, cleaning=replace(plan.cleaning, repeats="keep"))
    finding = _found(data, plan)["repeats_kept"]
    assert finding.rows == (4,)
    assert finding.action.plan.cleaning.repeats == "drop"


def test_the_same_story_across_outlets_is_counted():
    headlines = [
        "가나전자 3분기 영업이익 흑자전환에 강세",
        "[특징주] 가나전자, 3분기 영업이익 흑자전환에 강세",
        *news(3),
    ]
    data, plan = table(headlines, press=["가", "나", "다", "가", "나"])
    finding = _found(data, plan)["near_repeats"]
    assert finding.rows == (1, 2)
    assert finding.message.params == {"stories": 1, "rows": 2, "across": 1}


def test_a_search_that_was_not_done_is_said(monkeypatch):
    monkeypatch.setattr("core.data.near_duplicates.MOST_COMPARED", 3)
    data, plan = table(news(6))
    assert "near_repeats_not_searched" in _found(data, plan)


def test_the_top_15_outlets_and_the_others_add_up():
    press = [f"언론{i % 20}" for i in range(95)] + [None] * 5
    data, plan = table(news(100), press=press)
    outlets = quality_report(data, plan).outlets
    assert len(outlets.shown) == 15
    assert (outlets.others, outlets.other_rows, outlets.missing) == (5, 20, 5)
    assert outlets.shown["rows"].sum() + outlets.other_rows + outlets.missing == 100


def test_an_outlet_written_in_two_ways_is_found_with_its_rows():
    data, plan = table(news(5), press=["매일경제", "매일 경제", "한국경제", "ZDNet", "zdnet"])
    finding = _found(data, plan)["outlet_spellings"]
    assert finding.rows == (1, 2, 4, 5)
    assert "매일경제 = 매일 경제" in str(finding.message)


def test_missing_and_dominant_outlets_are_found():
    data, plan = table(news(6), press=["가", "가", "가", "가", "나", None])
    found = _found(data, plan)
    assert found["no_outlet"].rows == (6,)
    assert found["one_outlet"].message.params == {"outlet": "가", "share": 0.8}


def test_lengths_are_quantiles_over_different_headlines():
    data, plan = table(["가" * 10] * 50 + ["나" * 30, "다" * 100_000, "라"])
    lengths = quality_report(data, plan).lengths
    assert lengths.characters[0.5] == 10
    assert lengths.characters[1.0] == 100_000
    found = _found(data, plan)
    assert (found["long_headlines"].rows, found["short_headlines"].rows) == ((52,), (53,))


def test_tokens_are_counted_by_the_encoder_and_what_is_cut_is_listed():
    data, plan = table(["가 나 다", "라", "라", "마 바 사 아"])
    counter = TokenCounter("작은 인코더", 3, lambda texts: np.array([len(text.split()) for text in texts]))
    report = quality_report(data, plan, counter)
    assert (report.lengths.counted, report.lengths.cut, report.lengths.tokens[1.0]) == (3, 1 / 3, 4)
    assert _found(data, plan, counter)["cut_headlines"].rows == (4,)


def test_tokens_are_counted_on_a_sample_of_a_large_table(monkeypatch):
    monkeypatch.setattr("core.data.quality.lengths.TOKEN_SAMPLE", 7)
    data, plan = table(news(20))
    lengths = quality_report(data, plan, TokenCounter("x", 3, lambda texts: np.full(len(texts), 2))).lengths
    assert (lengths.counted, lengths.headlines) == (7, 20)


# sessions


def test_the_rows_of_a_session_are_one_observation():
    data, plan = table(
        news(40),
        [0.01 * (i // 10 - 1) for i in range(40)],
        [i // 10 for i in range(40)],
        problems=(_problem("repeats", *range(41, 61)),),
    )
    report = quality_report(data, plan)
    assert report.observations == 4
    message = str(next(f for f in report.findings if f.code == "shared_outcome").message)
    assert message == "60 rows, 4 sessions: treat this as 4 observations."


def test_companies_of_one_session_are_counted_as_events():
    data, plan = table(news(8), [0.1] * 8, [0, 0, 0, 0, 1, 1, 1, 1], ["가", "나", "가", "나"] * 2)
    assert "2 sessions, 4 events" in str(_found(data, plan)["shared_outcome"].message)


def test_without_sessions_different_stories_are_the_observations():
    data, plan = table([*news(3), *news(3)], ["승", "패", "승"] * 2)
    found = _found(data, plan)
    assert "6 rows, 3 different stories" in str(found["shared_outcome"].message)
    assert "no_sessions" in found


@pytest.mark.parametrize(
    ("sessions", "level"), [(1, "serious"), (19, "serious"), (59, "warning"), (60, None)]
)
def test_few_sessions_are_said(sessions, level):
    data, plan = _balanced(sessions)
    finding = _found(data, plan).get("few_sessions")
    assert (finding and finding.level) == level


def test_a_session_with_half_of_the_rows_is_serious_and_lists_them():
    data, plan = table(news(40), session=[3] * 20 + list(range(4, 24)))
    finding = _found(data, plan)["crowded_session"]
    assert (finding.level, finding.rows) == ("serious", tuple(range(1, 21)))
    assert finding.message.params["date"] == str(SESSIONS[3])[:10]


def test_a_few_sessions_with_half_of_the_rows_are_a_warning():
    data, plan = table(news(110), session=[0] * 30 + [1] * 30 + list(range(2, 52)))
    finding = _found(data, plan)["crowded_session"]
    assert (finding.level, finding.message.params["count"], len(finding.rows)) == ("warning", 2, 60)
    assert quality_report(data, plan).calendar.half.tolist() == [
        pd.Timestamp(SESSIONS[0]),
        pd.Timestamp(SESSIONS[1]),
    ]


def test_even_sessions_are_not_crowded():
    assert "crowded_session" not in _found(*_balanced())


def test_sessions_without_rows_are_those_of_the_exchange_between_the_first_and_the_last():
    data, plan = table(news(4), session=[0, 1, 4, 5])
    calendar = quality_report(data, plan).calendar
    np.testing.assert_array_equal(calendar.absent.to_numpy("datetime64[s]"), SESSIONS[[2, 3]])
    assert calendar.spanned == 6
    assert _found(data, plan)["absent_sessions"].level == "warning"


def test_another_exchange_has_other_sessions():
    around_new_year = np.searchsorted(SESSIONS, np.array(["2024-02-08", "2024-02-13"], "datetime64[s]"))
    data, plan = table(news(2), session=around_new_year.tolist())
    assert quality_report(data, plan).calendar.absent.empty
    absent = quality_report(data, replace(plan, exchange=Exchange("XNYS"))).calendar.absent
    assert absent.strftime("%m-%d").tolist() == ["02-09", "02-12"]


@pytest.mark.parametrize(("hour", "said"), [(0, True), (9, False)])
def test_dates_without_a_time_of_day_are_said(hour, said):
    assert ("no_time_of_day" in _found(*_balanced(hour=hour))) is said


# outcomes


def test_a_table_without_a_target_is_no_fault():
    data, plan = table(news(5))
    found = _found(data, plan)
    assert found["no_outcomes"].level == "info"
    assert quality_report(data, plan).balance.classes.empty


def test_one_class_is_said_before_training():
    assert _found(*_balanced(target=["승"] * 120))["one_class"].level == "serious"


def test_a_class_of_one_row_is_said_before_training():
    finding = _found(*_balanced(target=["승"] * 119 + ["패"]))["rare_class:패"]
    assert (finding.level, finding.rows) == ("serious", (120,))


def test_a_rare_class_is_a_warning():
    assert _found(*_balanced(300, target=["승"] * 280 + ["패"] * 20))["rare_class:패"].level == "warning"


def test_three_rows_in_all_are_said_before_training():
    assert _found(*table(news(3), ["승", "패", "승"]))["few_rows"].level == "serious"


def test_the_balance_is_counted_by_rows_and_by_events():
    sessions = [0] * 60 + list(range(1, 41))
    data, plan = table(news(100), [0.01] * 60 + [-0.01] * 40, sessions)
    up = quality_report(data, plan).balance.classes.iloc[-1]
    assert (up["class"], up["rows"], up["row_share"], up["events"]) == ("승", 60, 0.6, 1)
    assert up["event_share"] == pytest.approx(1 / 41)
    assert _found(data, plan)["rows_against_events"].message.params["by_rows"] == 0.6


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
    assert "changing_balance" in _found(data, plan)


def test_contradictory_labels_are_counted_and_the_first_can_be_kept():
    data, plan = table(["가나", "다라", "가나", "마바"], ["승", "패", "패", "승"])
    finding = _found(data, plan)["contradictory_outcomes"]
    assert finding.rows == (1, 3)
    assert finding.message.params == {"texts": 1, "rows": 2}
    assert finding.action.plan.cleaning.contradictions == "first"


def test_an_event_with_two_returns_is_found():
    data, plan = table(news(4), [0.01, 0.01, 0.02, 0.03], [0, 0, 1, 1])
    finding = _found(data, plan)["uneven_events"]
    assert (finding.rows, finding.message.params["count"]) == ((3, 4), 1)


@pytest.mark.parametrize(
    ("exchange", "horizon", "found"), [("XKRX", 1, True), ("XNYS", 1, False), ("XKRX", 5, False)]
)
def test_returns_beyond_the_daily_limit_are_found(exchange, horizon, found):
    data, plan = _balanced(target=[0.01, -0.3, 0.3, 0.9] * 30)
    plan = replace(plan, exchange=Exchange(exchange), target=TargetRule(horizon=horizon))
    finding = _found(data, plan).get("beyond_limit")
    assert (finding is not None) is found
    assert not found or finding.rows == tuple(range(4, 121, 4))


# features


def test_constant_empty_and_missing_features_are_found_and_can_be_left_out():
    some = np.where(np.arange(120) < 10, np.nan, np.arange(120))
    most = np.where(np.arange(120) < 80, np.nan, np.arange(120))
    features = {"one": [3.0] * 120, "none": [np.nan] * 120, "some": some, "most": most}
    data, plan = _balanced(features=features)
    found = _found(data, plan)
    for name in ("constant_feature:one", "empty_feature:none", "missing_feature:most"):
        assert found[name].level == "warning"
        assert found[name].action.plan == plan.without_feature(name.split(":")[1])
    assert (found["missing_feature:some"].level, found["missing_feature:some"].rows) == (
        "info",
        tuple(range(1, 11)),
    )


def test_a_feature_in_disguise_is_serious_and_can_be_left_out():
    target = np.random.default_rng(0).normal(0, 0.02, 120)
    data, plan = _balanced(target=target.tolist(), features={"가격": target * 2 + 1})
    finding = _found(data, plan)["disguised_target:가격"]
    assert finding.level == "serious"
    assert finding.action.plan.roles.numeric == ()


def test_columns_are_described_by_kind():
    data, plan = _balanced(features={"RSI": np.r_[np.nan, np.arange(119.0)]}, press=["가"] * 60 + [None] * 60)
    columns = quality_report(data, plan).columns.set_index("kind")
    assert columns.loc["press", "missing"] == 60
    assert columns.loc["feature", ["column", "missing", "lowest", "highest"]].tolist() == [
        "RSI",
        1,
        0.0,
        118.0,
    ]


# the report as a whole


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
        _problem(code, row)
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
    data, _plan = table(news(3), problems=(_problem("no_headline", 1),))
    data.frame.loc[0, "press"] = "가"
    data = replace(data, roles=replace(data.roles, press="언론사"))
    assert _found(data, Plan(data.roles))["no_outlet"].rows == (3, 4)


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
        quality_report(*_balanced(), report=report)


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
