"""The sentiment of a classifier tuned here, offered with the settings of a training."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.makers.tuned_encoders import put

TITLE = "Sentiment (a classifier tuned here)"


@pytest.fixture
def form(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "lab"))

    def page():
        import streamlit as st

        from core.ui.train.form import settings_form
        from tests.makers.train_tables import signal

        made = settings_form(signal()[0])
        if made is not None:
            st.text(f"{made.extras} {made.classifier}")

    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["language"] = "en"
    return app


def test_a_classifier_is_chosen_by_its_name_and_goes_into_the_settings(form):
    put("finance", classes=("부정", "긍정"))
    form.run()
    form.multiselect[0].select(TITLE).run()
    assert not form.exception
    box = next(box for box in form.selectbox if box.label == "Classifier")
    assert box.options == ["finance"]
    form.button[-1].click().run()
    assert [text.value for text in form.text] == ["('classifier',) tuned:finance"]


def test_where_there_is_none_the_page_says_how_to_make_one(form):
    put("plain")
    form.run()
    form.multiselect[0].select(TITLE).run()
    assert not form.exception
    assert any("No classifier was tuned here yet" in caption.value for caption in form.caption)
