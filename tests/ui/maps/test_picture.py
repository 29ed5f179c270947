"""The picture of a map, in each of its colourings."""

import json

import pytest

from core.maps import METHODS
from core.ui.maps.picture import COLOURINGS
from tests.makers.apps import open_page, texts


@pytest.fixture
def link(small_lab):
    return small_lab.link | {"encoder": small_lab.encoder, "pooling": "mean"}


def _chart(app):
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


@pytest.mark.parametrize("colour", COLOURINGS)
def test_every_colouring_draws_each_of_its_rows_once(link, colour):
    app = open_page("maps", **link)
    app.segmented_control(key="map-colour").set_value(colour).run()
    assert not app.exception
    assert app.get("plotly_chart")[0].key == f"chart-map-pca-{colour}"
    drawn = sum(len(trace["text"]) for trace in _chart(app)["data"])
    assert f"{drawn:,}" in texts(app)
    assert (drawn < 60) == COLOURINGS[colour].of_test


def test_a_table_without_a_run_has_no_predictions_to_draw(small_lab, monkeypatch):
    monkeypatch.setattr("core.ui.frame.list_runs", lambda dataset: [])
    app = open_page("maps", dataset=small_lab.dataset, encoder=small_lab.encoder, pooling="mean")
    assert not app.exception
    assert app.segmented_control(key="map-colour").options == ["target", "press outlet"]


@pytest.mark.parametrize("method", [name for name, method in METHODS.items() if not method.at_once])
def test_a_slow_method_is_offered_first(link, method):
    app = open_page("maps", **link)
    app.segmented_control(key="map-method").set_value(method).run()
    assert not app.exception
    assert "Draw the map" in [button.label for button in app.button]
    assert METHODS[method].note in texts(app)


def test_the_middle_of_a_scale_has_no_sign(link):
    scale = _chart(open_page("maps", **link))["data"][0]["marker"]["colorbar"]
    assert scale["ticktext"][1] == "0.0%"
