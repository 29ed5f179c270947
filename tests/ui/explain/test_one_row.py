"""One row: the models side by side, its precedents, and what would have turned what is said of it."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.data.library import load_dataset
from core.errors import UserError
from core.explain import flips as module
from tests.makers.apps import open_page, texts
from tests.makers.small_lab import table_of, train_beside
from tests.makers.train_tables import make_dataset


def _page(run, place, chosen):
    import streamlit as st

    from core.data.library import load_dataset
    from core.embed import vectors_if_stored
    from core.explain import explain_run
    from core.train.runs import load_run
    from core.ui.explain.flips import flips_of_row
    from core.ui.explain.precedents import precedents_of_row
    from core.ui.explain.side_by_side import side_by_side

    run = load_run(run)
    data = load_dataset(run.dataset_id)
    vectors = vectors_if_stored(data.headlines, run.settings.encoder, run.settings.pooling)
    found = explain_run(run, data, vectors, explained=chosen)
    flips_of_row(run, data, vectors, found, place, chosen)
    side_by_side(run, found, place)
    precedents_of_row(run, data, vectors, found, place, chosen)
    position = int(found.rows[place])
    st.json({"position": position, "values": found.values["mean"][place].tolist()})


def opened(run, place=0, chosen=1, language="en"):
    asked = {"run": run, "place": place, "chosen": chosen}
    app = AppTest.from_function(_page, kwargs=asked, default_timeout=120)
    app.session_state["language"] = language
    app.run()
    assert not app.exception
    return app


def tables(app, column):
    """Return the tables that have a column of this name."""
    return [table.value for table in app.dataframe if column in table.value]


def any_is_near(monkeypatch):
    monkeypatch.setattr(sys.modules["core.predict.precedents"], "LEVEL", -1.0)


def chart(app):
    (found,) = app.get("plotly_chart")
    return json.loads(found.proto.spec)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_model_has_a_mark_and_the_ensemble_the_bar_the_largest_first(small_lab, language):
    app = opened(small_lab.run, language=language)
    drawn = chart(app)
    bar, *dots = drawn["data"]
    assert [bar["type"], *(dot["type"] for dot in dots)] == ["bar", "scatter", "scatter", "scatter"]
    assert len({bar["marker"]["color"], *(dot["marker"]["color"] for dot in dots)}) == 4
    values = json.loads(app.json[0].value)["values"]
    assert bar["customdata"][0] == f"{max(values, key=abs) * 100:+.1f}"
    assert len(bar["y"]) == min(len(values), 8)
    assert drawn["layout"]["title"]["text"]
    assert drawn["layout"]["xaxis"]["title"]["text"]


def test_the_smallest_change_is_said_and_is_no_cause(small_lab):
    app = opened(small_lab.run)
    said = texts(app)
    assert "the models would have said" in said
    assert "not a cause in the market" in said
    assert "Tried one at a time: other values of the features (2)" in said


@pytest.mark.parametrize("chosen", [0, 1, 2])
def test_of_three_classes_too(three, chosen):
    app = opened(three["run"], place=2, chosen=chosen)
    assert "would have" in texts(app)
    for table in tables(app, "size of the change"):
        calls = table["what the models say"].tolist()
        assert calls[0] not in calls[1:]


def test_nothing_found_and_no_encoder_are_said(small_lab, monkeypatch):
    def gone(*_asked):
        raise UserError("The encoder {name} is not on this machine.", name="tiny")

    st.cache_data.clear()
    monkeypatch.setattr("core.explain.words.encode_texts", gone)
    monkeypatch.setattr(module, "_is_turned", lambda *_asked: False)
    app = opened(small_lab.run)
    assert "No single change that was tried" in texts(app)
    assert "The encoder tiny is not on this machine." in texts(app)
    assert "leaving a word out (0)" in texts(app)
    st.cache_data.clear()


def test_precedents_are_of_earlier_sessions_and_never_the_row_itself(small_lab, monkeypatch):
    any_is_near(monkeypatch)
    frame = load_dataset(small_lab.dataset).frame.set_index("row")
    app = opened(small_lab.run)
    own = frame.iloc[json.loads(app.json[0].value)["position"]]
    (table,) = tables(app, "what followed")
    listed = frame.loc[table["row"]]
    assert len(listed)
    assert (listed["session"] < own["session"]).all()
    assert own["headline"] not in listed["headline"].tolist()
    assert "later than it" not in texts(app)


def test_sealed_rows_are_no_precedents(small_lab, monkeypatch):
    any_is_near(monkeypatch)
    monkeypatch.setattr("core.ui.precedents.sealed_rows", lambda data: np.arange(len(data) - 1))
    app = opened(small_lab.run)
    assert tables(app, "what followed") == []
    assert "no earlier headline with a known outcome" in texts(app) + app.info[0].value


def _undated(run):
    from dataclasses import replace

    import numpy as np
    import pandas as pd

    from core.data.library import load_dataset
    from core.explain.contributions import Contributions
    from core.train.runs import load_run
    from core.ui.explain.precedents import precedents_of_row

    run = load_run(run)
    data = load_dataset(run.dataset_id)
    frame = data.frame.assign(session=pd.NaT, story=np.arange(len(data)) // 2)
    data = replace(data, frame=frame, id="undated0undated0")
    vectors = np.repeat(np.eye(len(data) // 2, dtype=np.float32), 2, axis=0) + 0.1
    found = Contributions((), {}, {}, {}, np.array([10]), "승")
    precedents_of_row(run, data, vectors, found, 0, -1)


def test_a_row_without_a_date_has_other_stories_alone_and_it_is_said(small_lab, monkeypatch):
    any_is_near(monkeypatch)
    app = AppTest.from_function(_undated, kwargs={"run": small_lab.run}, default_timeout=60)
    app.session_state["language"] = "en"
    app.run()
    assert not app.exception
    (table,) = [table.value for table in app.dataframe]
    assert not {11, 12} & set(table["row"])  # the row and its near-duplicate
    assert "may be later than it" in texts(app)


@pytest.fixture(scope="module")
def bare(finished_small_lab, tmp_path_factory):
    """Return the workspace and the run of returns of a table of headlines alone, without sessions."""
    from core.train import TrainSettings

    small = table_of(finished_small_lab)
    data = make_dataset(small.frame["target"], name="0011223344556677")
    data.frame["headline"] = small.headlines
    data.frame["company"] = pd.Series([None] * len(data), dtype="str")
    settings = TrainSettings("regress", split="random", encoder=finished_small_lab.encoder, pooling="mean")
    return train_beside(finished_small_lab, tmp_path_factory.mktemp("bare"), data, settings)


def test_a_run_of_returns_without_features_outlets_or_dates(bare, monkeypatch):
    home, link = bare
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    app = opened(link["run"], chosen=-1)
    said = texts(app)
    assert "would have predicted" in said or "No single change" in said
    assert "other values of the features (0)" in said
    assert "another outlet (0)" in said
    assert "may be later than it" in said
    page = open_page("explain", **link)
    assert not page.exception
    (order,) = [control for control in page.segmented_control if control.key == "explained-order"]
    assert "newest" not in order.options
    order.set_value("misses").run()
    assert not page.exception


def by_model(app):
    return [frame.value for frame in app.dataframe if {"average", "prediction"} <= set(frame.value.columns)]


def test_exact_shapley_values_stand_in_the_details_when_asked_for(small_lab):
    app = open_page("explain", **small_lab.link)
    assert len(by_model(app)) == 1
    app.toggle(key="explained-exact").set_value(True).run()
    assert not app.exception
    bars, exact = by_model(app)
    assert exact.index.tolist() == bars.index.tolist()
    np.testing.assert_allclose(exact["prediction"], bars["prediction"])
    parts = exact.drop(columns=["average", "prediction"]).sum(axis=1)
    np.testing.assert_allclose(parts, exact["prediction"] - exact["average"], atol=1e-6)
