"""What is selected on a map: rows by their numbers, or all rows within what was drawn."""

import numpy as np
import pytest
import streamlit as st
from streamlit.elements.plotly_chart import PlotlySelectionState, PlotlyState

from core.maps import MapSettings, Topics
from core.ui.maps.picture import draw as room
from core.ui.maps.picture.marks import Label, Mark
from core.ui.maps.picture.selected import Closer, listed_rows, rows_within
from core.ui.maps.picture.windows import Window
from core.ui.theme import LIGHT
from tests.makers.train_tables import make_dataset


def event(points=(), box=(), lasso=()):
    chosen = {"points": list(points), "point_indices": [], "box": list(box), "lasso": list(lasso)}
    return PlotlyState({"selection": PlotlySelectionState(chosen)})


def point(number, custom):
    return {"point_index": number, "curve_number": 0, "x": 0.0, "y": 0.0, "customdata": custom}


@pytest.fixture
def data():
    made = make_dataset(np.linspace(-0.02, 0.02, 6), np.arange(6), name="selected")
    made.frame["row"] = [2, 3, 5, 7, 11, 13]
    made.frame["headline"] = ["가", "나", "가", "다", "라", "가"]
    return made


def test_points_are_known_by_the_rows_of_the_file_whatever_their_places(data):
    chosen = event([point(0, 11), point(4, [5]), point(1, 5), {"x": 0.0}, point(9, 4)])
    assert listed_rows(chosen, data).tolist() == [2, 4]
    assert listed_rows(event(), data).tolist() == []
    assert listed_rows(None, data).tolist() == []


def test_rows_within_a_box_or_a_line_are_all_rows(data):
    at = np.array([[0, 0], [1, 1], [2, 2], [3, 3], [4, 4], [np.nan, np.nan]], np.float32)
    box, lasso = {"x": [2.5, -1], "y": [-1, 1.5]}, {"x": [3.5, 4.5, 4.0], "y": [3.5, 3.5, 5.0]}
    rows = np.array([0, 1, 2, 3, 4])
    assert rows_within(event(box=[box]), at, rows).tolist() == [0, 1]
    assert rows_within(event(box=[box], lasso=[lasso]), at, rows).tolist() == [0, 1, 4]
    assert rows_within(event(box=[box]), at, np.array([1, 3])).tolist() == [1]
    assert rows_within(event(), at, rows).tolist() == []


@pytest.fixture
def drawn(monkeypatch):
    """Return what a picture draws: each call's figure and note; `event` is what the reader has selected."""
    made = {"event": event()}
    monkeypatch.setattr(st, "session_state", {})
    for place in ("draw", "colouring", "scales", "axes", "marks"):
        monkeypatch.setattr(f"core.ui.maps.picture.{place}.palette", lambda: LIGHT)
    for place in ("draw", "colouring", "points", "axes"):
        monkeypatch.setattr(f"core.ui.maps.picture.{place}._", lambda text, **params: text.format(**params))
    monkeypatch.setattr(room, "language", lambda: "en")
    monkeypatch.setattr(room, "sealed_rows", lambda data: np.arange(0))
    monkeypatch.setattr("core.ui.maps.picture.points.day", str)
    monkeypatch.setattr(Closer, "buttons", lambda self, at, picked: None)

    def show(figure, title, key, note, **options):
        made.update(figure=figure, note=note, key=key, options=options)
        return made["event"]

    monkeypatch.setattr(room, "show", show)
    return made


PLACES = np.array([[0, 0], [1, 1], [0, 0], [3, 3], [4, 4], [0, 0]], np.float32)
UMAP = MapSettings("umap")


def test_a_headline_is_selected_with_all_its_rows_on_the_map(data, drawn):
    drawn["event"] = event([point(0, 2), point(1, 11)])
    assert room.picture(data, PLACES, UMAP, "target", None, grouped=True).tolist() == [0, 2, 4, 5]
    numbers = np.concatenate([trace.customdata for trace in drawn["figure"].data])
    assert sorted(numbers.tolist()) == [2, 3, 7, 11]
    assert "(up to 3)" in drawn["note"]
    assert room.picture(data, PLACES, UMAP, "target", None).tolist() == [0, 4]
    assert "each point is one row" in drawn["note"]


