"""The explain page's parts."""

import json

from streamlit.testing.v1 import AppTest

from core.ui.text import hover
from tests.makers.apps import open_page


def _explained(run, feature):
    import numpy as np

    from core.explain.contributions import Contributions
    from core.train.runs import load_run
    from core.ui import explain

    models = ("rf", "xgb", "lgbm", "mean")
    values = {name: np.array([[0.2, 0.1], [0.3, -0.1]]) for name in models}
    base, prediction = dict.fromkeys(models, 0.5), dict.fromkeys(models, np.array([0.8, 0.7]))
    found = Contributions(("feature." + feature, "press"), values, base, prediction, np.arange(2), None)
    explain.answer(load_run(run), found)
    explain.importance_chart(load_run(run), found)
    explain.waterfall(load_run(run), found, 0, "chart-row", "a row")
    explain.member_table(load_run(run), found, 0)


def test_a_feature_with_an_odd_name_is_shown_as_it_is_called(small_lab):
    name = "P&L <b>후</b> 한 줄에는 다 들어가지 않는 몹시도 길고 긴 이름의 특징"
    asked = {"run": small_lab.run, "feature": name}
    app = AppTest.from_function(_explained, kwargs=asked, default_timeout=60)
    app.session_state["language"] = "en"
    app.run()
    assert not app.exception
    assert name in app.subheader[0].value.replace("\\", "")
    assert name in app.dataframe[0].value.columns
    charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    assert len(charts) == 2
    assert all(
        hover(name) in trace["y"] for chart in charts for trace in chart["data"] if trace["type"] != "scatter"
    )


def test_every_model_of_the_run_has_a_bar_in_its_colour_and_a_row(small_lab):
    app = open_page("explain", **small_lab.link)
    assert not app.exception
    charts = {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}
    bars = charts["chart-importance"]["data"]
    assert [bar["name"] for bar in bars][1:] == ["Random forest", "XGBoost", "LightGBM"]
    assert [bar["marker"]["color"] for bar in bars] == ["#0f766e", "#4477AA", "#EE7733", "#AA3377"]
    assert len(app.dataframe[-1].value) == len(bars)
