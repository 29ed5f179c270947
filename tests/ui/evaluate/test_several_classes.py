"""Every tab of a run of three classes: one class at a time, and nothing said of it that holds of two alone."""

import json
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data.library import save_dataset
from core.train.models import forest
from core.train.pipeline import train
from core.train.runs import save_run
from core.train.settings import TrainSettings
from core.ui.theme import LIGHT
from tests.makers.apps import texts
from tests.makers.train_tables import three_classes

CLASSES = ("부정", "중립", "긍정")


@pytest.fixture(scope="module")
def made():
    """A table of three classes that go from down to up, and a run of it."""
    dataset, vectors = three_classes()
    dataset = replace(dataset, id="0123456789abcdef")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 25)
        return dataset, train(dataset, vectors, TrainSettings())


def _pictures(run_id):
    from core.data.library import load_dataset
    from core.train.runs import load_run
    from core.ui.evaluate import decision_threshold, performance, reliability, scores, slices

    run = load_run(run_id)
    data = load_dataset(run.dataset_id)
    scores.score_chart(run, data)
    for draw in (
        performance.pictures,
        reliability.calibration,
        decision_threshold.threshold,
        slices.by_slice,
    ):
        draw(run, data)


@pytest.fixture
def opened(made, tmp_path, monkeypatch):
    """What the tabs draw of the run, of the class that the URL named."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    dataset, run = made
    save_dataset(dataset)
    save_run(run)

    def drawn(label, language="en"):
        app = AppTest.from_function(_pictures, kwargs={"run_id": run.id}, default_timeout=120)
        app.session_state["language"] = language
        app.session_state["chosen_class"] = label
        app.run()
        assert not app.exception
        assert not app.error
        return app

    return drawn


def _charts(app):
    return {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def _selectors(app):
    return [control for control in app.segmented_control if control.label in ("Class", "클래스")]


@pytest.mark.parametrize("label", CLASSES)
def test_the_class_of_the_url_is_the_one_that_is_drawn_and_named(opened, made, label):
    app = opened(label)
    assert all(control.value == label for control in _selectors(app))
    charts = _charts(app)
    assert f"{label} against the rest" in charts["chart-roc"]["layout"]["title"]["text"]
    assert label in charts["chart-calibration"]["layout"]["xaxis"]["title"]["text"]
    assert texts(app).count(f"“{label}” against all other classes.") == 2
    share = float(np.mean(made[1].predictions.test.outcome == made[1].classes.index(label)))
    assert f"{share:.0%} came true" in texts(app)


def test_another_class_chosen_at_one_picture_is_shown_by_all_and_kept_in_the_url(opened):
    app = opened("긍정")
    _selectors(app)[1].set_value("부정").run()
    assert not app.exception
    assert [control.value for control in _selectors(app)] == ["부정"] * 3
    assert app.query_params["class"] in ("부정", ["부정"])
    assert "부정 against the rest" in _charts(app)["chart-roc"]["layout"]["title"]["text"]


@pytest.mark.parametrize(
    ("label", "colour"), [("긍정", LIGHT.high), ("부정", LIGHT.low), ("중립", LIGHT.muted)]
)
def test_a_class_has_its_colour(opened, label, colour):
    charts = _charts(opened(label))
    assert charts["chart-calibration"]["data"][1]["marker"]["color"] == colour


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_score_is_called_a_mean_over_classes(opened, language):
    app = opened("긍정", language)
    word = "mean over classes" if language == "en" else "클래스 평균"
    assert word in _charts(app)["chart-scores"]["layout"]["xaxis"]["title"]["text"]
    assert "부류" not in texts(app)
