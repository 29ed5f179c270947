"""Searching the map, and a new headline on it."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.data.library import load_dataset, save_dataset
from core.errors import UserError
from core.evaluate.ledger import seal
from core.evaluate.ledger_rows import Rows
from tests.makers.apps import texts


def _page(link, kind, rows, metric="cosine"):
    import numpy as np

    from core.maps import MapSettings
    from core.ui import state
    from core.ui.maps.search.newcomer import newcomer_marks
    from core.ui.maps.search.words_or_meaning import search_marks

    state.choose(**link)
    data = state.dataset()
    vectors = state.vectors(data)
    on_map = None if rows is None else np.array(rows)
    places = np.arange(2 * len(data), dtype=np.float32).reshape(-1, 2)[on_map if rows else slice(None)]
    import streamlit as st

    if kind == "search":
        st.session_state["made"] = search_marks(data, vectors, places, on_map)
    else:
        st.session_state["made"] = newcomer_marks(
            data, vectors, places, MapSettings(kind, metric=metric), on_map
        )


@pytest.fixture
def link(small_lab):
    return {"dataset": small_lab.dataset, "encoder": small_lab.encoder, "pooling": "mean"}


@pytest.fixture
def data(small_lab):
    return load_dataset(small_lab.dataset)


def _asked(link, text, way="words", kind="search", language="en", rows=None):
    app = AppTest.from_function(_page, args=(link, kind, rows), default_timeout=60)
    app.session_state["language"] = language
    app.session_state["map-find"] = way
    app.session_state["map-words" if kind == "search" else "map-newcomer"] = text
    app.run()
    assert not app.exception
    return app, app.session_state["made"]


def _table(app):
    (frame,) = app.dataframe
    return frame.value


@pytest.mark.parametrize(("text", "kind"), [("", "search"), ("   ", "search"), ("  ", "pca")])
def test_nothing_typed_marks_nothing(link, text, kind):
    app, marks = _asked(link, text, kind=kind)
    assert marks == []
    assert not app.dataframe
    assert not app.error


def test_words_ring_every_row_that_holds_them_whatever_their_case(link, data):
    word = data.headlines[7].split()[0]
    app, (mark,) = _asked(link, f" {word.upper()} ")
    rows = np.flatnonzero(data.frame["headline"].str.contains(word, case=False, regex=False))
    assert mark.symbol == "ring"
    assert mark.places[:, 0].tolist() == (2.0 * rows).tolist()
    assert mark.name.endswith(f"({len(rows)})")
    assert len(mark.texts) == len(rows)
    assert _table(app)["row"].tolist() == data.frame["row"].iloc[rows].tolist()


def test_a_headline_of_several_rows_has_one_ring_and_of_many_headlines_some_have_one(
    link, data, small_lab, tmp_path, monkeypatch
):
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    frame = data.frame.assign(
        headline=data.frame["headline"].where(data.frame.index >= 20, data.headlines[0])
    )
    repeated = replace(data, id="00000000000000b3", frame=frame)
    save_dataset(repeated)
    own = link | {"dataset": repeated.id, "run": ""}
    word = data.headlines[0].split()[0]
    rows = frame["headline"].str.contains(word, case=False, regex=False)
    different = frame["headline"][rows].nunique()
    app, (mark,) = _asked(own, word)
    assert 1 < different < rows.sum()
    assert len(mark.texts) == len(mark.places) == different
    assert mark.name.endswith(f"({rows.sum()})")
    assert "have a ring" not in texts(app)
    monkeypatch.setattr("core.ui.maps.search.words_or_meaning.MOST_RINGS", 1)
    app, (mark,) = _asked(own, word)
    assert len(mark.texts) == len(mark.places) == 1
    assert f"1 of {different} different headlines" in texts(app)


def test_a_text_in_a_field_is_worked_on_once(link, data, monkeypatch):
    given = []

    def placed(vectors, places, vector, *_settings, **_options):
        given.append(vectors)
        return places[:1]

    monkeypatch.setattr("core.ui.maps.search.newcomer.place", placed)
    app, _marks = _asked(link, "한 번만 놓을 제목", kind="umap", rows=list(range(len(data))))
    app.run()
    assert len(given) == 1
    assert not given[0].flags.writeable  # the table's own vectors, not a copy
    monkeypatch.setattr(
        "core.ui.maps.search.words_or_meaning.hover_texts", lambda data, rows: given.append(rows) or []
    )
    app, _marks = _asked(link, data.headlines[17])
    app.run()
    assert len(given) == 2


def test_a_list_by_another_measure_than_the_maps_is_said_to_be_so(link, data):
    for metric in ("cosine", "dot"):
        app = AppTest.from_function(_page, args=(link, "umap", None, metric), default_timeout=60)
        app.session_state["map-newcomer"] = data.headlines[9]
        app.run()
        assert not app.exception
        assert ("the list is by cosine" in texts(app)) == (metric == "dot")


@pytest.mark.parametrize("text", ["(없는 말*", "<b>", "😀"])
def test_words_that_nothing_holds_are_named_in_a_sentence(link, text):
    app, marks = _asked(link, text)
    assert marks == []
    assert f"No headline on this map contains “{text}”." in texts(app)


def test_by_meaning_the_nearest_different_headlines_are_ringed_the_nearest_first(link, data):
    app, (mark,) = _asked(link, data.headlines[3], "meaning")
    listed = _table(app)
    assert listed["headline"].iloc[0] == data.headlines[3]
    assert listed["similarity"].iloc[0] == pytest.approx(1, abs=0.01)
    assert listed["similarity"].is_monotonic_decreasing
    assert len(listed) == 20
    assert listed["headline"].is_unique
    assert mark.places[0].tolist() == [6.0, 7.0]


@pytest.mark.parametrize(("kind", "way"), [("search", "words"), ("search", "meaning"), ("umap", "")])
def test_only_headlines_on_the_map_are_found_each_in_its_own_place(link, data, kind, way):
    rows = [2, 5, 11, 12, 40]
    app, (mark,) = _asked(link, data.headlines[11], way or "words", kind, rows=rows)
    listed = _table(app)["row"].tolist()
    assert set(listed) <= set(data.frame["row"].iloc[rows])
    assert [22.0, 23.0] in mark.places.tolist()
    if kind == "search":
        positions = pd.Index(data.frame["row"]).get_indexer(listed)
        assert mark.places[:, 0].tolist() == (2.0 * positions).tolist()


@pytest.mark.parametrize("way", ["words", "meaning"])
def test_both_ways_speak_korean(link, data, way):
    _app, marks = _asked(link, data.headlines[0], way, language="ko")
    assert len(marks) == 1


def test_a_text_that_nothing_is_like_is_said_to_be_so(link, monkeypatch):
    monkeypatch.setattr("core.predict.Background.share", lambda background, cosine: 0.4)
    app, marks = _asked(link, "12345", "meaning")
    assert "No headline here is clearly similar" in texts(app)
    assert "40.0%" in texts(app)
    assert len(marks) == 1


@pytest.mark.parametrize("kind", ["search", "pca"])
def test_an_encoder_that_is_gone_is_one_sentence(link, data, monkeypatch, kind):
    def gone(texts, encoder, pooling):
        raise UserError("The encoder is not on this machine.")

    monkeypatch.setattr("core.ui.maps.search.meaning.encode_typed", gone)
    app, marks = _asked(link, f"사라진 인코더 {kind}", "meaning", kind)
    assert marks == []
    assert "not on this machine" in app.error[0].value


def test_vectors_of_another_size_than_the_encoders_are_one_sentence(link, monkeypatch):
    monkeypatch.setattr(
        "core.ui.maps.search.meaning.encode_typed", lambda *asked: np.ones((1, 3), np.float32)
    )
    app, marks = _asked(link, "다른 크기", "meaning")
    assert marks == []
    assert "embed it again" in app.error[0].value


def test_a_known_headline_has_its_star_on_its_own_point_where_neighbours_place_it(link, data):
    app, (mark,) = _asked(link, data.headlines[9], kind="umap")
    listed = _table(app)
    assert len(listed) == 5
    own = data.frame["row"].tolist().index(listed["row"].iloc[0])
    assert (mark.symbol, mark.places.tolist()) == ("star", [[2.0 * own, 2.0 * own + 1]])
    assert listed["similarity"].iloc[0] == pytest.approx(1, abs=0.001)
    assert "what happened" in listed


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Samsung's profit doubles", "pca"),
        ("😀😀", "tsne"),
        ("가 " * 2500, "pca"),
        ("실적 <b>급등</b> *별*", "tsne"),
    ],
)
def test_whatever_is_typed_has_a_place(link, text, kind):
    app, (mark,) = _asked(link, text, kind=kind)
    assert np.isfinite(mark.places).all()
    assert len(mark.texts[0]) < 1000
    assert "<b>" not in mark.texts[0]
    assert ("longer than the encoder reads" in texts(app)) == (len(text) == 5000)


@pytest.mark.parametrize("text", ["<b></b>", "\u200b"])
def test_what_nothing_is_left_of_is_one_sentence(link, text):
    app, marks = _asked(link, text, kind="pca")
    assert marks == []
    assert "empty" in app.error[0].value


@pytest.mark.parametrize(("kind", "way"), [("search", "words"), ("search", "meaning"), ("umap", "")])
def test_a_sealed_outcome_is_not_told_of_what_was_found(
    link, data, small_lab, tmp_path, monkeypatch, kind, way
):
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    rows = Rows.of(data, np.arange(12))
    (home / "ledger" / "looks.jsonl").unlink()  # the run has scored these rows
    seal(data.id, "run-0", rows, rows.take(np.arange(0)))
    app, _marks = _asked(link, data.headlines[0], way or "words", kind)
    listed = _table(app)
    sealed = listed["row"] <= 12
    assert sealed.any()
    assert listed["what happened"].isna().tolist() == sealed.tolist()
