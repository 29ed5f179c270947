"""What a reader chooses to look at on the maps page."""

import base64
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
from core.ui.maps.picture.marks import Label, Mark
from core.ui.maps.view import Laid, View, show_view
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


def _places(trace):
    """Return where a trace's points lie."""
    x, y = (
        np.frombuffer(base64.b64decode(trace[name]["bdata"]), trace[name]["dtype"]).tolist() for name in "xy"
    )
    return list(zip(x, y, strict=True))


def _named(spec, start):
    return [trace for trace in spec["data"] if trace["name"].startswith(start)]


@pytest.mark.slow
def test_what_is_found_is_ringed_on_both_maps(link):
    app = open_page("maps", **link)
    word = load_dataset(link["dataset"]).headlines[7].split()[0]
    app.text_input(key="map-words").set_value(word)
    app.text_input(key="map-newcomer").set_value("새 제목")
    (beside,) = [one for one in app.selectbox if one.key.startswith("map-beside")]
    beside.select_index(1).run()
    assert not app.exception
    left, right = _specs(app)
    (rings,), (theirs,) = _named(left, "“"), _named(right, "“")
    assert rings["text"] == theirs["text"]
    known = {place for trace in right["data"] if trace is not theirs for place in _places(trace)}
    assert set(_places(theirs)) <= known
    assert _places(theirs) != _places(rings)
    assert (len(_named(left, "the new headline")), len(_named(right, "the new headline"))) == (1, 0)
    assert "The new headline is on the first map only." in texts(app)


def test_the_second_map_has_rings_and_names_in_its_own_places(monkeypatch):
    drawn, said = [], []

    def picture(data, places, *what, marks, labels, **more):
        drawn.append((marks, labels))
        return np.arange(0)

    rows = np.array([1, 3, 4, 8, 9])
    places = np.arange(10, dtype=float).reshape(5, 2)
    topics = Topics(np.zeros(10, int), (("실적",),), ((0,),), 0.9)
    view = View(
        make_dataset(np.zeros(10)), None, topics, MapSettings(), "target", -1, rows, True, False, ("b", "")
    )
    first, second = (Laid(at, ("laid",), at, MapSettings()) for at in (places, -places))
    for name, value in {
        "picture": picture,
        "vectors_beside": lambda data, space: places,
        "lay_out": lambda view, vectors, space: second,
        "space_name": str,
        "_": str,
    }.items():
        monkeypatch.setattr(f"core.ui.maps.view.{name}", value)
    monkeypatch.setattr("core.ui.maps.view.st.caption", said.append)
    monkeypatch.setattr(Laid, "say_trust", lambda laid: None)
    ring = Mark("found", places[[3, 1]], ["h", "d"], rows=np.array([8, 3]))
    star = Mark("the new headline", places[:1], ["n"], "star")
    show_view(view, first, [ring, star], [Label("실적", places[0])])
    (marks, labels), (theirs, names) = drawn
    assert (marks, [label.text for label in labels]) == ([ring, star], ["실적"])
    assert [(mark.places.tolist(), mark.texts) for mark in theirs] == [
        ((-places[[3, 1]]).tolist(), ["h", "d"])
    ]
    assert [(label.text, (label.place <= 0).all()) for label in names] == [("실적", True)]
    assert said[-1] == "The new headline is on the first map only."
    show_view(view, first, [ring])
    assert drawn[-1][1] == []
    assert said[-1] != "The new headline is on the first map only."


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
    for room in ("timeline", "colouring", "scales", "axes", "marks"):
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


def test_a_repeated_headline_is_played_in_each_of_its_months_though_the_map_has_it_once(played, monkeypatch):
    monkeypatch.setattr("core.ui.maps.picture.draw.palette", lambda: LIGHT)
    monkeypatch.setattr("core.ui.maps.picture.draw.language", lambda: "ko")
    monkeypatch.setattr("core.ui.maps.picture.draw.sealed_rows", lambda data: np.arange(0))
    monkeypatch.setattr(Laid, "say_trust", lambda laid: None)
    data = make_dataset(np.linspace(-0.02, 0.02, 60), np.arange(60), name="repeated")
    data.frame["headline"] = "시황"
    places = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)
    view = View(data, None, None, MapSettings(), "target", -1, np.arange(60), True, True, None)
    show_view(view, Laid(places, ("repeated",), places, MapSettings()))
    assert [len(frame.data[0].x) for frame in played["figure"].frames] == [31, 29]


def test_marks_and_names_stand_on_the_map_in_every_month(played):
    data = make_dataset(np.linspace(-0.02, 0.02, 90), np.arange(90), name="marked")
    at = np.random.default_rng(0).normal(size=(90, 2)).astype(np.float32)
    made = Drawn(Shown(data, None, np.arange(0)), COLOURINGS["target"], at, np.arange(90), None, ("marked",))
    timeline.play(made, MapSettings(), [Mark("found", at[:2], ["a", "b"])], [Label("실적", at[0])])
    figure = played["figure"]
    (number,) = {number for frame in figure.frames for number in frame.traces}
    assert figure.data[number].name == "2024-01"
    assert figure.data[-1].name == "found"
    assert [note.text for note in figure.layout.annotations] == ["실적"]


def test_one_month_is_not_played():
    data = make_dataset(np.zeros(40), np.arange(40))
    assert not timeline.has_months(data, np.arange(20))
    assert timeline.has_months(data, np.arange(40))
    assert not timeline.has_months(make_dataset(np.zeros(3)), np.arange(3))
