"""The frame around every page."""

import tomllib
from pathlib import Path

import pytest
from streamlit import config

from core.errors import Message
from core.jobs import Job
from core.locale import N_, translate
from core.ui.pages import PAGES
from tests.makers.apps import open_page, texts

ROOT = Path(__file__).parents[2]

LANGUAGES = ("ko", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_with_nothing_chosen(home, page, language):
    app = open_page(page, language)
    assert not app.exception
    assert app.title[0].value == translate(PAGES[page].question, language)


def test_the_sidebar_lists_the_pages_with_their_numbers(home):
    listed = open_page("home", "ko").sidebar.get("page_link")
    assert [link.proto.label for link in listed] == [
        "시작",
        "1 데이터",
        "2 임베딩",
        "3 학습",
        "4 평가",
        "5 설명",
        "6 지도",
        "7 예측",
        "8 비교",
        "9 미세조정",
    ]


def test_the_language_switch_changes_the_page(home):
    app = open_page("home", "ko")
    app.session_state["language"] = "en"
    app.run()
    assert app.title[0].value == PAGES["home"].question


def _trained(small_lab, **changes):
    made = {"status": "done", "started": 0.0, "finished": 40.0, "result": {"run": small_lab.run}}
    return Job("0123456789ab", "train", {"dataset": small_lab.dataset}, **(made | changes))


@pytest.mark.slow
def test_who_waits_for_a_training_stands_before_the_answer_when_it_ends(small_lab):
    app = open_page("train", **small_lab.link)
    assert app.title[0].value == PAGES["train"].question
    app.session_state["ended_job"] = _trained(small_lab)
    app.run()
    assert not app.exception
    assert app.title[0].value == PAGES["evaluate"].question
    assert "Training: done in 40 s." in texts(app)
    assert "ended_job" not in app.session_state


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "cancelled", "message": Message(N_("Stopped."))},
        {"result": {"run": "another"}},
        {"result": {}},
    ],
)
def test_a_training_that_made_nothing_to_look_at_leaves_the_page(small_lab, changes):
    app = open_page("train", **small_lab.link)
    app.session_state["ended_job"] = _trained(small_lab, **changes)
    app.run()
    assert app.title[0].value == PAGES["train"].question


def test_streamlit_knows_every_setting_of_ours_and_collects_no_garbage_after_reruns():
    ours = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    plain = {f"{section}.{name}" for section, values in ours.items() for name in values}
    known = set(config.get_config_options())
    assert {name for name in plain if name.split(".")[1] not in ("light", "dark")} <= known
    assert ours["runner"]["postScriptGC"] is False
