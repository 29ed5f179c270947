"""The data page: findings and their remedies, and steps undone from the saved file."""

from core.data.library import load_dataset, rename_dataset
from core.ui.data.findings import _explained_rows
from core.ui.data.report import report
from tests.makers.apps import open_page
from tests.makers.tables import SMALL, saved


def test_a_finding_can_be_remedied_by_its_button(home):
    app = open_page("data", "en", dataset=saved(SMALL))
    assert any("상수" in markdown.value and "same value" in markdown.value for markdown in app.markdown)
    next(button for button in app.button if button.label == "Leave this feature out").click().run()
    assert not app.exception
    assert load_dataset(app.query_params["dataset"]).roles.numeric == ("RSI",)


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
