"""What a reader chooses to look at on the maps page."""

import json

import numpy as np
import pytest

from core.data.library import load_dataset
from core.maps import MapSettings, Topics
from core.ui.maps import filtering
from core.ui.maps.filtering import filter_form
from core.ui.maps.picture import timeline
from core.ui.maps.picture.colouring import COLOURINGS, Shown
from core.ui.maps.picture.draw import Drawn
from core.ui.theme import LIGHT
from tests.makers.apps import open_page, texts
from tests.makers.train_tables import make_dataset


@pytest.fixture
def link(small_lab):
    return small_lab.link | {"encoder": small_lab.encoder, "pooling": "mean"}


def _specs(app):
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_map_is_turned_filtered_and_set_beside_another(link, language):
    app = open_page("maps", language, **link)
    assert not app.exception
    app.segmented_control(key="map-dimensions").set_value(3).run()
    assert not app.exception
    assert _specs(app)[0]["data"][0]["type"] == "scatter3d"
    app.segmented_control(key="map-dimensions").set_value(2).run()
    (outlets,) = [one for one in app.multiselect if one.key.startswith("map-press")]
    outlets.set_value([outlets.options[0].rpartition(" (")[0]]).run()
    assert not app.exception
    (spec,) = _specs(app)
    drawn = sum(len(trace["text"]) for trace in spec["data"])
    assert 5 <= drawn < 60
    assert f"{drawn:,}" in texts(app)
    (beside,) = [one for one in app.selectbox if one.key.startswith("map-beside")]
    beside.select_index(1).run()
    assert not app.exception
    both = _specs(app)
    assert [sum(len(trace["text"]) for trace in spec["data"]) for spec in both] == [drawn, drawn]
    assert both[0]["layout"]["title"]["text"] != both[1]["layout"]["title"]["text"]


def test_fewer_than_five_headlines_are_no_map_and_one_sentence_says_so(link):
    app = open_page("maps", **link)
    (period,) = [one for one in app.slider if one.key.startswith("map-period")]
    first = load_dataset(link["dataset"]).frame["session"].min().date()
    period.set_range(first, first).run()
    assert not app.exception
    (error,) = app.error
    assert "at least 5 different headlines; there are 3" in error.value.replace("\\", "")
    assert not app.get("plotly_chart")


def test_a_method_brings_its_own_settings_and_no_others(link):
    app = open_page("maps", **link)
    keys = {"map-neighbours", "map-min-dist", "map-perplexity", "map-seed"}

    def offered():
        return {one.key for one in (*app.slider, *app.number_input)} & keys

    assert offered() == set()
    app.segmented_control(key="map-method").set_value("umap").run()
    assert offered() == {"map-neighbours", "map-min-dist", "map-seed"}
    app.segmented_control(key="map-method").set_value("tsne").run()
    assert offered() == {"map-perplexity", "map-seed"}
    assert not app.exception


@pytest.fixture
def widgets(monkeypatch):
    """Let each widget of the filter return what `chosen` says by its key's beginning."""
    chosen = {}

    def answer(key, otherwise):
        return next((value for start, value in chosen.items() if key.startswith(start)), otherwise)

    monkeypatch.setattr(filtering.st, "multiselect", lambda label, options, key, **more: answer(key, []))
    monkeypatch.setattr(
        filtering.st, "segmented_control", lambda label, options, key, **more: answer(key, True)
    )
    monkeypatch.setattr(filtering.st, "slider", lambda label, low, high, ends, key, **more: answer(key, ends))
    monkeypatch.setattr(filtering, "sealed_rows", lambda data: np.array([5]))
    monkeypatch.setattr(filtering, "class_name", str)
    return chosen


def _table():
    data = make_dataset([0.01, -0.01, 0.02, np.nan, -0.02, 0.03], np.array([0, 1, 2, 40, -1, 41]))
    data.frame["press"] = ["가", "나", None, "가", "나", "가"]
    data.frame["company"] = ["하나", "둘", "하나", "둘", "하나", "둘"]
    data.frame["headline"] = ["같다", "다르다", "같다", "셋", "넷", "다섯"]
    return data


