"""The presenter mode: its steps, what it shows of each, and what it never leaves out."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data.library import load_dataset
from core.errors import UserError
from core.evaluate.ledger import seal
from core.evaluate.ledger_rows import Rows
from core.predict import Question
from core.predict.asked import history as store
from core.train import load_run
from core.ui.pages import PAGES
from tests.makers.apps import APP, open_page, texts
from tests.makers.bare_lab import make_bare_lab
from tests.makers.small_lab import table_of, train_beside
from tests.ui.predict.conftest import HEADLINES

REMINDER = "never saw"


def html(app):
    return "\n".join(element.proto.body for element in app.get("html"))


def shown(app):
    """The headline and the position of the step."""
    headlines = re.findall(r'class="presented">(.*?)</p>', html(app))
    return headlines[0] if headlines else None, re.findall(r'class="step">(.*?)</p>', html(app))[0]


def test_the_pinned_questions_are_stepped_through_in_their_order(opened, own_lab, prepared):
    store.move(prepared[2], -2)
    app = opened(present="1")
    assert not app.exception
    assert shown(app) == (HEADLINES[2], "1 / 3")
    assert app.button(key="present-back").disabled
    app.button(key="present-next").click().run()
    assert shown(app) == (HEADLINES[0], "2 / 3")
    assert app.query_params["step"] == "2"
    app.button(key="remote-next").click().run()
    assert shown(app) == (HEADLINES[1], "3 / 3")
    assert "공장" in html(app)  # its name
    assert app.button(key="present-next").disabled
    app.button(key="present-back").click().run()
    assert shown(app) == (HEADLINES[0], "2 / 3")


def test_a_step_shows_the_prediction_its_reasons_and_how_good_the_run_is(opened, prepared):
    app = opened(present="1", step="3")
    assert shown(app) == (HEADLINES[2], "3 / 3")
    body = html(app)
    assert re.search(r'class="number">\d+% ', body)
    assert 'class="coloured"' in body
    (chart,) = app.get("plotly_chart")
    assert chart.key == "chart-presented"
    assert json.loads(chart.proto.spec)["layout"]["font"]["size"] >= 18
    assert REMINDER in texts(app)
    assert "similar" in texts(app)


def test_there_is_nothing_to_set_but_the_steps(opened, prepared):
    app = opened(present="1")
    main = app.main
    kinds = ("text_input", "number_input", "selectbox", "segmented_control", "slider", "toggle", "dataframe")
    assert [kind for kind in kinds if main.get(kind)] == []
    assert {one.label for one in main.get("button")} == {"Leave", "Back", "Next"}
    assert [one.proto.shortcut for one in main.get("button")] == [
        "escape",
        "left",
        "right",
        "pageup",
        "pagedown",
    ]
    assert '[data-testid="stSidebar"]' in html(app)


def test_one_enters_by_a_button_and_leaves_to_the_form(opened, prepared):
    app = opened()
    app.button(key="present").click().run()
    assert app.query_params["present"] == "1"
    assert shown(app)[1] == "1 / 3"
    app.button(key="present-leave").click().run()
    assert not app.exception
    assert "present" not in app.query_params
    assert "step" not in app.query_params
    assert app.text_input


@pytest.mark.parametrize(
    ("step", "position"), [("99", "3 / 3"), ("0", "1 / 3"), ("-1", "1 / 3"), ("x", "1 / 3"), ("²", "1 / 3")]
)
def test_a_link_to_no_step_opens_the_nearest(opened, prepared, step, position, monkeypatch):
    monkeypatch.setattr("core.ui.predict.asked.presenter._present", lambda *_: None)
    monkeypatch.setattr("core.ui.predict.asked.presenter._read_ahead", lambda *_: None)
    app = opened(present="1", step=step)
    assert not app.exception
    assert shown(app)[1] == position


def test_without_pins_what_was_asked_is_presented_the_newest_first(opened, own_lab):
    run = load_run(own_lab.run)
    for headline in HEADLINES[:2]:
        store.remember(run, Question(headline), {})
    assert shown(opened(present="1")) == (HEADLINES[1], "1 / 2")


def test_without_a_history_the_newest_headlines_not_learned_from_are_presented(opened, own_lab):
    data, run = load_dataset(own_lab.dataset), load_run(own_lab.run)
    app = opened(present="1")
    assert shown(app) == (data.headlines[-1], "1 / 5")
    assert data.frame["press"].iloc[-1] in html(app)
    assert "learned" not in html(app)
    assert set(data.frame["row"].iloc[-5:]) <= set(run.predictions.test.table["row"])


def test_headlines_of_the_table_that_the_models_learned_from_are_told(own_lab, opened, monkeypatch):
    from core.ui.predict.asked import scenarios

    monkeypatch.setattr(scenarios, "sealed_rows", lambda data: np.arange(40, len(data)))
    assert "the models learned from this headline" in html(opened(present="1"))


def test_a_pinned_headline_that_the_models_learned_from_is_told(opened, own_lab):
    data, run = load_dataset(own_lab.dataset), load_run(own_lab.run)
    for headline in (data.headlines[0], "전혀 다른 이야기"):
        store.pin(store.remember(run, Question(headline), {}))
    assert "the models learned from this headline" in html(opened(present="1"))
    assert "learned" not in html(opened(present="1", step="2"))


def test_a_sealed_headline_is_never_presented(opened, own_lab, monkeypatch, tmp_path):
    data, run = load_dataset(own_lab.dataset), load_run(own_lab.run)
    store.pin(store.remember(run, Question("새로운 공장"), {}))
    rows = Rows.of(data, np.arange(48, 60))
    (tmp_path / "own" / "ledger" / "looks.jsonl").unlink()
    sealed = store.remember(run, Question(data.headlines[50]), {})
    store.pin(sealed)
    seal(data.id, "run-0", rows, rows.take(np.arange(0)))
    app = opened(present="1")
    assert shown(app) == ("새로운 공장", "1 / 1")
    # sealed between the list and the prediction
    monkeypatch.setattr(store, "_not_sealed", lambda items: tuple(items))
    app = opened(present="1", step="2")
    assert not app.exception
    assert "run-0" in texts(app)
    assert 'class="number"' not in html(app)
    assert REMINDER in texts(app)
    assert not app.button(key="present-back").disabled


def test_after_a_first_step_that_is_sealed_the_next_one_is_read_ahead(opened, own_lab, tmp_path):
    headlines = load_dataset(own_lab.dataset).headlines
    (tmp_path / "own" / "ledger" / "looks.jsonl").unlink()
    rows = Rows.of_headlines([headlines[-1]], np.array(["2001-02-05"], "datetime64[s]"))  # of another table
    seal("another-table", "run-0", rows, rows.take(np.arange(0)))
    app = opened(present="1")
    assert not app.exception
    assert "run-0" in texts(app)
    app.button(key="present-next").click().run()
    assert not app.exception
    assert shown(app) == (headlines[-2], "2 / 5")


def test_a_step_whose_encoder_is_gone_says_so_and_can_be_left(opened, own_lab, monkeypatch):
    def gone(*_):
        raise UserError("The encoder is gone from this machine.")

    run, unread = load_run(own_lab.run), ["읽지 못한 제목", "또 하나"]
    for headline in unread:
        store.pin(store.remember(run, Question(headline), {}))
    monkeypatch.setattr("core.ui.predict.live.encode_headlines", gone)
    app = opened(present="1")
    for place, headline in enumerate(unread, 1):
        assert not app.exception
        assert "The encoder is gone" in texts(app)
        assert shown(app) == (headline, f"{place} / 2")
        assert REMINDER in texts(app)
        if place == 1:
            app.button(key="present-next").click().run()


def test_a_headline_is_shown_as_typed(opened, own_lab):
    store.remember(
        load_run(own_lab.run),
        Question("<script>x</script> **급락** $5$", "<i>한빛</i>"),
        {},
        name="<b>이름</b>",
    )
    body = html(opened(present="1"))
    assert "<script>" not in body
    assert "<i>" not in body
    assert "&lt;b&gt;이름" in body


@pytest.mark.slow
def test_of_three_classes_the_most_likely_is_presented(tmp_path, monkeypatch):
    lab = make_bare_lab(tmp_path)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(lab.home))
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.session_state["language"] = "en"
    app.run()
    app.switch_page(PAGES["predict"].file)
    for name, value in {**lab.link, "present": "1"}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    (line,) = [line for line in texts(app).splitlines() if line.count(" · ") == 2 and line.count("%") == 3]
    assert f'class="number">{max(re.findall(r"[0-9]+", line), key=int)}% ' in html(app)


@pytest.mark.slow
def test_of_a_return_the_interval_stands_beside_it_and_the_history_has_it(small_lab, tmp_path, monkeypatch):
    settings = replace(small_lab.settings, task="regress")
    home, link = train_beside(small_lab, tmp_path, table_of(small_lab), settings)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    monkeypatch.setattr("core.ui.predict.sections.FIRST", "history")
    app = open_page("predict", **link)
    app.text_input[0].set_value(HEADLINES[0]).run()
    assert not app.exception
    (listed,) = [frame.value for frame in app.dataframe if "pinned" in frame.value]
    (number,) = listed["Mean of the models: return"]
    assert re.fullmatch(r"[+-]?\d+\.\d\d%", number)
    app.button(key="present").click().run()
    assert not app.exception
    assert f'class="number">{number} ' in html(app)
    assert shown(app) == (HEADLINES[0], "1 / 1")