def test_rows_that_are_not_on_the_map_are_neither_drawn_nor_selected(data, drawn):
    rows = np.array([0, 1, 4])
    drawn["event"] = event([point(0, 2)])
    assert room.picture(data, PLACES[rows], UMAP, "target", None, rows=rows, grouped=True).tolist() == [0]
    assert sum(len(trace.x) for trace in drawn["figure"].data) == 3


def test_too_many_points_are_an_image_of_all_and_a_selection_finds_all(data, drawn, monkeypatch):
    monkeypatch.setattr(room, "MOST_POINTS", 3)
    monkeypatch.setattr("core.ui.maps.picture.cloud.SAMPLE", 2)
    monkeypatch.setattr(room, "SAMPLE", 2)
    drawn["event"] = event([point(0, 3)], box=[{"x": [-1, 3.5], "y": [-1, 3.5]}])
    assert room.picture(data, PLACES, UMAP, "target", None).tolist() == [0, 1, 2, 3, 5]
    (image,) = drawn["figure"].layout.images
    assert image.source.startswith("data:image/png;base64,")
    assert sum(len(trace.x) for trace in drawn["figure"].data) == 2
    assert "n = 6 rows, all of them" in drawn["note"]
    assert "up to 3 in one place" in drawn["note"]


def test_all_of_a_large_map_is_seen_though_its_sample_is_a_part_of_it(data, drawn, monkeypatch):
    monkeypatch.setattr(room, "MOST_POINTS", 3)
    monkeypatch.setattr("core.ui.maps.picture.cloud.SAMPLE", 1)
    star = Mark("new", np.array([[9.0, 2.0]]), ["new"], "star")
    for marks, right in (([], 4), ([star], 9)):
        room.picture(data, PLACES, UMAP, "target", None, marks=marks)
        layout = drawn["figure"].layout
        (image,) = layout.images
        low, high = layout.xaxis.range
        assert (low <= image.x, high >= max(image.x + image.sizex, right)) == (True, True)
        low, high = layout.yaxis.range
        assert (low <= image.y - image.sizey, high >= image.y) == (True, True)


def test_other_topics_give_the_same_places_other_colours(data, drawn, monkeypatch):
    monkeypatch.setattr(room, "MOST_POINTS", 3)
    sources = []
    for topic in ([0, 0, 0, 1, 1, 1], [1, 0, 0, 0, 0, 1]):
        topics = Topics(np.array(topic), (("가",), ("나",)), ((0,), (1,)), 0.9)
        room.picture(data, PLACES, UMAP, "topic", None, topics)
        sources.append(drawn["figure"].layout.images[0].source)
    assert sources[0] != sources[1]


def test_a_window_shows_its_own_points_and_is_forgotten_with_the_map(data, drawn, monkeypatch):
    monkeypatch.setattr(room, "MOST_POINTS", 3)
    closer = Closer(room.digest(PLACES))
    st.session_state[closer._key] = (closer._id, [Window(0.5, 5, 0.5, 5)])
    drawn["event"] = event([point(0, 11)])
    assert room.picture(data, PLACES, UMAP, "target", None).tolist() == [4]
    assert not drawn["figure"].layout.images
    assert sum(len(trace.x) for trace in drawn["figure"].data) == 3
    room.picture(data, PLACES + 1, UMAP, "target", None)
    assert len(drawn["figure"].layout.images) == 1


def test_a_window_is_what_is_seen_although_marks_and_names_lie_elsewhere_too(data, drawn, monkeypatch):
    monkeypatch.setattr(room, "MOST_POINTS", 3)
    closer = Closer(room.digest(PLACES))
    st.session_state[closer._key] = (closer._id, [Window.around(PLACES[[3, 4]])])
    marks = [Mark("here", PLACES[[0, 3]], ["far", "near"]), Mark("there", PLACES[:1], ["far"])]
    labels = [Label("far", PLACES[0]), Label("near", PLACES[4])]
    room.picture(data, PLACES, UMAP, "target", None, marks=marks, labels=labels)
    figure = drawn["figure"]
    assert [note.text for note in figure.layout.annotations] == ["near"]
    assert [list(trace.text) for trace in figure.data if trace.name in ("here", "there")] == [["near"]]
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        low, high = axis.range
        assert 2.9 < low < 3
        assert 4 < high < 4.1