@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        ({}, [0, 1, 2, 3, 4, 5]),
        ({"map-press": ["가"]}, [0, 3, 5]),
        ({"map-company": ["둘"]}, [1, 3, 5]),
        ({"map-class": ["승"]}, [0, 2]),  # row 5 has risen too, but that is sealed
        ({"map-topic": [1]}, [1, 3]),
        ({"map-press": ["가"], "map-company": ["둘"], "map-topic": [0]}, [5]),
    ],
)
def test_only_the_chosen_headlines_are_on_the_map(widgets, chosen, rows):
    widgets.update(chosen)
    topics = Topics(np.array([0, 1, 0, 1, 0, 0]), (("실적",), ("배당",)), ((0,), (1,)), 0.9)
    found, grouped = filter_form(_table(), topics)
    assert found.tolist() == rows
    assert grouped


def test_a_period_leaves_out_what_has_no_session(widgets):
    days = _table().frame["session"].dropna().dt.date
    widgets["map-period"] = (days.min(), sorted(days)[2])
    assert filter_form(_table(), None)[0].tolist() == [0, 1, 2]


def test_where_no_headline_is_repeated_there_is_nothing_to_choose(widgets):
    data = make_dataset(np.zeros(3), np.arange(3))
    widgets["map-repeats"] = pytest.fail
    assert filter_form(data, None)[1] is False


@pytest.fixture
def played(monkeypatch):
    made = {}
    for room in ("timeline", "colouring", "scales", "axes"):
        monkeypatch.setattr(f"core.ui.maps.picture.{room}.palette", lambda: LIGHT)
    for room in ("timeline", "colouring", "axes"):
        monkeypatch.setattr(f"core.ui.maps.picture.{room}._", lambda text, **params: text.format(**params))
    monkeypatch.setattr("core.ui.maps.picture.points.day", str)
    monkeypatch.setattr("core.ui.maps.picture.points._", lambda text, **params: text.format(**params))

    def show(figure, title, key, note, *height, **options):
        made.update(figure=figure, note=note)

    monkeypatch.setattr(timeline, "show", show)
    monkeypatch.setattr(timeline, "language", lambda: "ko")
    return made


def test_each_headline_is_sent_once_for_its_month(played):
    data = make_dataset(np.linspace(-0.02, 0.02, 90), np.append(np.arange(89), -1), name="played")
    data.frame["headline"] = [f"<b>{number}" for number in range(90)]
    at = np.random.default_rng(0).normal(size=(90, 2)).astype(np.float32)
    rows = np.arange(90)
    assert timeline.has_months(data, rows)
    made = Drawn(Shown(data, None, np.arange(0)), COLOURINGS["target"], at, rows, None, ("played",))
    timeline.play(made, MapSettings())
    figure = played["figure"]
    assert [frame.name for frame in figure.frames] == ["2024-01", "2024-02", "2024-03"]
    assert [len(frame.data[0].x) for frame in figure.frames] == [31, 29, 29]
    assert all(frame.traces == (len(figure.data) - 1,) for frame in figure.frames)
    assert len(figure.data[0].x) == 90  # the ground, and it says nothing
    assert figure.data[0].text is None
    assert [step.label for step in figure.layout.sliders[0].steps] == [
        "2024년 1월",
        "2024년 2월",
        "2024년 3월",
    ]
    assert figure.frames[0].data[0].text[0].startswith("<b>&lt;b&gt;0</b>")
    assert "90 rows in 3 months" in played["note"]


def test_one_month_is_not_played():
    data = make_dataset(np.zeros(40), np.arange(40))
    assert not timeline.has_months(data, np.arange(20))
    assert timeline.has_months(data, np.arange(40))
    assert not timeline.has_months(make_dataset(np.zeros(3)), np.arange(3))
