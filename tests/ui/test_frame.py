"""The frame around every page."""

import pytest

from core.errors import Message
from core.jobs import Job
from core.locale import N_, translate
from core.ui.pages import PAGES
from tests.makers.apps import open_page, texts

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
