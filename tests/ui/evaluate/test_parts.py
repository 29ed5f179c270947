import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from core.data.library import load_dataset
from core.evaluate.bootstrap import Interval
from core.evaluate.decision_threshold import threshold_costs
from core.evaluate.slices import MISSING, OTHER, Slice, SliceReport
from core.train.runs import load_run

SCRIPT = """
import streamlit as st
from core.data.library import load_dataset
from core.train.runs import load_run
from core.ui.predict import answer
from core.ui.evaluate import (
    backtest, ceiling, coverage, decision_threshold, event_study, ic_decay, information_coefficient, performance,
    reliability, slices
)

part = {part}
run, data = load_run({run!r}), load_dataset({dataset!r})
{change}
part(run, data)
"""
PARTS = (
    "reliability.calibration",
    "decision_threshold.threshold",
    "coverage.intervals",
    "backtest.portfolio",
    "information_coefficient.by_session",
    "slices.by_slice",
    "ceiling.ceiling",
    "ic_decay.decay",
    "event_study.around",
    "performance.pictures",
)


def _draw(lab, part: str, task: str, language: str = "en", change: str = "") -> AppTest:
    app = AppTest.from_string(
        SCRIPT.format(part=part, run=lab.runs[task], dataset=lab.dataset, change=change), default_timeout=120
    )
    app.session_state["language"] = language
    return app.run()


def _texts(app: AppTest) -> list[str]:
    return [e.value for e in (*app.markdown, *app.caption, *app.info, *app.warning, *app.error)]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("task", ["classify", "regress"])
@pytest.mark.parametrize("part", PARTS)
def test_a_part_draws_or_says_why_not(lab, part, task, language):
    app = _draw(lab, part, task, language)
    assert not app.exception
    assert not app.error
    assert any(_texts(app))


def test_the_threshold_starts_where_it_was_not_picked_on_the_test_and_follows_the_costs(lab):
    app = _draw(lab, "decision_threshold.threshold", "classify")
    run, data = load_run(lab.runs["classify"]), load_dataset(lab.dataset)
    assert (
        threshold_costs(run.predictions, data, run.settings.evaluation).fair
        == app.select_slider[0].value
        == 0.5
    )
    app.number_input(key="cost-miss").set_value(20.0).run()
    fair = threshold_costs(run.predictions, data, run.settings.evaluation, 1.0, 20.0).fair
    assert app.select_slider[0].value == pytest.approx(fair, abs=0.005)
    assert not app.exception


def test_moving_the_threshold_changes_the_calls_in_words(lab):
    app = _draw(lab, "decision_threshold.threshold", "classify")
    app.select_slider[0].set_value(0.0).run()
    rows = load_run(lab.runs["classify"]).split.test_rows
    assert any(f"calls {rows} of {rows}" in text for text in _texts(app))
    app.select_slider[0].set_value(1.0).run()
    assert any("nothing is called" in text for text in _texts(app))


def test_two_costs_of_nothing_get_one_sentence(lab):
    app = _draw(lab, "decision_threshold.threshold", "classify")
    app.number_input(key="cost-miss").set_value(0.0)
    app.number_input(key="cost-false-alarm").set_value(0.0).run()
    assert not app.exception
    assert [error.value for error in app.error] == [
        "A cost must be a number of 0 or more, and at least one of the two above 0."
    ]


def _mean_a_year(app: AppTest) -> float:
    table = app.dataframe[0].value
    return float(table["following the predictions"][0].split("%")[0])


def test_a_higher_cost_takes_more_from_the_portfolio(lab):
    app = _draw(lab, "backtest.portfolio", "regress")
    app.number_input(key="cost-bp").set_value(0.0).run()
    free = _mean_a_year(app)
    app.number_input(key="cost-bp").set_value(50.0).run()
    assert _mean_a_year(app) < free
    assert not app.exception


def test_the_switches_of_the_portfolio_change_its_rule_in_words(lab):
    app = _draw(lab, "backtest.portfolio", "regress")
    assert any("sell the" in text for text in _texts(app))
    app.toggle(key="backtest-shorts").set_value(False).run()
    assert any("sell nothing short" in text for text in _texts(app))
    app.toggle(key="backtest-limits").set_value(True).run()
    assert not app.exception


def test_the_backtest_warns_that_it_is_no_trading_record(lab):
    assert any(
        "not a trading record" in warning.value
        for warning in _draw(lab, "backtest.portfolio", "regress").warning
    )


def test_the_intervals_of_a_run_without_folds_ask_for_folds(lab):
    assert any(
        "train with walk-forward folds" in info.value
        for info in _draw(lab, "coverage.intervals", "regress").info
    )


def test_the_intervals_of_a_run_with_folds_are_drawn_with_their_width(lab):
    app = _draw(lab, "coverage.intervals", "regress", change=WALKED)
    assert not app.exception
    assert any("prediction ±" in markdown.value for markdown in app.markdown)
    app.segmented_control(key="interval-level").set_value(0.8).run()
    assert any("promise 80" in markdown.value for markdown in app.markdown)


