"""The predict page: what is typed, and what it says of it."""

import json
import re
import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.data.library import load_dataset
from core.errors import UserError
from core.evaluate.ledger import seal
from core.evaluate.ledger_rows import Rows
from core.locale import N_, P_, translate
from core.predict import Background, Intervals, Range
from core.predict.scoring.known import training_rows
from core.train.runs import load_run
from core.ui.pages import PAGES
from core.ui.predict import form
from core.ui.text import as_typed
from tests.makers.apps import APP, open_page, texts
from tests.makers.bare_lab import CLASSES, make_bare_lab

LEFT_OUT = P_("{n:,} row of a sealed holdout is left out.", "{n:,} rows of a sealed holdout are left out.")


def numbers(app):
    """The large numbers of a page, in order."""
    return [number for body in html(app) for number in re.findall(r'class="number">(\S+?) ?<small', body)]


def html(app):
    return [element.proto.body for element in app.get("html")]


def charts(app):
    return {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


@pytest.fixture(scope="session")
def finished_bare_lab(tmp_path_factory):
    return make_bare_lab(tmp_path_factory.mktemp("bare"))


@pytest.fixture
def bare_lab(finished_bare_lab, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(finished_bare_lab.home))
    return finished_bare_lab


@pytest.mark.slow
def test_an_emptied_feature_counts_as_missing(small_lab):
    app = open_page("predict", "ko", **small_lab.link)
    app.number_input[0].set_value(None).run()
    assert not app.exception
    assert app.number_input[0].value is None
    assert numbers(app)


def test_a_typed_headline_is_predicted_live(small_lab):
    app = open_page("predict", "ko", **small_lab.link)
    before = charts(app)["chart-models"]["data"][0]["x"]
    app.text_input[0].set_value("가온전자, 대규모 수주에 급등").run()
    assert not app.exception
    assert charts(app)["chart-models"]["data"][0]["x"] != before
    assert any("평균(앙상블) 승 확률" in body for body in html(app))


def test_the_large_number_its_words_and_the_dots_agree(small_lab):
    app = open_page("predict", **small_lab.link)
    (dots,) = [trace for trace in charts(app)["chart-models"]["data"] if trace["mode"] == "markers+text"]
    assert numbers(app)[0] == dots["text"][0] == f"{dots['x'][0]:.0f}%"
    assert len(dots["x"]) == 1 + len(load_run(small_lab.run).models)
    words = {"Higher than usual", "Lower than usual", "Neither high nor low for this run"}
    assert sum(word in "".join(html(app)) for word in words) == 1
    assert "of the predictions of the test" in texts(app)
    band, line = charts(app)["chart-models"]["layout"]["shapes"]
    assert band["type"] == "rect"
    assert line["type"] == "line"


@pytest.mark.slow
def test_an_empty_headline_gets_one_sentence(small_lab):
    app = open_page("predict", "ko", **small_lab.link)
    app.text_input[0].set_value("  ").run()
    assert not app.exception
    assert [error.value for error in app.error] == ["제목이 비어 있습니다. 제목을 입력하십시오."]
    assert not app.warning
    assert not numbers(app)


TYPED = '[속보] **"가온전자"** 흑자전환 <b>$5</b> :red[a] & 100%'


def test_a_typed_headline_stands_in_the_url_and_survives_a_reload(small_lab):
    app = open_page("predict", **small_lab.link)
    assert "headline" not in app.query_params  # the newest one of the table is there anyway
    newest = app.text_input[0].value
    app.text_input[0].set_value(TYPED).run()
    assert app.query_params["headline"] == TYPED
    again = _opened_anew(small_lab, TYPED)
    assert not again.exception
    assert again.text_input[0].value == TYPED
    again.text_input[0].set_value(newest).run()
    assert "headline" not in again.query_params


def test_a_link_with_a_headline_without_end_is_cut_to_what_can_be_typed(small_lab):
    app = _opened_anew(small_lab, "가" * 5_000)
    assert not app.exception
    assert len(app.text_input[0].value) == 1_000


def _opened_anew(lab, headline):
    """Open the page in a new session, by the address of another one."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.session_state["language"] = "en"
    app.run()
    app.switch_page(PAGES["predict"].file)
    for name, value in {**lab.link, "headline": headline}.items():
        app.query_params[name] = value
    return app.run()


def test_a_headline_too_long_is_cut_with_a_word_about_it(small_lab):
    app = open_page("predict", **small_lab.link)
    app.text_input[0].set_value("반도체 수출 호조 " * 100).run()
    assert not app.exception
    assert any("longer than the encoder reads" in warning.value for warning in app.warning)
    assert numbers(app)


def test_opposite_news_stands_beside_the_headline_with_a_verdict(small_lab):
    app = open_page("predict", **small_lab.link)
    app.text_input[0].set_value("가온전자, 3분기 흑자전환").run()
    assert "And if the news were the opposite?" in texts(app)
    assert "흑자 → 적자" in texts(app)
    assert any("가온전자, 3분기 적자전환" in body for body in html(app))
    assert len(numbers(app)) == 3
    assert "read these words" in texts(app)
    app.text_input[0].set_value("새로운 공장").run()
    assert "opposite" not in texts(app)
    assert len(numbers(app)) == 1


def test_a_percent_typed_for_a_return_is_asked_and_taken_by_a_click(small_lab, monkeypatch):
    of_fractions = Range(-0.09, 0.09, 0.01, 0.01)
    monkeypatch.setattr(Range, "of", lambda values: of_fractions)
    st.cache_resource.clear()
    app = open_page("predict", **small_lab.link)
    app.number_input[0].set_value(-5.0).run()
    (ask,) = [button for button in app.button if "Did you mean" in button.label]
    assert ask.label == "Did you mean -5%, that is -0.05?"
    ask.click().run()
    assert app.number_input[0].value == -0.05
    assert not [button for button in app.button if "Did you mean" in button.label]


def test_what_lies_outside_the_table_is_said_at_its_own_field(small_lab):
    app = open_page("predict", **small_lab.link)
    lines = [caption.value for caption in app.caption if " to " in caption.value]
    app.number_input[1].set_value(1e6).run()
    after = [caption.value for caption in app.caption if " to " in caption.value]
    assert len(after) == len(lines)  # the line below the field is always there
    assert [line for line in after if "outside" in line] == [f":orange[outside {lines[1]}]"]


def test_nonsense_has_no_precedent_and_news_has_some(small_lab, monkeypatch):
    monkeypatch.setattr(Background, "share", lambda self, cosine: 0.58)
    app = open_page("predict", "ko", **small_lab.link)
    assert not app.exception
    assert not app.dataframe
    assert any("유사 과거 기사가 없습니다" in info.value and "58" in info.value for info in app.info)
    monkeypatch.setattr(Background, "share", lambda self, cosine: 0.998)
    app = open_page("predict", "ko", **small_lab.link)
    (found,) = [frame.value for frame in app.dataframe]
    assert list(found.columns[:3]) == ["그 뒤의 결과", "제목", "비슷한 정도"]
    assert (found["비슷한 정도"] == "99.8%").all()


def test_three_classes_are_all_shown_and_the_reader_chooses_one(bare_lab):
    app = open_page("predict", "ko", **bare_lab.link)
    assert not app.exception
    bars = charts(app)["chart-classes"]["data"][0]
    assert bars["y"] == list(CLASSES)
    chances = [int(text.removesuffix("%")) for text in bars["text"]]
    assert sum(chances) == pytest.approx(100, abs=1)
    assert f"{max(chances)}%" in numbers(app)
    best = CLASSES[int(np.argmax(chances))]
    particle = {"negative": "가", "positive": "가", "neutral": "이"}[best]
    assert any(f"{best}{particle} 가장 유력합니다" in body for body in html(app))
    for place, label in enumerate(CLASSES):
        app.segmented_control[0].set_value(label).run()
        assert app.query_params["class"] == label
        assert charts(app)["chart-models"]["data"][0]["text"][0] == bars["text"][place]
        assert any(f"평균(앙상블) {label} 확률" in body for body in html(app))
        title = charts(app)["chart-live"]["layout"]["xaxis"]["title"]["text"]
        assert title.startswith(label)


def test_what_the_table_does_not_have_is_not_asked_or_shown(bare_lab, monkeypatch):
    monkeypatch.setattr(Background, "share", lambda self, cosine: 0.998)
    app = open_page("predict", **bare_lab.link)
    assert not app.exception
    assert not app.number_input
    assert not app.date_input
    assert not app.selectbox
    (found,) = [frame.value for frame in app.dataframe]
    assert list(found.columns) == ["what followed", "headline", "nearer than", "row"]
    assert "None" not in found.to_string()


@pytest.mark.slow
def test_a_sealed_headline_is_neither_offered_nor_predicted(small_lab, tmp_path, monkeypatch):
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    data = load_dataset(small_lab.dataset)
    rows = Rows.of(data, np.arange(48, 60))
    (home / "ledger" / "looks.jsonl").unlink()  # the run has scored these rows
    seal(data.id, "run-0", rows, rows.take(np.arange(0)))
    app = open_page("predict", "ko", **small_lab.link)
    assert not app.exception
    assert app.text_input[0].value == data.headlines[47]
    assert translate(LEFT_OUT, "ko", {"n": 12}) in texts(app)
    app.text_input[0].set_value(f"[속보] {data.headlines[50]}.").run()
    assert not app.exception
    (warning,) = [warning.value for warning in app.warning]
    assert "run-0" in warning.replace("\\", "")
    assert not numbers(app)


def test_without_its_encoder_the_run_still_shows_what_it_predicted_in_the_test(small_lab, monkeypatch):
    def gone(name):
        raise UserError(N_("The encoder {name} is not on this machine yet. Download it first."), name=name)

    monkeypatch.setattr("core.ui.predict.without_encoder.resolve", gone)
    app = open_page("predict", **small_lab.link)
    assert not app.exception
    assert [error.value for error in app.error] == [
        f"The encoder {as_typed(small_lab.encoder)} is not on this machine yet. Download it first."
    ]
    assert not app.text_input
    run = load_run(small_lab.run)
    expected = run.predictions.test["mean"][:, 1]
    app.selectbox(f"tested-{run.id}").set_value(3).run()
    assert numbers(app)[0] == f"{expected[3]:.0%}"


def test_without_its_encoder_nothing_is_told_of_rows_that_are_sealed_since(small_lab, monkeypatch):
    run, data = load_run(small_lab.run), load_dataset(small_lab.dataset)
    tested = run.predictions.test.positions(data)
    monkeypatch.setattr("core.ui.predict.without_encoder.sealed_rows", lambda data: tested[:3])
    monkeypatch.setattr(
        "core.ui.predict.without_encoder.resolve", lambda name: SimpleNamespace(available=False)
    )
    app = open_page("predict", **small_lab.link)
    assert not app.exception
    assert app.selectbox(f"tested-{run.id}").options == [data.headlines[row] for row in tested[3:]]


def test_an_outlet_is_read_as_a_table_reads_it(small_lab, monkeypatch):
    run = load_run(small_lab.run)
    known = run.preparation.outlets[0]
    monkeypatch.setattr(form.st, "selectbox", lambda *asked, **options: f" {known}\t")
    assert form.press_input(run) == known


def test_a_probability_has_the_interval_of_what_followed_predictions_like_it(small_lab, monkeypatch):
    found = Intervals(0.95, np.array([0.0]), np.array([0.4]), np.array([[0.2, 0.3]]), 12)
    monkeypatch.setattr(Intervals, "of", lambda *asked: found)
    st.cache_resource.clear()
    app = open_page("predict", **small_lab.link)
    assert (
        "After the 12 out-of-sample predictions nearest to it, win followed in 40% [20%, 30%] of cases."
        in texts(app)
    )
    assert "[20%, 30%]" in "".join(html(app))
    st.cache_resource.clear()


def test_the_numbers_can_be_those_of_the_latest_session(small_lab):
    st.cache_resource.clear()
    app = open_page("predict", **small_lab.link)
    data = load_dataset(small_lab.dataset)
    last = data.frame[data.frame["session"] == data.frame["session"].max()]
    app.button("fill-latest").click().run()
    filled = [field.value for field in app.number_input]
    assert filled == pytest.approx([last["feature.RSI"].mean(), last["feature.거래량"].mean()], rel=1e-3)
    app.button("fill-median").click().run()
    learned = data.features.iloc[training_rows(load_run(small_lab.run), data)]
    assert [field.value for field in app.number_input] == pytest.approx(list(learned.median()), rel=1e-3)


def test_a_slider_and_the_field_beside_it_move_together(small_lab):
    app = open_page("predict", **small_lab.link)
    low = app.slider[0].min
    app.slider[0].set_value(low).run()
    assert app.number_input[0].value == pytest.approx(low, rel=1e-3)
    app.number_input[0].set_value(1e6).run()
    assert app.slider[0].value == app.slider[0].max
    assert app.number_input[0].value == 1e6


def test_a_slider_at_its_end_is_not_outside_of_what_training_saw(small_lab):
    app = open_page("predict", **small_lab.link)
    ends = [(slider.min, slider.max) for slider in app.slider]
    for place, (low, high) in enumerate(ends):
        for end in (low, high):
            app.slider[place].set_value(end).run()
            assert app.number_input[place].value == pytest.approx(end, rel=1e-3)
            assert not [caption for caption in app.caption if "outside" in caption.value]


def test_precedents_are_of_sessions_before_that_of_the_time(small_lab, monkeypatch):
    monkeypatch.setattr(Background, "share", lambda self, cosine: 0.998)
    data = load_dataset(small_lab.dataset)
    day = data.frame["session"].sort_values().iloc[30]
    app = open_page("predict", **small_lab.link)
    app.datetime_input[0].set_value(day + pd.Timedelta(hours=10)).run()
    assert not app.exception
    (found,) = [frame.value for frame in app.dataframe]
    assert len(found)
    assert (found["session"].str[:10] < str(day)[:10]).all()
