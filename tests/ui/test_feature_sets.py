"""Every page with a run of the table alone, on a machine without its encoder, and with one of the headline alone."""

import pytest

from core.train.runs import load_run
from tests.makers.apps import open_page, texts

NO_WORDS = "read no headlines, so no word moves their predictions"
NO_PRECEDENT = "read no headlines, so no earlier headline is a precedent"
EXPLAINED = ("topics", "words", "table")


@pytest.mark.slow
@pytest.mark.parametrize("key", ["home", "embed", "train", "evaluate", "compare"])
@pytest.mark.parametrize("lab", ["table_lab", "headline_lab"])
def test_a_page_opens(lab, key, request):
    app = open_page(key, **request.getfixturevalue(lab).link)
    assert not app.exception
    assert not app.error


@pytest.mark.slow
def test_the_table_alone_is_trained_on_before_anything_is_embedded(table_lab):
    app = open_page("train", dataset=table_lab.dataset)
    assert any("no vectors yet" in info.value for info in app.info)
    app.selectbox(key=f"train-features-{table_lab.dataset}").set_value("table").run()
    assert not app.exception
    assert not app.info
    labels = [button.label for button in app.button]
    assert "Train the models" in labels
    assert "Principal components of the vector" not in [box.label for box in app.number_input]
    listed = app.dataframe[-1].value
    assert listed["models are given"].tolist() == ["table alone"]
    assert listed["encoder"].tolist() == ["–"]


@pytest.mark.slow
def test_nothing_of_the_table_is_asked_where_the_headline_is_given_alone(headline_lab):
    app = open_page("train", **headline_lab.link, encoder=headline_lab.encoder)
    app.selectbox(key=f"train-features-{headline_lab.dataset}").set_value("headline").run()
    assert not app.exception
    asked = [element.label for kind in ("checkbox", "number_input") for element in app.get(kind)]
    assert "Principal components of the vector" in asked
    assert not {"Let the models see the press outlet", "Clip features at each tail (%)"} & set(asked)


@pytest.mark.slow
def test_why_a_run_of_the_table_says_so_names_no_word(table_lab):
    app = open_page("explain", **table_lab.link)
    assert not app.exception
    assert not app.error
    said = texts(app)
    assert NO_WORDS in said
    assert NO_PRECEDENT in said
    for part in EXPLAINED:
        app.segmented_control(key="explain-section").set_value(part).run()
        assert not app.exception
        assert not app.error


@pytest.mark.slow
def test_a_run_of_the_table_predicts_and_asks_what_if(table_lab):
    app = open_page("predict", **table_lab.link)
    assert not app.exception
    assert not app.error
    said = texts(app)
    assert "trained without headlines, so this one changes nothing" in said
    assert NO_WORDS in said
    assert NO_PRECEDENT in said
    for part in ("whatif", "flip-test", "file", "history"):
        app.segmented_control(key="predict-section").set_value(part).run()
        assert not app.exception
        assert not app.error
        if part == "whatif":
            offered = app.segmented_control(key=f"what-if-{table_lab.run}").options
            assert offered == ["Every outlet", "A feature moved"]
        if part == "flip-test":
            assert "trained without headlines, so no word can move its predictions" in texts(app)


@pytest.mark.slow
def test_a_run_of_the_table_is_presented(table_lab):
    app = open_page("predict", **table_lab.link, present="1")
    assert not app.exception
    assert not app.error


@pytest.mark.slow
def test_a_run_of_the_headline_explains_and_predicts(headline_lab):
    app = open_page("explain", **headline_lab.link)
    assert "The headline is all that moves" in texts(app)
    for part in EXPLAINED:
        app.segmented_control(key="explain-section").set_value(part).run()
        assert not app.exception
        assert not app.error
    app = open_page("predict", **headline_lab.link)
    assert not app.exception
    assert not app.error
    assert "The headline moved the prediction" in texts(app)
    assert "the models differ about it" not in texts(app)  # there is one model


@pytest.mark.slow
def test_a_run_of_the_table_leaves_the_chosen_encoder_alone(table_lab, small_lab, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(table_lab.home))
    app = open_page("evaluate", **table_lab.link, encoder=small_lab.encoder, pooling="max")
    assert not app.exception
    assert app.session_state["chosen_encoder"] == small_lab.encoder
    assert app.session_state["chosen_pooling"] == "max"
    assert load_run(table_lab.run).settings.encoder == ""
