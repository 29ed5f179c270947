import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.data.build import build_dataset
from core.data.library import Source, load_dataset, save_dataset
from core.data.plan import Plan
from core.data.reading import read_table
from core.data.roles import guess_roles
from core.locale import translate
from core.train.runs import list_runs
from core.ui.frame import PAGES
from core.ui.text import hover

LANGUAGES = ("ko", "en")


def _open(page: str, language: str, **query: str) -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=120)
    app.session_state["language"] = language
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    if page != "home":
        app.switch_page(PAGES[page].file).run()
    return app


def _texts(app: AppTest) -> str:
    elements = [
        *app.markdown,
        *app.caption,
        *app.info,
        *app.warning,
        *app.error,
        *app.subheader,
        *app.success,
    ]
    return "\n".join(element.value for element in elements)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_with_nothing_chosen(home, page, language):
    app = _open(page, language)
    assert not app.exception
    assert app.title[0].value == translate(PAGES[page].question, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("task", ["classify", "regress"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_on_a_finished_run(lab, page, language, task):
    app = _open(page, language, dataset=lab.dataset, run=lab.runs[task])
    assert not app.exception
    assert not app.error
    assert app.title[0].value == translate(PAGES[page].question, language)


@pytest.mark.parametrize("page", ["explain", "maps", "predict"])
def test_a_page_stands_on_a_sealed_run(lab, page):
    app = _open(page, "ko", dataset=lab.sealed, run=lab.runs["sealed"])
    assert not app.exception
    assert not app.error
    assert app.title[0].value == translate(PAGES[page].question, "ko")


def _leads_to(app: AppTest) -> list[str]:
    return [button.label.removeprefix("Go to “").removesuffix("”") for button in app.button]


@pytest.mark.parametrize("page", ["embed", "train", "explain", "maps", "predict"])
def test_a_page_without_a_table_says_so_and_leads_to_the_data_page(home, page):
    app = _open(page, "en")
    assert app.info
    assert PAGES["data"].name in _leads_to(app)


@pytest.mark.parametrize("page", ["explain", "predict"])
def test_a_page_of_a_table_without_a_run_leads_to_the_train_page(home, page):
    app = _open(page, "en", dataset=_kept(SMALL))
    assert PAGES["train"].name in _leads_to(app)


@pytest.mark.parametrize("page", ["train", "explain", "predict"])
def test_a_page_on_which_no_run_is_chosen_shows_the_newest_of_the_table(lab, page):
    app = _open(page, "en", dataset=lab.dataset)
    assert not app.exception
    assert app.session_state["chosen_run"] == list_runs(lab.dataset)[0].id


def test_a_link_to_a_run_alone_brings_its_table(lab):
    app = _open("train", "en", run=lab.runs["classify"])
    assert "ROC AUC" in app.subheader[0].value


def test_a_run_of_another_table_is_never_shown(lab, tmp_path):
    from core.data.library import delete_dataset, load_dataset, save_dataset

    other = replace(load_dataset(lab.dataset), id="0123456789abcdef", name="other")
    save_dataset(other)
    try:
        app = _open("train", "en", dataset=other.id, run=lab.runs["classify"])
        assert not app.exception
        assert not any("ROC AUC" in subheader.value for subheader in app.subheader)
    finally:
        delete_dataset(other.id)


def test_an_emptied_feature_counts_as_missing(lab):
    app = _open("predict", "ko", dataset=lab.dataset, run=lab.runs["classify"])
    app.number_input[0].set_value(None).run()
    assert not app.exception
    assert app.number_input[0].value is None
    assert any("앙상블이 본" in subheader.value for subheader in app.subheader)


def test_a_table_without_vectors_is_led_to_the_embed_page(lab, tmp_path):
    app = _open("train", "en", dataset=lab.dataset, pooling="mean", encoder=str(tmp_path))
    assert any("no vectors yet" in info.value for info in app.info)


def test_the_train_page_shows_the_verdict_with_its_interval(lab):
    app = _open("train", "ko", dataset=lab.dataset, run=lab.runs["classify"])
    assert "ROC AUC" in app.subheader[0].value
    assert "[" in app.subheader[0].value


def test_a_typed_headline_is_predicted_live(lab):
    app = _open("predict", "ko", dataset=lab.dataset, run=lab.runs["classify"])
    before = [metric.value for metric in app.metric]
    app.text_input[0].set_value("[특징주] 가온전자, 대규모 수주에 급등…목표주가 상향").run()
    assert not app.exception
    assert [metric.value for metric in app.metric] != before
    assert any("앙상블이 본" in subheader.value for subheader in app.subheader)


def test_an_empty_headline_gets_one_sentence(lab):
    app = _open("predict", "ko", dataset=lab.dataset, run=lab.runs["classify"])
    app.text_input[0].set_value("  ").run()
    assert [error.value for error in app.error] == ["제목이 비어 있습니다. 제목을 입력하십시오."]


@pytest.mark.parametrize("page", ["train", "explain"])
@pytest.mark.parametrize("run", ["../../etc", "ffffffffffffffff"])
def test_a_link_to_a_run_that_is_gone_says_so(lab, run, page):
    app = _open(page, "ko", dataset=lab.dataset, run=run)
    assert not app.exception
    assert app.error


def test_a_link_to_a_dataset_that_is_gone_leads_to_the_data_page(lab):
    app = _open("embed", "en", dataset="0000000000000000")
    assert not app.exception
    assert any("No table is chosen" in info.value for info in app.info)


def test_an_unknown_encoder_gets_one_sentence(lab):
    app = _open("embed", "en", dataset=lab.dataset, encoder="/no/such/folder")
    assert not app.exception
    assert any("no encoder named" in error.value for error in app.error)


def test_the_language_switch_changes_the_page(home):
    app = _open("home", "ko")
    app.session_state["language"] = "en"
    app.run()
    assert app.title[0].value == PAGES["home"].question


@pytest.mark.slow
def test_one_click_loads_the_sample(home):
    app = _open("home", "en")
    next(button for button in app.button if button.label == "Try the synthetic sample").click().run()
    assert not app.exception
    assert "dataset" in app.query_params


def _kept(csv: str) -> str:
    """Read a CSV text as the page does, keep it with its file, and return the dataset's id."""
    table = read_table(csv.encode())
    data = build_dataset([table.frame], Plan(guess_roles(table.frame).roles), "작은 표")
    save_dataset(data, [Source("작은.csv", table)])
    return data.id


SMALL = "일자,제목,언론사,RSI,상수,익일수익률\n" + "".join(
    f"2024-01-{2 + i % 5:02},가온전자 {i}번째 대규모 수주 소식에 강세,가일보,{40 + i % 7},7,{(i % 5 - 2) / 100}\n"
    for i in range(40)
)


def test_a_finding_can_be_remedied_by_its_button(home):
    app = _open("data", "en", dataset=_kept(SMALL))
    assert any("상수" in markdown.value and "same value" in markdown.value for markdown in app.markdown)
    next(button for button in app.button if button.label == "Leave this feature out").click().run()
    assert not app.exception
    assert load_dataset(app.query_params["dataset"]).roles.numeric == ("RSI",)


def test_a_step_can_be_undone_from_the_kept_file(home):
    first = _kept(SMALL + SMALL.splitlines()[1] + "\n")
    assert len(load_dataset(first)) == 40
    app = _open("data", "en", dataset=first)
    next(button for button in app.button if button.label == "Change roles, target or cleaning").click().run()
    next(radio for radio in app.radio if radio.label == "Rows that repeat a whole row").set_value("keep")
    next(button for button in app.button if button.label == "Use this table").click().run()
    assert not app.exception
    assert len(load_dataset(app.query_params["dataset"])) == 41


def test_the_same_file_twice_keeps_the_name_that_the_user_gave(home):
    from core.data.library import rename_dataset

    first = _kept(SMALL)
    rename_dataset(first, "내 이름")
    assert _kept(SMALL) == first
    assert load_dataset(first).name == "내 이름"


def test_a_row_named_by_two_findings_of_one_kind_gets_each_in_words(home):
    from core.ui.data.report import _explained_rows, report

    csv = (
        SMALL.replace(",40,7,", ",x,7,", 1)
        .replace("익일수익률\n", "PER,익일수익률\n")
        .replace(",7,", ",7,1,")
    )
    csv = csv.replace(",7,1,", ",7,y,", 1)
    data = load_dataset(_kept(csv))
    bad = _explained_rows(data, report(data, data.id)).query("code == 'bad_number'")
    assert len(bad) == 2
    assert bad["finding"].is_unique


def _explained(run, feature):
    import numpy as np

    from core.explain.contributions import Contributions
    from core.train.runs import load_run
    from core.ui import explain

    models = ("rf", "xgb", "lgbm", "mean")
    values = {name: np.array([[0.2, 0.1], [0.3, -0.1]]) for name in models}
    base, prediction = dict.fromkeys(models, 0.5), dict.fromkeys(models, np.array([0.8, 0.7]))
    found = Contributions(("feature." + feature, "press"), values, base, prediction, np.arange(2), None)
    explain.answer(load_run(run), found)
    explain.importance_chart(load_run(run), found)
    explain.waterfall(load_run(run), found, 0, "chart-row", "a row")
    explain.member_table(load_run(run), found, 0)


def test_a_feature_with_an_odd_name_is_shown_as_it_is_called(lab):
    name = "P&L <b>후</b> 한 줄에는 다 들어가지 않는 몹시도 길고 긴 이름의 특징"
    asked = {"run": lab.runs["classify"], "feature": name}
    app = AppTest.from_function(_explained, kwargs=asked, default_timeout=60)
    app.session_state["language"] = "en"
    app.run()
    assert not app.exception
    assert name in app.subheader[0].value.replace("\\", "")
    assert name in app.dataframe[0].value.columns
    charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    assert len(charts) == 2
    assert all(
        hover(name) in trace["y"] for chart in charts for trace in chart["data"] if trace["type"] != "scatter"
    )
