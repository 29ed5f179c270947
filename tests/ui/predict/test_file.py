"""A file of headlines on the predict page: uploaded, scored in the background, looked at row by row."""

import time

import pytest

from core.data.library import load_dataset
from core.jobs import queue
from core.predict import all_kept
from tests.makers.apps import open_page, texts

NEW = "새 공장 착공에 매수세가 몰렸다"


@pytest.fixture(autouse=True)
def _this_part_first(monkeypatch):
    monkeypatch.setattr("core.ui.predict.sections.FIRST", "file")


@pytest.fixture
def content(own_lab):
    data = load_dataset(own_lab.dataset)
    first, second = data.headlines[0], data.headlines[1]
    lines = ["제목,언론사,RSI,거래량", f"{first},없던일보,0.1,0.2", f"{second},,9999,", f"{NEW},,0.1,0.1"]
    return "\n".join(lines).encode()


def _upload(app, content):
    key = next(one.key for one in app.file_uploader)
    return app.file_uploader(key=key).upload("다음 주.csv", content, "text/csv").run()


def _press(app, label):
    next(button for button in app.button if label in button.label).click()
    return app.run()


def _scored(own_lab, content):
    app = _press(_upload(open_page("predict", **own_lab.link), content), "Score 3 rows")
    for _ in range(100):
        if not queue().active():
            break
        time.sleep(0.1)
    return app.run()


def _shown(app):
    (frame,) = [one.value for one in app.dataframe if "warnings" in one.value.columns]
    return frame


@pytest.mark.slow
def test_a_file_is_scored_shown_and_found_again(own_lab, content):
    app = _scored(own_lab, content)
    assert not app.exception
    assert "3 of 3 rows were scored" in texts(app).replace("*", "")
    rows = _shown(app)
    assert rows["row"].tolist() == [1, 2, 3]
    assert "unseen outlet" in rows["warnings"][0]
    assert "RSI out of range" in rows["warnings"][1]
    assert "no 거래량" in rows["warnings"][1]
    (kept, *_) = all_kept(own_lab.run)
    assert (kept.file, app.query_params["scored"]) == ("다음 주.csv", kept.id)
    again = open_page("predict", scored=kept.id, **own_lab.link)
    assert _shown(again)["headline"].tolist() == rows["headline"].tolist()
    again.segmented_control(key="predict-section").set_value("why").run()
    assert "scored" not in again.query_params  # the link leads to what is looked at
    again.segmented_control(key="predict-section").set_value("file").run()
    assert again.query_params["scored"] == kept.id


def test_a_bad_file_gets_the_sentence_of_the_data_page(own_lab):
    app = _upload(open_page("predict", **own_lab.link), b"\x00\x01\x02garbage\x00")
    assert not app.exception
    assert len([error.value for error in app.error]) == 1
    assert not [button for button in app.button if button.label.startswith("Score ")]


def test_the_columns_are_guessed_and_can_be_corrected(own_lab):
    content = f"가,나\n{NEW},하나일보\n{NEW}!,하나일보\n".encode()
    app = _upload(open_page("predict", **own_lab.link), content)
    assert any("count as missing: RSI, 거래량" in caption.value.replace("\\", "") for caption in app.caption)
    assert any("No column looks like headlines" in warning.value for warning in app.warning)
    app = _press(app, "Score 2 rows")
    assert any("Choose the column that holds the headlines" in error.value for error in app.error)


@pytest.mark.slow
def test_a_chosen_row_shows_its_words_and_can_be_asked_above(own_lab, content):
    app = _scored(own_lab, content)
    frame = next(one for one in app.dataframe if "warnings" in one.value.columns)
    app.session_state[frame.key] = {"selection": {"rows": [2], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    bodies = [element.proto.body for element in app.get("html")]
    assert sum('class="coloured"' in body for body in bodies) == 1
    _press(app, "Ask about this headline above")
    assert not app.exception
    assert app.text_input[0].value == NEW
    assert app.number_input[0].value == 0.1