def test_a_predicted_return_says_how_far_off_it_has_been(lab):
    app = _draw(lab, "answer.hero", "regress", change=WALKED + BRACKETS)
    assert not app.exception
    assert any("The brackets are to hold the return in" in caption.value for caption in app.caption)
    for task in ("regress", "classify"):  # of a run without folds, and of classes
        app = _draw(lab, "answer.hero", task, change=BRACKETS)
        assert not app.exception
        assert not app.caption


BRACKETS = """
def part(run, data):
    answer._brackets(run, data)
"""
WALKED = """
from dataclasses import replace
import numpy as np
frame = data.frame[data.frame["target"].notna() & data.frame["session"].notna()]
fold = (frame["session"] < frame["session"].quantile(0.6)).astype(int)
from core.evaluate.predictions import Predictions
class Parts:
    predictions = Predictions(
        frame[["row", "session", "company"]].assign(fold=fold, outcome=frame["target"], mean=0.0))
run = replace(run, id=run.id + "-walked", parts=Parts(), settings=replace(run.settings, folds=1))
"""


def _made_up_slices(predictions, data, settings):
    kept = (
        Slice("press", "가_일보", 100, 20, Interval(0.8, 0.7, 0.9), 0.3, 0.001, True),
        Slice("press", OTHER, 90, 20, Interval(0.4, 0.3, 0.5), -0.3, 0.001, True),
        Slice("press", MISSING, 3, 2, Interval(1.0, 1.0, 1.0), 0.4),
    )
    return SliceReport("auc", Interval(0.6, 0.5, 0.7), kept, 193, False)


def test_slices_are_named_in_the_readers_language_and_flagged_in_words(lab, monkeypatch):
    monkeypatch.setattr("core.ui.evaluate.slices.slice_report", _made_up_slices)
    app = _draw(lab, "slices.by_slice", "classify")
    assert not app.exception
    texts = " ".join(_texts(app))
    assert "Better than on the rest: 가\\_일보." in texts
    assert "Worse than on the rest: all others." in texts
    assert "Too small to be judged" in texts
    assert "not known" in texts
    table = app.dataframe[0].value
    assert table["remark"].tolist() == ["better than the rest", "worse than the rest", "–"]
    assert not re.search("<other>|<missing>", table.to_string() + texts)


def test_a_slice_of_few_rows_or_without_width_is_not_judged():
    score = Interval(0.6, 0.5, 0.7)
    made = (
        Slice("press", "a", 10, 6, score),
        Slice("press", "b", 9, 6, score),
        Slice("press", "c", 10, 5, score),
        Slice("press", "d", 10, 6, Interval(1.0, 1.0, 1.0)),
        Slice("month", "2024-01", 10, 6, score),
    )
    large, small = SliceReport("auc", score, made, 49, False).of("press")
    assert ([m.label for m in large], [m.label for m in small]) == (["a"], ["b", "c", "d"])


UNDATED = """
from dataclasses import replace
import pandas as pd
data = replace(data, frame=data.frame.assign(session=pd.to_datetime(pd.Series(pd.NaT, data.frame.index))))
"""


def test_a_ceiling_without_dates_asks_for_no_sessions(lab):
    app = _draw(lab, "ceiling.ceiling", "classify", change=UNDATED)
    assert not app.exception
    assert [info.value for info in app.info] == [
        "How high a model could reach is read from headlines that returned in other sessions: this table has no dates."
    ]


def test_each_chart_has_one_note_and_its_method_in_a_fold(lab):
    app = _draw(lab, "reliability.calibration", "classify")
    assert not app.caption or all("score test" not in caption.value for caption in app.caption)
    assert [fold.label for fold in app.expander] == ["Details"]
    assert "score test of intercept and slope" in app.expander[0].markdown[0].value


def test_profit_is_drawn_with_its_band(lab, monkeypatch):
    monkeypatch.setattr("core.evaluate.verdict.Evidence.enough", property(lambda self: True))
    app = _draw(lab, "backtest.portfolio", "regress")
    (chart,) = [chart for chart in app.get("plotly_chart") if chart.key == "chart-portfolio"]
    traces = json.loads(chart.proto.spec)["data"]
    assert sum(trace.get("fill") == "toself" for trace in traces) == 1


def test_the_bars_of_the_fifths_carry_their_value_their_number_and_a_line(lab):
    app = _draw(lab, "performance.pictures", "regress")
    (chart,) = [chart for chart in app.get("plotly_chart") if chart.key == "chart-fifths"]
    (bars,) = json.loads(chart.proto.spec)["data"]
    assert all("n=" in label and "%" in label for label in bars["x"])
    assert all(low > 0 for low in bars["error_y"]["arrayminus"])
