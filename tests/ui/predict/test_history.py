"""The questions that were asked: kept once, asked again by click and by link."""

import json

import numpy as np
import pytest

from core.errors import UserError
from core.predict import Question
from core.predict.asked import history as store
from core.predict.asked.history import history
from core.predict.asked.scenarios import KIND, prepare
from core.train import load_run
from core.ui.predict.asked import history as part
from tests.makers.apps import texts
from tests.ui.predict.conftest import HEADLINES


@pytest.fixture(autouse=True)
def _this_part_first(monkeypatch):
    monkeypatch.setattr("core.ui.predict.sections.FIRST", "history")


def button(app, label):
    (found,) = [one for one in app.button if one.label == label]
    return found


def test_what_is_asked_is_kept_once_and_the_address_names_it(opened, own_lab, monkeypatch):
    app = opened()
    assert history(own_lab.run).items == ()  # the page's own first headline is nobody's question
    assert "asked" not in app.query_params
    app.text_input[0].set_value(HEADLINES[0]).run()
    (item,) = history(own_lab.run).items
    assert app.query_params["asked"] == item.id
    assert item.question.headline == HEADLINES[0]
    assert sum(item.values["mean"]) == pytest.approx(1)
    monkeypatch.setattr(store, "remember", lambda *_: pytest.fail("written again"))
    app.run()  # another widget was used
    assert not app.exception
    assert app.query_params["asked"] == item.id


def test_a_link_opens_the_page_with_the_question(opened, own_lab, prepared):
    app = opened(asked=prepared[2].id)
    assert not app.exception
    assert app.text_input[0].value == HEADLINES[2]
    assert app.number_input[0].value == 0.5
    assert app.number_input[1].value is None  # it was not known
    assert app.selectbox[0].value == prepared[2].question.press
    assert app.query_params["asked"] == prepared[2].id
    assert len(history(own_lab.run).items) == 3
    app.text_input[0].set_value("적자전환").run()  # the link does not hold on to it
    assert app.text_input[0].value == "적자전환"
    assert app.query_params["asked"] != prepared[2].id


def test_a_link_to_nothing_is_said_and_the_page_stands(opened):
    app = opened(asked="../../x")
    assert not app.exception
    assert any("not in the history" in warning.value for warning in app.warning)
    assert "asked" not in app.query_params


def test_a_question_is_asked_again_renamed_moved_and_deleted_by_clicks(opened, own_lab, prepared):
    app = opened("ko", {part._chosen(load_run(own_lab.run)): prepared[1].id})
    assert not app.exception
    (name,) = [field for field in app.text_input if field.key == f"asked-name-{prepared[1].id}"]
    assert name.value == "공장"
    name.set_value("두 번째").run()
    assert history(own_lab.run).get(prepared[1].id).name == "두 번째"
    app.button(key="move-asked--1").click().run()
    assert history(own_lab.run).pinned[0].id == prepared[1].id
    app.button(key="ask-again").click().run()
    assert app.text_input[0].value == HEADLINES[1]
    assert app.query_params["asked"] == prepared[1].id
    app.button(key="pin-asked").click().run()
    assert not history(own_lab.run).get(prepared[1].id).pinned
    app.button(key="forget-asked").click().run()
    assert not app.exception
    assert history(own_lab.run).get(prepared[1].id) is None


def test_the_list_shows_what_the_ensemble_said_and_saves_all_of_it(opened, own_lab):
    app = opened()
    app.text_input[0].set_value("=cmd **굵게** <b>$5</b>").run()
    (listed,) = [frame.value for frame in app.dataframe if "pinned" in frame.value]
    (item,) = history(own_lab.run).items
    assert listed["headline"].tolist() == ["=cmd **굵게** <b>$5</b>"]
    assert listed["Mean of the models: probability of win"].tolist() == [f"{item.values['mean'][1]:.0%}"]
    assert listed["RSI"].tolist() == [item.question.features["RSI"]]
    assert listed["link"].tolist() == [item.id]


def test_the_question_of_the_form_is_pinned_by_a_click_even_the_first_one(opened, own_lab):
    app = opened()
    button(app, "Pin this question").click().run()
    assert not app.exception
    (item,) = history(own_lab.run).pinned
    assert item.question.headline == app.text_input[0].value
    assert app.button(key="pin-this").disabled


def test_where_nothing_can_be_written_the_answer_stands(opened, monkeypatch):
    def full(*_):
        raise UserError("The disk is full.")

    monkeypatch.setattr(store, "remember", full)
    app = opened(headline=HEADLINES[0])
    assert not app.exception
    assert "The disk is full" in texts(app)
    assert app.get("plotly_chart")


def test_questions_sealed_since_are_counted_and_not_shown(opened, own_lab, prepared, monkeypatch):
    monkeypatch.setattr(store, "_not_sealed", lambda items: tuple(items[1:]))
    app = opened()
    assert "1 question is not shown" in texts(app)
    assert HEADLINES[0] not in texts(app)


def test_a_file_of_questions_is_loaded_once_and_another_one_gets_a_sentence(opened, own_lab):
    questions = [{"headline": headline} for headline in HEADLINES]
    content = json.dumps({"kind": KIND, "questions": questions}).encode()
    app = opened()
    app.get("file_uploader")[0].upload("q.json", content, "application/json").run()
    assert not app.exception
    assert "3 questions are pinned" in texts(app)
    pinned = [item.question for item in history(own_lab.run).pinned]
    assert [asked.headline for asked in pinned] == list(HEADLINES)
    assert all(asked.time for asked in pinned)  # as of now
    app.get("file_uploader")[0].upload("q.json", b"<html>", "application/json").run()
    assert not app.exception
    assert "holds no saved questions" in texts(app)


def test_prepared_questions_without_an_answer_are_listed(opened, own_lab, monkeypatch):
    monkeypatch.setattr("core.predict.asked.scenarios._answers", lambda *_: {})
    prepare(load_run(own_lab.run), [("", Question(HEADLINES[0]))])
    app = opened()
    assert not app.exception
    (listed,) = [frame.value for frame in app.dataframe if "pinned" in frame.value]
    assert listed["Mean of the models: probability of win"].tolist() == ["–"]
    assert np.array_equal(listed["pinned"], ["1"])
