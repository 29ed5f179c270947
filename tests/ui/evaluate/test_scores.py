"""The scores of a run as its page draws them, of made-up scores: which rows, which numbers, which words."""

import json
import math
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.data.library import load_dataset
from core.evaluate.bootstrap import Interval
from core.evaluate.metrics import METRICS
from core.evaluate.verdict import Evidence
from core.train.runs import load_run
from core.ui.evaluate import scores

ROWS = {"mean": 0.60, "rf": 0.58, "xgb": 0.61, "lgbm": 0.57, "rank_mean": 0.60}
BASELINES = {"majority": 0.5, "table_only": 0.55, "outlet_only": 0.52, "tfidf_linear": 0.56}


def _made(values):
    return {
        name: {
            metric: Interval(value, value - 0.05, value + 0.05)
            if METRICS[metric].has_interval
            else Interval(value, math.nan, math.nan)
            for metric in ("auc", "balanced_accuracy", "log_loss", "ece", "mcc")
        }
        for name, value in values.items()
    }


def _draw():
    from tests.ui.evaluate import test_scores as here

    here.DRAWN()


DRAWN = None


def drawn(monkeypatch, what, language="en") -> AppTest:
    monkeypatch.setattr("tests.ui.evaluate.test_scores.DRAWN", what)
    app = AppTest.from_function(_draw, default_timeout=60)
    app.session_state["language"] = language
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def run(small_lab):
    made = load_run(small_lab.run)
    return replace(made, scores=_made(ROWS), baselines=_made(BASELINES), evidence=Evidence(20, sessions=20))


@pytest.fixture
def data(small_lab):
    return load_dataset(small_lab.dataset)


def _chart(app):
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def _rows(app):
    return [trace["y"][0] for trace in _chart(app)["data"]]


def _words(app):
    return [note["text"] for note in _chart(app)["layout"]["annotations"]]


def test_four_rows_by_default_and_all_by_one_toggle(run, data, monkeypatch):
    app = drawn(monkeypatch, lambda: scores.score_chart(run, data))
    names = _rows(app)
    assert len(names) == 4
    assert names[0] == "Mean of the models"
    assert "best single model" in names[1]
    assert "XGBoost" in names[1]  # the best of the three
    assert "strongest baseline" in names[3]
    assert "Characters" in names[3]
    app.toggle[0].set_value(True).run()
    assert len(_rows(app)) == len(ROWS) + len(BASELINES)


def test_values_stand_at_the_dots_their_ends_below_and_chance_has_a_word(run, data, monkeypatch):
    words = _words(drawn(monkeypatch, lambda: scores.score_chart(run, data)))
    assert "<b>0.600</b>" in words
    assert {"0.550", "0.650"} <= set(words)
    assert "chance 0.5" in words


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_test_of_few_blocks_is_drawn_faint_and_its_intervals_are_not_written(
    run, data, monkeypatch, language
):
    short = replace(run, evidence=Evidence(5, sessions=5))
    app = drawn(monkeypatch, lambda: scores.score_chart(short, data), language)
    assert all(trace["marker"]["opacity"] < 1 for trace in _chart(app)["data"])
    said = "too short a test for a verdict" if language == "en" else "판단하기에는 시험이 짧음"
    assert said in _words(app)
    app = drawn(monkeypatch, lambda: scores.score_table(short))
    assert not any("[" in cell for cell in app.dataframe[0].value["ROC AUC"])
    assert any("intervals are left out" in caption.value for caption in app.caption)


def test_the_table_has_the_main_metrics_and_a_fold_the_others(run, monkeypatch):
    app = drawn(monkeypatch, lambda: scores.score_table(run))
    first, rest = (table.value for table in app.dataframe)
    assert list(first.columns) == [
        "model",
        "ROC AUC",
        "Balanced accuracy",
        "Log loss",
        "Calibration error (ECE)",
    ]
    assert "Matthews correlation (MCC)" in rest.columns
    assert first["ROC AUC"][0] == "0.600 [0.550, 0.650]"
    assert first["Calibration error (ECE)"][0] == "0.600"  # it has no interval


def test_a_run_without_models_of_its_own_shows_all_rows(run, data, monkeypatch):
    brought = replace(run, sizes={})
    app = drawn(monkeypatch, lambda: scores.score_chart(brought, data))
    assert not app.toggle
    assert len(_rows(app)) == len(ROWS) + len(BASELINES)
