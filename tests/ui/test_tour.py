"""Whole pages on the sample's rows: every page, both languages, classes and returns."""

import pytest

from core.evaluate.lift_text import STATES, state
from core.locale import translate
from core.train.runs import load_run
from core.ui.pages import PAGES
from tests.makers.apps import open_page

pytestmark = pytest.mark.slow

LANGUAGES = ("ko", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("task", ["classify", "regress"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_on_a_finished_run(lab, page, language, task):
    app = open_page(page, language, dataset=lab.dataset, run=lab.runs[task])
    assert not app.exception
    assert not app.error
    assert app.title[0].value == translate(PAGES[page].question, language)


@pytest.mark.parametrize("page", ["explain", "maps", "predict"])
def test_a_page_stands_on_a_sealed_run(lab, page):
    app = open_page(page, "ko", dataset=lab.sealed, run=lab.runs["sealed"])
    assert not app.exception
    assert not app.error
    assert app.title[0].value == translate(PAGES[page].question, "ko")


def test_the_evaluate_page_shows_the_verdict_with_its_interval(lab):
    app = open_page("evaluate", "ko", dataset=lab.dataset, run=lab.runs["classify"])
    shown = [element.proto.body for element in app.get("html")]
    verdict, cards = (next(b for b in shown if f'class="{kind}"' in b) for kind in ("verdict", "cards"))
    run = load_run(lab.runs["classify"])
    title = STATES[state(run.lift)]
    assert translate(title, "ko") in verdict
    assert f"{run.lift.value:+.3f}" in verdict
    assert f"[{run.lift.low:+.3f}, {run.lift.high:+.3f}]" in verdict
    assert cards.count('class="card"') == 3
    assert f"{run.effective.rows:,}" in cards


def test_one_click_loads_the_sample(home):
    app = open_page("home", "en")
    next(button for button in app.button if button.label == "Try the synthetic sample").click().run()
    assert not app.exception
    assert "dataset" in app.query_params
