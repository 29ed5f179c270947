"""The predict page: what is typed, and what it says of it."""

import pytest

from tests.makers.apps import open_page


@pytest.mark.slow
def test_an_emptied_feature_counts_as_missing(small_lab):
    app = open_page("predict", "ko", **small_lab.link)
    app.number_input[0].set_value(None).run()
    assert not app.exception
    assert app.number_input[0].value is None
    assert any("앙상블이 본" in subheader.value for subheader in app.subheader)


def test_a_typed_headline_is_predicted_live(small_lab):
    app = open_page("predict", "ko", **small_lab.link)
    before = [metric.value for metric in app.metric]
    app.text_input[0].set_value("가온전자, 대규모 수주에 급등").run()
    assert not app.exception
    assert [metric.value for metric in app.metric] != before
    assert any("앙상블이 본" in subheader.value for subheader in app.subheader)


@pytest.mark.slow
def test_an_empty_headline_gets_one_sentence(small_lab):
    app = open_page("predict", "ko", **small_lab.link)
    app.text_input[0].set_value("  ").run()
    assert [error.value for error in app.error] == ["제목이 비어 있습니다. 제목을 입력하십시오."]
