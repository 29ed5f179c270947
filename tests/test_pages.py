import pytest
from streamlit.testing.v1 import AppTest

from core.locale import translate
from core.ui.frame import PAGES

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


@pytest.mark.parametrize(("page", "needs"), [("embed", "data"), ("train", "data"), ("explain", "train"), ("predict", "train")])  # fmt: skip
def test_a_page_says_what_is_missing_and_leads_there(home, page, needs):
    app = _open(page, "en")
    assert app.info
    assert PAGES[needs].name in [
        button.label.removeprefix("Go to “").removesuffix("”") for button in app.button
    ]


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
    assert any("앙상블의 예상은" in subheader.value for subheader in app.subheader)


def test_an_empty_headline_gets_one_sentence(lab):
    app = _open("predict", "ko", dataset=lab.dataset, run=lab.runs["classify"])
    app.text_input[0].set_value("  ").run()
    assert [error.value for error in app.error] == ["제목이 비어 있습니다. 제목을 입력하십시오."]


@pytest.mark.parametrize("run", ["../../etc", "ffffffffffffffff"])
def test_a_link_to_a_run_that_is_gone_says_so(lab, run):
    app = _open("explain", "ko", dataset=lab.dataset, run=run)
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
