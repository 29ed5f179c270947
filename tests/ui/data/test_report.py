"""The data page: findings and their remedies, and steps undone from the saved file."""

import pytest

from core.data.library import load_dataset, rename_dataset
from core.evaluate.effective_size import worth_of_table
from core.ui.data.findings import _explained_rows
from core.ui.data.report import report
from tests.makers.apps import open_page
from tests.makers.tables import SMALL, saved


@pytest.mark.slow
def test_a_finding_can_be_remedied_by_its_button(home):
    app = open_page("data", "en", dataset=saved(SMALL))
    assert any("상수" in markdown.value and "same value" in markdown.value for markdown in app.markdown)
    next(button for button in app.button if button.label == "Leave this feature out").click().run()
    assert not app.exception
    assert load_dataset(app.query_params["dataset"]).roles.numeric == ("RSI",)


@pytest.mark.slow
def test_a_step_can_be_undone_from_the_saved_file(home):
    first = saved(SMALL + SMALL.splitlines()[1] + "\n")
    assert len(load_dataset(first)) == 40
    app = open_page("data", "en", dataset=first)
    next(button for button in app.button if button.label == "Change roles, target or cleaning").click().run()
    next(radio for radio in app.radio if radio.label == "Rows that repeat a whole row").set_value("keep")
    next(button for button in app.button if button.label == "Use this table").click().run()
    assert not app.exception
    assert len(load_dataset(app.query_params["dataset"])) == 41


def test_the_same_file_twice_keeps_the_name_that_the_user_gave(home):
    first = saved(SMALL)
    rename_dataset(first, "내 이름")
    assert saved(SMALL) == first
    assert load_dataset(first).name == "내 이름"


def test_a_row_named_by_two_findings_of_one_kind_gets_each_in_words(home):
    csv = (
        SMALL.replace(",40,7,", ",x,7,", 1)
        .replace("익일수익률\n", "PER,익일수익률\n")
        .replace(",7,", ",7,1,")
    )
    csv = csv.replace(",7,1,", ",7,y,", 1)
    data = load_dataset(saved(csv))
    bad = _explained_rows(data, report(data, data.id)).query("code == 'bad_number'")
    assert len(bad) == 2
    assert bad["finding"].is_unique


def html(app):
    """What the cards say."""
    return " ".join(element.proto.body for element in app.get("html"))


def test_the_page_answers_first_with_numbers_that_agree_with_those_of_evaluate(home):
    """The file's 41 rows and the 40 that are kept stand side by side; independent observations are Evaluate's."""
    name = saved(SMALL + SMALL.splitlines()[1] + "\n")
    data = load_dataset(name)
    worth = {task: round(found.effective_n) for task, found in worth_of_table(data).items()}
    app = open_page("data", "en", dataset=name)
    shown = html(app)
    assert "<b>40</b><small>of 41 in the file</small>" in shown
    assert f"<b>≈ {worth['classify']}</b>" in shown
    assert not [button for button in app.button if button.label == "Discard, and load nothing"]
    assert len(app.main.caption) <= 2 + len(
        app.get("plotly_chart")
    )  # the purpose, the limits, a note per chart


def test_a_table_without_dates_or_target_says_so_and_shows_no_number(home):
    lines = [f"가온전자 {day}번째 대규모 수주" for day in range(20)]
    app = open_page("data", "en", dataset=saved("제목\n" + "\n".join(lines) + "\n"))
    shown = html(app)
    assert shown.count("<b>–</b>") == 2
    assert "no dates" in shown
    assert "no target" in shown
    assert not app.exception


def test_a_draft_can_be_discarded(home):
    first = saved(SMALL)
    app = open_page("data", "en", dataset=first)
    next(button for button in app.button if button.label == "Change roles, target or cleaning").click().run()
    next(button for button in app.button if button.label == "Discard, and load nothing").click().run()
    assert not app.exception
    assert app.query_params["dataset"] in (first, [first])
    assert "draft" not in app.session_state
