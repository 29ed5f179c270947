"""The clusters of a map: named on it, listed below it with what happened after each, and offered where there are none."""

import json

import numpy as np
import pytest

from core.data.library import load_dataset
from core.maps import Topics
from core.ui import topics as ui_topics
from core.ui.maps.clusters import labels
from tests.makers.apps import open_page, texts

EVIL = '<img src=x onerror="alert(1)"> $x$ **b**'


def listed(app):
    (found,) = [frame.value for frame in app.dataframe if "topic" in frame.value]
    return found


@pytest.fixture
def two_topics(small_lab, monkeypatch):
    rows = len(load_dataset(small_lab.dataset))
    made = Topics(np.arange(rows) % 2, ((EVIL, "실적"), ("급락",)), ((0, 2), (1,)), 0.6)
    monkeypatch.setattr(ui_topics, "load_topics", lambda _key: (True, made))
    return small_lab


@pytest.fixture
def link(small_lab):
    return small_lab.link | {"encoder": small_lab.encoder, "pooling": "mean"}


def test_topics_are_listed_with_size_events_and_what_happened(two_topics, link):
    app = open_page("maps", **link)
    assert not app.exception
    table = listed(app)
    assert table["rows"].tolist() == [30, 30]
    assert table["events"].tolist() == [20, 20]
    assert table["mean return"].str.contains(r"\[").all()
    assert "soft" in texts(app)
    typical = [frame.value for frame in app.dataframe if "headline" in frame.value][-1]
    assert typical["row"].tolist() == load_dataset(two_topics.dataset).frame["row"].iloc[[0, 2]].tolist()


def test_names_stand_on_the_map_and_code_in_them_is_shown_as_typed(two_topics, link):
    app = open_page("maps", **link)
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    written = [note["text"] for note in spec["layout"]["annotations"]]
    assert any("급락" in text for text in written)
    assert not any("<img" in text for text in written)


def test_topics_are_offered_where_nobody_has_looked_for_them(link, monkeypatch):
    monkeypatch.setattr(ui_topics, "load_topics", lambda _key: (False, None))
    app = open_page("maps", **link)
    assert "Find the topics" in [button.label for button in app.button]


def test_a_topic_that_is_not_on_the_map_has_no_name():
    topics = Topics(np.array([0, 0, 1]), (("가",), ("나",)), ((0,), (2,)), 1.0)
    places = np.array([[0.0, 0.0], [1.0, 1.0]])
    assert [label.text for label in labels(topics, places, np.array([0, 1]))] == ["가"]
    assert labels(None, places, np.array([0, 1])) == []


def test_outcomes_are_those_of_the_topics_shown_whatever_was_shown_before(link, small_lab, monkeypatch):
    rows = len(load_dataset(small_lab.dataset))
    for count in (2, 3):
        made = Topics(np.arange(rows) % count, (("말",),) * count, ((0,),) * count, 1.0)
        monkeypatch.setattr(ui_topics, "load_topics", lambda _key, made=made: (True, made))
        app = open_page("maps", **link)
        assert not app.exception
        assert len(listed(app)) == count