@pytest.fixture
def cleared(monkeypatch):
    """Return the offers to take a selection back, as the functions that do."""
    offers = []
    monkeypatch.setattr(
        "core.ui.maps.picture.kept.st.button", lambda label, on_click, **more: offers.append(on_click)
    )
    monkeypatch.setattr("core.ui.maps.picture.kept._", str)
    return offers


@pytest.fixture
def look(data, drawn):
    """Draw the map in a colour: `said` is what the reader has selected on the chart that stands there."""

    def picked(said, colour="target", places=PLACES, anew=False, **more):
        key = f"chart-map-umap-{colour}"
        if not anew:  # of a new chart nothing is known before it is drawn
            st.session_state[key] = said
        drawn["event"] = said
        found = room.picture(data, places, UMAP, colour, None, **more).tolist()
        st.session_state[key] = said
        return found

    return picked


CHOSEN = event([point(0, 3), point(1, 7)])


def test_a_selection_outlives_other_colours_and_marks_and_can_be_taken_back(look, cleared):
    assert look(CHOSEN) == [1, 3]
    assert not cleared
    assert look(event(), "time", anew=True) == [1, 3]
    assert look(event(), "time") == [1, 3]
    assert look(event([point(0, 3)]), "time") == [1]
    rings = [Mark("found", PLACES[:1], ["a"])]
    assert look(event(), "time", anew=True, marks=rings) == [1]
    assert len(cleared) == 3
    cleared[-1]()
    assert look(event(), "time", marks=rings) == []


def test_a_search_after_selecting_keeps_the_selection_though_the_chart_has_its_old_key(look, data, drawn):
    look(CHOSEN)
    drawn["event"] = event()  # of the new chart, where the old one's value is still known
    found = room.picture(data, PLACES, UMAP, "target", None, marks=[Mark("a", PLACES[:1], ["a"])])
    assert found.tolist() == [1, 3]


def test_a_selection_emptied_on_its_chart_is_empty_in_every_colour(look, cleared):
    assert look(CHOSEN) == [1, 3]
    assert look(event()) == []
    assert look(event(), "time", anew=True) == []
    assert look(event(box=[{"x": [8, 9], "y": [8, 9]}]), "time") == []
    assert not cleared


def test_a_selection_belongs_to_its_map_and_its_side(look, data, drawn, cleared):
    assert look(CHOSEN) == [1, 3]
    assert look(event(), places=PLACES * 2, anew=True) == []
    assert look(event(), places=PLACES * 2) == []
    assert look(event(), anew=True) == [1, 3]
    assert room.picture(data, PLACES, UMAP, "target", None, side="-right").tolist() == []


def test_in_space_nothing_is_selected_and_a_part_of_many_points_is_called_one(data, drawn, monkeypatch):
    places = np.column_stack([PLACES, np.arange(6)]).astype(np.float32)
    drawn["event"] = event([point(0, 2)])
    deep = MapSettings("umap", dimensions=3)
    assert room.picture(data, places, deep, "target", None).tolist() == []
    assert drawn["options"]["select"] == ()
    assert drawn["figure"].layout.scene.dragmode == "turntable"
    monkeypatch.setattr(room, "MOST_POINTS", 4)
    room.picture(data, places, deep, "target", None)
    assert drawn["note"].startswith("Not all rows: 4 of 6")


def test_the_mouse_moves_the_map_and_its_buttons_do_not_ask_the_server(data, drawn):
    room.picture(data, PLACES, UMAP, "target", None)
    layout = drawn["figure"].layout
    assert layout.dragmode == "pan"
    assert drawn["options"]["zoom"]
    buttons = layout.updatemenus[0].buttons
    assert [button.args[0]["dragmode"] for button in buttons] == ["pan", "select", "lasso"]
    assert {button.method for button in buttons} == {"relayout"}
