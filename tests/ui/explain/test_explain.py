"""The explain page: what moves the predictions, the rows, and the waterfall of one."""

import json

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.data.library import load_dataset
from core.errors import UserError
from core.explain import explain_run
from core.explain.contributions import Contributions
from core.train.runs import load_run
from core.ui.explain.names import number, value_labels
from core.ui.text import hover
from tests.makers.apps import open_page, texts

MODELS = ["Random forest", "XGBoost", "LightGBM"]


def charts(app):
    return {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def tables(app):
    return {frame.key: frame.value for frame in app.dataframe}


def _explained(run, feature):
    import numpy as np

    from core.explain.contributions import Contributions
    from core.train.runs import load_run
    from core.ui import explain

    models = ("rf", "xgb", "lgbm", "mean")
    values = {name: np.array([[0.2, 0.1, 0, 0], [0.3, -0.1, 0, 0]]) for name in models}
    base, prediction = dict.fromkeys(models, 0.5), dict.fromkeys(models, np.array([0.8, 0.7]))
    groups = ("feature." + feature, "press", "feature.a", "feature.b")
    found = Contributions(groups, values, base, prediction, np.arange(2), "승")
    explain.answer(found)
    explain.importance_chart(load_run(run), found)
    explain.waterfall(found, 0, "chart-row", "a row", scale=(0.1, 0.9))
    explain.member_table(load_run(run), found, 0)


def test_a_feature_with_an_odd_name_is_shown_as_it_is_called(small_lab):
    name = "P&L <b>후</b> 한 줄에는 다 들어가지 않는 몹시도 길고 긴 이름의 특징"
    asked = {"run": small_lab.run, "feature": name}
    app = AppTest.from_function(_explained, kwargs=asked, default_timeout=60)
    app.session_state["language"] = "en"
    app.run()
    assert not app.exception
    assert name in app.main.subheader[0].value.replace("\\", "")
    assert name in app.dataframe[0].value.columns
    importance, row = charts(app).values()
    assert any(label.startswith(hover(name, 18)) for label in importance["data"][0]["y"])
    assert row["data"][0]["y"][0] == hover(name, 20)


def test_groups_that_move_nothing_are_folded_into_one_line_that_says_so(small_lab):
    app = AppTest.from_function(_explained, kwargs={"run": small_lab.run, "feature": "x"}, default_timeout=60)
    app.session_state["language"] = "en"
    app.run()
    steps = charts(app)["chart-row"]["data"][0]
    assert steps["y"] == ["x", "press outlet", "2 others"]
    assert steps["text"] == ["+20.0", "+10.0", "0"]


def test_the_ensemble_has_a_bar_and_every_model_a_dot_in_its_colour_and_a_row(small_lab):
    app = open_page("explain", **small_lab.link)
    assert not app.exception
    bar, *dots = charts(app)["chart-importance"]["data"]
    assert (bar["type"], bar["marker"]["color"]) == ("bar", "#0f766e")
    assert [dot["name"] for dot in dots] == MODELS
    assert [dot["marker"]["color"] for dot in dots] == ["#4477AA", "#EE7733", "#AA3377"]
    (models,) = [
        table for table in tables(app).values() if table.index.name is None and bar["name"] in table.index
    ]
    assert list(models.index) == [*MODELS, bar["name"]]


def test_the_values_stand_in_the_labels_and_the_explained_row_first_in_its_table(small_lab):
    app = open_page("explain", **small_lab.link)
    run, data = load_run(small_lab.run), load_dataset(small_lab.dataset)
    listed = tables(app)[f"explained-rows-{run.id}"]
    row = data.frame.set_index("row").loc[listed["row"].iloc[0]]
    assert list(listed.columns[:3]) == ["what happened", "probability of win", "headline"]
    assert {"session", "outlet", "company", "RSI", "거래량", "row"} <= set(listed.columns)
    labels = charts(app)["chart-waterfall"]["layout"]["yaxis"]["categoryarray"]
    assert f"RSI {number(row['feature.RSI'])}" in labels or any("others" in label for label in labels)
    assert not {"RSI", "거래량"} & set(labels)
    shown = texts(app)
    assert row["headline"] in shown
    assert row["press"] in shown
    assert f"row {listed['row'].iloc[0]}" in shown


def test_rows_are_listed_by_how_sure_the_ensemble_is(small_lab):
    app = open_page("explain", **small_lab.link)
    sure = np.abs(tables(app)[f"explained-rows-{small_lab.run}"]["probability of win"] - 50)
    assert (np.diff(sure) <= 0).all()


def test_another_row_is_explained_on_the_same_scale_and_leads_when_one_comes_back(small_lab):
    app = open_page("explain", **small_lab.link)
    first = charts(app)["chart-waterfall"]
    key = f"explained-rows-{small_lab.run}"
    before = tables(app)[key]["row"].tolist()
    app.session_state[key] = {"selection": {"rows": [3], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    other = charts(app)["chart-waterfall"]
    assert tables(app)[key]["row"].tolist() == before
    assert other["data"][0]["x"] != first["data"][0]["x"]
    # a forest adds up its trees in the order in which its threads end
    assert other["layout"]["xaxis"]["range"] == pytest.approx(first["layout"]["xaxis"]["range"], rel=1e-9)
    assert f"row {before[3]}" in texts(app)
    app.switch_page("pages/6_maps.py").run()
    app.switch_page("pages/5_explain.py").run()
    assert tables(app)[key]["row"].iloc[0] == before[3]
    assert f"row {before[3]}" in texts(app)


def test_a_run_of_returns_has_no_class_to_choose_and_no_probabilities(small_lab, monkeypatch):
    from core.ui.explain import row_table

    run, data = load_run(small_lab.run), load_dataset(small_lab.dataset)
    test = run.predictions.test
    table = test.table[["row", "session", "company", "fold"]].assign(outcome=-0.05, mean=-0.00001)
    listed, config = row_table.listed(
        type("Returns", (), {"classes": (), "preparation": run.preparation}),
        data,
        test.positions(data),
        type(test)(table),
        -1,
    )
    assert list(listed.columns[:2]) == ["what happened", "predicted return"]
    assert listed["what happened"].unique().tolist() == [-5.0]
    assert np.signbit(listed["predicted return"]).any() == False  # noqa: E712 - not "-0.00%"
    assert config["predicted return"]["type_config"]["format"] == "%+.2f%%"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ko"])
def test_of_three_classes_one_is_chosen_and_every_number_says_of_which(three, language):
    app = open_page("explain", language, **three)
    assert not app.exception
    assert app.segmented_control[0].options == ["부정", "중립", "긍정"]
    run = load_run(three["run"])
    for chosen in ("중립", "부정", "긍정"):
        app.segmented_control[0].set_value(chosen).run()
        assert not app.exception
        assert app.query_params["class"] in (chosen, [chosen])
        of_class = explain_run(run, load_dataset(three["dataset"]), None, explained=run.classes.index(chosen))
        ends = charts(app)["chart-waterfall"]["data"][1]
        assert ends["x"][0] == pytest.approx(of_class.base["mean"] * 100)
        assert chosen in charts(app)["chart-waterfall"]["layout"]["xaxis"]["title"]["text"]
        listed = tables(app)[f"explained-rows-{run.id}"]
        assert chosen in listed.columns[2]
        assert all(cell.split()[0] in run.classes for cell in listed.iloc[:, 1])
        assert chosen in app.main.subheader[0].value


def test_the_class_of_a_link_is_explained(three):
    app = open_page("explain", **three, **{"class": "중립"})
    assert app.segmented_control[0].value == "중립"
    assert "probability of 중립" in app.main.subheader[0].value


def test_another_class_keeps_the_row(three):
    app = open_page("explain", **three)
    key = f"explained-rows-{three['run']}"
    app.session_state[key] = {"selection": {"rows": [2], "columns": [], "cells": []}}
    app.run()
    row = tables(app)[key]["row"].iloc[2]
    app.segmented_control[0].set_value("부정").run()
    assert tables(app)[key]["row"].iloc[2] == row
    assert f"row {row}" in texts(app)


def test_every_class_of_a_row_has_its_probability_beside_it(three):
    app = open_page("explain", **three)
    said = next(text for text in texts(app).splitlines() if text.startswith("Predicted "))
    assert all(name in said for name in ("부정", "중립", "긍정"))
    assert said.count("%") == 3


def _apart(sealed, calibrated, explained):
    import pandas as pd
    import streamlit as st

    from core.evaluate.predictions import Predictions
    from core.ui.explain import rows

    class Run:
        classes = ("패", "승")
        settings = type("Settings", (), {"sealed": sealed})
        parts = type("Parts", (), {"calibrators": {"mean": 1} if calibrated else {}})

    row = {"row": [1], "session": [None], "company": [None], "fold": [0], "outcome": [1.0]}
    test = Predictions(pd.DataFrame(row | {"mean:패": [0.9], "mean:승": [0.1]}), Run.classes)
    st.caption(rows._apart(Run, explained, test, 1) or "nothing")


@pytest.mark.parametrize(
    ("sealed", "calibrated", "explained", "words"),
    [
        (True, False, 0.139, "14% is explained: what the final models say"),
        (False, True, 0.139, "calibration made 10% of it"),
        (False, True, 0.1, "nothing"),
        (False, False, 0.1, "nothing"),
    ],
)
def test_two_numbers_for_one_row_are_never_left_unsaid(sealed, calibrated, explained, words):
    asked = {"sealed": sealed, "calibrated": calibrated, "explained": explained}
    app = AppTest.from_function(_apart, kwargs=asked)
    app.session_state["language"] = "en"
    app.run()
    assert not app.exception
    assert words in texts(app)


def test_what_cannot_be_explained_ends_the_page_with_one_sentence(small_lab, monkeypatch):
    def refuse(*given, **asked):
        raise UserError("A file of the run is damaged.")

    monkeypatch.setattr("core.ui.explain.source.explain_run", refuse)
    import streamlit as st

    st.cache_resource.clear()
    app = open_page("explain", **small_lab.link)
    assert not app.exception
    assert [error.value for error in app.error] == ["A file of the run is damaged."]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (65.2, "65.2"),
        (70.0, "70"),
        (1.126, "1.13"),
        (0.00125, "0.00125"),
        (-0.0, "0"),
        (12345678.9, "12,345,679"),
        (float("nan"), "–"),
        (float("inf"), "–"),
    ],
)
def test_a_value_is_written_short(value, written):
    assert number(value) == written


def test_a_label_names_its_value_and_the_headline_has_none():
    groups = ("headline", "press", "clock", "RSI", "feature.press", "gone")
    made = Contributions(groups, {}, {}, {}, np.arange(1), None)
    labels = value_labels(made, {"RSI": 65.2, "press": 3.0}, "가나일보", pd.Timestamp("2024-01-02 09:05"))
    assert list(labels.values()) == [
        "headline",
        "press outlet 가나일보",
        "Hour and weekday 09:05",
        "RSI 65.2",
        "press 3",
        "gone",
    ]
