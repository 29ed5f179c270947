"""The picture of a map, in each of its colourings."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from core.data.library import load_dataset
from core.evaluate.ledger import seal
from core.evaluate.ledger_rows import Rows
from core.maps import METHODS, Topics
from core.train.runs import load_run
from core.ui import theme
from core.ui.maps.picture.colouring import COLOURINGS, Shown, offered
from core.ui.maps.picture.points import mixed
from core.ui.maps.picture.scales import Layer
from core.ui.theme import CATEGORIES, LIGHT
from tests.makers.apps import open_page, texts
from tests.makers.train_tables import make_dataset

RINGS = "circle-open"


@pytest.fixture
def link(small_lab):
    return small_lab.link | {"encoder": small_lab.encoder, "pooling": "mean"}


def _chart(app):
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def test_every_colouring_draws_each_of_its_rows_once(link):
    app = open_page("maps", **link)
    for colour in ("target", "prediction", "error", "press", "time", "length"):
        app.selectbox(key="map-colour").set_value(colour).run()
        assert not app.exception
        assert app.get("plotly_chart")[0].key == f"chart-map-pca-{colour}"
        traces = _chart(app)["data"]
        assert sum(len(trace["text"]) for trace in traces) == 60
        assert "n = 60;" in texts(app)
        untested = [trace for trace in traces if trace["name"].startswith("not tested")]
        assert len(untested) == COLOURINGS[colour].of_test
        named = [trace["name"] for trace in traces if trace["showlegend"]]
        assert len(named) == len(set(named))
        assert all(trace["legendgroup"] == trace["name"] for trace in traces)
        assert colour != "press" or len(named) == 3


def test_a_table_without_a_run_has_no_predictions_to_draw(small_lab, monkeypatch):
    monkeypatch.setattr("core.ui.frame.list_runs", lambda dataset: [])
    app = open_page("maps", dataset=small_lab.dataset, encoder=small_lab.encoder, pooling="mean")
    assert not app.exception
    assert app.selectbox(key="map-colour").options == ["target", "outlet", "time", "length"]


def test_what_a_table_does_not_have_is_not_offered():
    none = np.arange(0)
    bare = make_dataset([0.01, -0.01])
    bare.frame["headline"] = "같다"
    assert list(offered(Shown(bare, None, none))) == ["target"]
    assert list(offered(Shown(replace(bare, target_kind=""), None, none))) == ["plain"]
    named = make_dataset([0.01, -0.01], np.arange(2), press=["가", "나"])
    named.frame["company"] = ["하나", "둘"]
    named.frame["headline"] = ["짧다", "더 길다"]
    assert list(offered(Shown(named, None, none))) == ["target", "company", "press", "time", "length"]


@pytest.mark.parametrize("method", [name for name, method in METHODS.items() if not method.at_once])
def test_a_slow_method_is_offered_and_meanwhile_the_pca_is_drawn(link, method):
    app = open_page("maps", **link)
    app.segmented_control(key="map-method").set_value(method).run()
    assert not app.exception
    assert app.get("plotly_chart")[0].key == "chart-map-pca-target"
    assert "the PCA is shown" in texts(app)
    assert "Draw the map" in [button.label for button in app.button]
    assert METHODS[method].note in texts(app)


def test_the_middle_of_a_scale_has_no_sign(link):
    scale = _chart(open_page("maps", **link))["data"][0]["marker"]["colorbar"]
    assert scale["ticktext"][1] == "0.0%"


def test_a_map_is_high_and_both_its_axes_have_one_scale(link):
    layout = _chart(open_page("maps", **link))["layout"]
    assert layout["height"] >= 700
    assert (layout["yaxis"]["scaleanchor"], layout["yaxis"]["scaleratio"]) == ("x", 1)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_answers_its_question_in_one_sentence_above_the_map(link, language):
    app = open_page("maps", language, **link)
    assert not app.exception
    answer = app.main.subheader[0]
    assert ("rank correlation" if language == "en" else "순위 상관") in answer.value
    assert "[" in answer.value


def test_headlines_that_hold_a_word_are_ringed_and_counted(link, small_lab):
    app = open_page("maps", **link)
    headline = load_dataset(small_lab.dataset).headlines[7]
    app.text_input(key="map-words").set_value(headline).run()
    assert not app.exception
    rings = _chart(app)["data"][-1]
    assert rings["marker"]["symbol"] == RINGS
    assert rings["showlegend"]
    assert rings["name"].endswith("(1)")
    app.text_input(key="map-words").set_value("(없는 말*").run()
    assert not app.exception
    assert _chart(app)["data"][-1]["marker"].get("symbol") != RINGS
    assert "“(없는 말*”" in texts(app)


@pytest.fixture
def light(monkeypatch):
    monkeypatch.setattr(theme, "palette", lambda: LIGHT)
    monkeypatch.setattr("core.ui.maps.picture.colouring.palette", lambda: LIGHT)
    monkeypatch.setattr("core.ui.maps.picture.scales.palette", lambda: LIGHT)


def test_three_ordered_classes_are_blue_grey_and_red_and_each_has_a_mark(light, monkeypatch):
    monkeypatch.setattr("core.ui.maps.picture.colouring.class_name", str)
    data = make_dataset(["긍정", "부정", "중립", "긍정"], kind="label")
    layers = COLOURINGS["target"].layers(Shown(data, None, np.arange(0)), np.arange(4))
    assert [layer.name for layer in layers] == ["부정 (1)", "중립 (1)", "긍정 (2)"]
    assert [layer.marker["color"] for layer in layers] == [LIGHT.low, LIGHT.muted, LIGHT.high]
    assert len({layer.marker["symbol"] for layer in layers}) == 3


def test_the_pieces_of_a_layer_take_turns_and_none_is_lost():
    layers = [Layer("rest", np.arange(3), {}, apart=True)]
    layers += [Layer("a", np.arange(10), {}), Layer("b", np.arange(10, 14), {})]
    layers += [Layer("ring", np.arange(2), {}, apart=True)]
    pieces_of_all = mixed(layers)
    assert (pieces_of_all[0].name, pieces_of_all[-1].name) == ("rest", "ring")
    assert [layer.name for layer in pieces_of_all[1:5]] == ["a", "b", "a", "b"]
    for layer in layers:
        pieces = np.concatenate([piece.rows for piece in pieces_of_all if piece.name == layer.name])
        assert sorted(pieces) == layer.rows.tolist()
    assert mixed(layers[:2]) == layers[:2]


def test_a_sealed_outcome_is_neither_drawn_nor_told(link, small_lab, tmp_path, monkeypatch):
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    data = load_dataset(small_lab.dataset)
    rows = Rows.of(data, np.arange(48, 60))
    (home / "ledger" / "looks.jsonl").unlink()  # the run has scored these rows
    seal(data.id, "run-0", rows, rows.take(np.arange(0)))
    app = open_page("maps", **link)
    assert not app.exception
    unknown, told = _chart(app)["data"]
    assert unknown["name"] == "unknown (12)"
    assert not any("%" in text for text in unknown["text"])
    assert all("%" in text for text in told["text"])
    assert "12 rows" in texts(app)


def test_a_prediction_is_told_where_it_is_drawn(link, small_lab):
    app = open_page("maps", **link)
    app.selectbox(key="map-colour").set_value("prediction").run()
    grey, trace = _chart(app)["data"]
    assert not any("win" in text for text in grey["text"])
    run = load_run(small_lab.run)
    p = run.predictions.test["mean"][0, -1]
    assert f"win {p:.0%}" in trace["text"][0]


def test_topics_that_have_been_found_colour_the_map_by_their_keywords():
    topic = np.arange(30) % 15
    topics = Topics(topic, tuple((f"<b>주제{k}</b>", "실적", "더") for k in range(15)), ((),) * 15, 0.9)
    data = make_dataset(np.zeros(30), np.arange(30))
    shown = Shown(data, None, np.arange(0), topics)
    assert "topic" in offered(shown)
    assert "topic" not in offered(Shown(data, None, np.arange(0)))
    layers = COLOURINGS["topic"].layers(shown, np.arange(30))
    assert sorted(np.concatenate([layer.rows for layer in layers]).tolist()) == list(range(30))
    assert layers[0].apart
    assert len(layers) == 1 + len(CATEGORIES)
    assert layers[1].name.startswith("&lt;b&gt;주제0")
