"""The points of a map: one a headline, their sizes, and what hovering tells."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from core.evaluate.predictions import MEAN, Predictions
from core.ui.maps.picture import points
from core.ui.maps.picture.colouring import COLOURINGS, Shown, offered, told_of
from core.ui.maps.picture.marks import Label, Mark
from core.ui.maps.picture.scales import Layer, rgb, sequential
from core.ui.theme import LIGHT
from tests.makers.train_tables import make_dataset

ROOMS = "colouring", "scales", "marks"


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    for room in ROOMS:
        monkeypatch.setattr(f"core.ui.maps.picture.{room}.palette", lambda: LIGHT)
    for room in ("colouring", "points"):
        monkeypatch.setattr(f"core.ui.maps.picture.{room}._", lambda text, **params: text.format(**params))
    monkeypatch.setattr("core.ui.maps.picture.colouring.class_name", str)
    monkeypatch.setattr("core.ui.maps.picture.points.day", str)


def _layers():
    return [
        Layer("rest", np.array([5]), {"color": "#999999", "size": 4}, apart=True),
        Layer("down", np.array([0, 3]), {"color": "#000080"}),
        Layer("up", np.array([1, 2, 4]), {"color": "#ff0000"}),
    ]


def test_a_headline_is_one_point_as_most_of_its_rows_are():
    found, counts = points.one_per_headline(_layers(), np.array([7, 7, 7, 8, 9, 9]))
    drawn = {layer.name: layer.rows.tolist() for layer in found}
    assert drawn == {"down": [3], "up": [1, 4]}
    assert counts.tolist() == [0, 3, 0, 1, 2, 0]


def test_on_a_scale_a_headline_lies_at_the_mean_of_its_rows():
    layer = Layer("r", np.arange(4), {"cmin": 0, "cmax": 1}, values=np.array([0.0, 1.0, 0.5, 0.2]))
    (found,), counts = points.one_per_headline([layer], np.array([0, 0, 1, 2]))
    assert found.rows.tolist() == [0, 2, 3]
    assert found.values.tolist() == [0.5, 0.5, 0.2]
    assert counts.tolist() == [2, 0, 1, 1]


def test_a_point_grows_with_its_count_by_its_area_and_not_beyond_a_cap():
    layer, at = Layer("a", np.arange(3), {"color": "#000000"}), np.zeros((3, 2), np.float32)
    texts, numbers = np.array(["a", "b", "c"], object), np.array([10, 20, 30])
    made = points.trace(layer, at, texts, numbers, np.array([1, 4, 10_000]))
    sizes = np.asarray(made.marker.size) / made.marker.size[0]
    assert sizes.tolist() == pytest.approx([1, 2, points.LARGEST**0.5])
    assert np.asarray(made.customdata).tolist() == [10, 20, 30]
    alike = points.trace(layer, at, texts, numbers, np.ones(3, int))
    assert alike.marker.size == 6


def test_three_coordinates_are_drawn_in_space():
    layer, at = Layer("a", np.arange(2), {"color": "#000000", "symbol": "triangle-up"}), np.eye(3)
    made = points.trace(layer, at, np.array(["", "", ""], object), np.arange(3))
    assert isinstance(made, go.Scatter3d)
    assert np.asarray(made.z).tolist() == [0, 0]
    assert made.marker.symbol == "circle"  # a triangle is none of its symbols


def test_hovering_shows_what_was_typed_and_how_often_and_of_many_points_the_headline_alone(monkeypatch):
    data = make_dataset([0.01, -0.02, 0.03], np.arange(3), press=["<i>", "나", "나"], name="hovered")
    data.frame["headline"] = ["<b>특징주</b>", "둘", "둘"]
    shown, target = Shown(data, None, np.arange(0)), COLOURINGS["target"]
    counts = np.array([1, 2, 0])
    texts = points.hover_texts(shown, target, np.arange(2), counts, ("few",))
    assert "&lt;b&gt;특징주" in texts[0]
    assert "&lt;i&gt;" in texts[0]
    assert "+1.00%" in texts[0]
    assert "in 2 rows" in texts[1]
    assert "%" not in texts[1]
    monkeypatch.setattr(points, "MANY", 2)
    short = points.hover_texts(shown, target, np.arange(3), None, ("many",))
    assert short[1] == "<b>둘</b>"


def test_the_colour_of_a_point_is_that_of_its_scale():
    layer = sequential("n", np.arange(3), np.array([0, 1, 9.0]), (0, 1), "t", {})
    first, last = layer.marker["colorscale"][0][1], layer.marker["colorscale"][-1][1]
    written = ["#" + "".join(f"{int(part):02x}" for part in colour) for colour in rgb(layer)]
    assert written == [first, last, last]
    assert rgb(Layer("a", np.arange(2), {"color": "#0102ff"})).tolist() == [[1, 2, 255]] * 2


def test_a_scale_rises_in_lightness_so_that_grey_prints_tell_it():
    layer = sequential("n", np.arange(9), np.linspace(0, 1, 9), (0, 1), "t", {})
    lightness = rgb(layer) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness) > 0).all()


def test_marks_are_drawn_in_the_plane_and_in_space_and_labels_as_typed():
    for dimensions, kind in ((2, go.Scattergl), (3, go.Scatter3d)):
        for symbol in ("ring", "star"):
            made = Mark("found", np.zeros((2, dimensions)), ["a", "b"], symbol).trace()
            assert isinstance(made, kind)
            assert (made.name, list(made.text)) == ("found", ["a", "b"])
            assert made.showlegend
            assert made.customdata is None  # a mark is not a row that could be selected
    label = Label("<b>실적</b>", np.array([1.0, 2.0])).annotation()
    assert (label["x"], label["y"], label["text"]) == (1.0, 2.0, "&lt;b&gt;실적&lt;/b&gt;")
    assert "z" in Label("a", np.zeros(3)).annotation()
    assert len(Mark("none", np.zeros((0, 2)), []).trace().x) == 0


def test_a_time_without_sessions_and_a_length_are_coloured():
    data = make_dataset(np.zeros(4), np.array([0, 40, 80, -1]))
    shown = Shown(data, None, np.arange(0))
    unknown, layer = COLOURINGS["time"].layers(shown, np.arange(4))
    assert unknown.rows.tolist() == [3]
    assert list(layer.marker["colorbar"]["ticktext"]) == ["2024-01-01", "2024-02-10", "2024-03-21"]
    (length,) = COLOURINGS["length"].layers(shown, np.arange(4))
    assert length.values.tolist() == [4, 4, 4, 4]


def test_beyond_twelve_classes_the_rarest_are_other():
    labels = [f"갈래{number}" for number in range(15) for _again in range(15 - number)]
    data = make_dataset(labels, kind="label")
    rest, *layers = COLOURINGS["target"].layers(Shown(data, None, np.arange(0)), np.arange(len(labels)))
    assert rest.name == "other (6)"
    assert len(layers) == 12
    assert len(rest.rows) + sum(len(layer.rows) for layer in layers) == len(labels)


class _Run:
    """A run of which a map needs its classes and its predictions."""

    id = "0" * 16

    def __init__(self, table, classes=()):
        self.classes = classes
        self.predictions = Predictions(table, classes)


def _table(rows, outcome, **predicted):
    return pd.DataFrame(
        {"row": rows, "session": pd.NaT, "company": None, "fold": 0, "outcome": outcome, **predicted}
    )


@pytest.fixture
def three():
    """Six rows of three classes, of which the last four were tested."""
    labels = ["부정", "중립", "긍정", "부정", "중립", "긍정"]
    data = make_dataset(labels, kind="label")
    p = np.array([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]])
    columns = {f"{MEAN}:{name}": p[:, k] for k, name in enumerate(data.classes)}
    outcome = [float(data.classes.index(label)) for label in labels[2:]]
    return data, _Run(_table([3, 4, 5, 6], outcome, **columns), data.classes), p


def test_the_error_of_classes_is_the_probability_given_to_what_happened(three):
    data, run, p = three
    shown = Shown(data, run, np.array([5]))  # the last row is sealed
    grey, layer = COLOURINGS["error"].layers(shown, np.arange(6))
    assert grey.name == "not tested (3)"
    assert grey.rows.tolist() == [0, 1, 5]
    happened = [data.classes.index(label) for label in data.frame["target"].iloc[2:5]]
    assert layer.values.tolist() == p[np.arange(3), happened].tolist()


def test_the_probability_of_the_chosen_class_is_drawn_of_three(three):
    data, run, p = three
    for number in range(3):
        _grey, layer = COLOURINGS["probability"].layers(
            Shown(data, run, np.arange(0), None, number), np.arange(6)
        )
        assert layer.values.tolist() == p[:, number].tolist()
        assert data.classes[number] in layer.marker["colorbar"]["title"]["text"]
    assert "probability" in offered(Shown(data, run, np.arange(0)))
    two = _Run(_table([1], [0.0], **{f"{MEAN}:패": [0.4], f"{MEAN}:승": [0.6]}), ("패", "승"))
    assert "probability" not in offered(Shown(data, two, np.arange(0)))


def test_the_prediction_of_three_classes_is_the_likeliest_and_hovering_tells_all(three):
    data, run, p = three
    shown = Shown(data, run, np.arange(0))
    grey, *layers = COLOURINGS["prediction"].layers(shown, np.arange(6))
    assert grey.rows.tolist() == [0, 1]
    said = {int(row): name for name, layer in zip(data.classes, layers, strict=True) for row in layer.rows}
    assert said == {row: data.classes[k] for row, k in zip(range(2, 6), p.argmax(axis=1), strict=True)}
    told = told_of(shown, COLOURINGS["prediction"], np.arange(6))
    assert [len(facts) for facts in told] == [1, 1, 2, 2, 2, 2]


def test_the_error_of_returns_is_what_was_predicted_minus_what_came():
    data = make_dataset([0.01, -0.02, 0.03])
    run = _Run(_table([2, 3], [-0.02, 0.03], **{MEAN: [0.01, 0.01]}))
    grey, layer = COLOURINGS["error"].layers(Shown(data, run, np.arange(0)), np.arange(3))
    assert grey.rows.tolist() == [0]
    assert layer.values.tolist() == pytest.approx([0.03, -0.02])


def test_a_name_keeps_its_colour_where_only_some_rows_are_drawn():
    press = ["가"] * 5 + ["나"] * 3 + [None]
    shown = Shown(make_dataset(np.zeros(9), press=press), None, np.arange(0))
    whole, some = (COLOURINGS["press"].layers(shown, rows) for rows in (np.arange(9), np.array([0, 5, 6, 8])))
    colours = [{layer.name: layer.marker["color"] for layer in layers} for layers in (whole, some)]
    assert colours[0] == colours[1] | {"other (1)": colours[0]["other (1)"]}
    assert COLOURINGS["press"].layers(shown, np.array([5]))[0].marker["color"] == colours[0]["나"]
