"""How deep the explain page goes: topics, and how steady the bars are."""

import json

import numpy as np
import pytest

from core.data.library import load_dataset
from core.explain import saved_stability, stability_of
from core.maps import Topics
from core.train.runs import load_run, run_folder
from core.ui import topics as ui_topics
from tests.makers.apps import open_page, texts

EVIL = '<img src=x onerror="alert(1)"> $x$ **b**'


def charts(app):
    return {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def tables(app):
    return {frame.key: frame.value for frame in app.dataframe}


def headlines_below(app):
    (found,) = [
        frame.value for frame in app.dataframe if "headline" in frame.value and "prediction" in frame.value
    ]
    return found


@pytest.fixture
def two_topics(small_lab, monkeypatch):
    rows = len(load_dataset(small_lab.dataset))
    made = Topics(np.arange(rows) % 2, ((EVIL, "실적"), ("급락",)), ((0,), (1,)), 0.6)
    monkeypatch.setattr(ui_topics, "saved_topics", lambda *_: (True, made))
    return small_lab


def open_topics(lab, language="en"):
    app = open_page("explain", language, **lab.link)
    depth = app.segmented_control(key="explain-section")
    depth.set_value(depth.options[1]).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("language", ["en", "ko"])
def test_topics_stand_by_contribution_with_their_intervals_and_events(two_topics, language):
    app = open_topics(two_topics, language)
    chart = charts(app)[f"chart-topics-{two_topics.run}"]
    sizes = np.abs(chart["data"][0]["x"])
    assert (np.diff(sizes) <= 0).all()
    assert len(chart["data"][0]["error_x"]["array"]) == 2
    assert len(tables(app)[f"explained-topics-{two_topics.run}-2"]) == 2
    assert "0.60" in texts(app)


def test_a_keyword_that_is_code_is_shown_as_typed(two_topics):
    app = open_topics(two_topics)
    names = charts(app)[f"chart-topics-{two_topics.run}"]["data"][0]["y"]
    assert any("&lt;img" in name for name in names)
    assert not any("<img" in name for name in names)
    assert "<img" not in "".join(
        markdown.value for markdown in app.markdown if "topic" in markdown.value
    ).replace("\\<", "")


def test_the_chosen_topic_s_headlines_stand_below(two_topics):
    app = open_topics(two_topics)
    key = f"explained-topics-{two_topics.run}-2"
    data = load_dataset(two_topics.dataset)
    first = headlines_below(app)
    app.session_state[key] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    app.run()
    second = headlines_below(app)
    parities = [set((frame["row"] - data.frame["row"].iloc[0]) % 2) for frame in (first, second)]
    assert len(parities[0]) == len(parities[1]) == 1
    assert parities[0] != parities[1]


def test_topics_are_offered_before_they_are_found(small_lab, monkeypatch):
    monkeypatch.setattr(
        ui_topics, "saved_topics", lambda *_: (False, None)
    )  # another test may have found them
    app = open_topics(small_lab)
    assert "Find the topics" in [button.label for button in app.button]


def test_that_there_are_none_is_said(small_lab, monkeypatch):
    monkeypatch.setattr(ui_topics, "saved_topics", lambda *_: (True, None))
    assert "no topics" in texts(open_topics(small_lab))


@pytest.mark.slow
def test_refits_are_offered_and_then_drawn_as_lines(small_lab):
    app = open_page("explain", **small_lab.link)
    assert "Refit" in [button.label for button in app.button]
    assert charts(app)["chart-importance"]["data"][0]["error_x"]["visible"] is False
    run = load_run(small_lab.run)
    made = stability_of(run, load_dataset(small_lab.dataset), None)
    try:
        assert saved_stability(run) is not None
        app.run()
        assert not app.exception
        assert "Refit" not in [button.label for button in app.button]
        assert f"of {made.folds + made.seeds} refits" in texts(app)
        bars = charts(app)["chart-importance"]["data"][0]
        assert len(bars["error_x"]["array"]) == len(bars["x"])
    finally:
        (run_folder(run.id) / "stability.npz").unlink()
