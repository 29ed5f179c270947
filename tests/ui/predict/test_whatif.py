"""What if: the baseline, words turned round, several headlines, outlets and features moved."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from core.data.library import load_dataset
from core.errors import UserError
from core.explain import encode_headlines
from core.predict import Question
from core.predict.finance_words.flips import Flip, flips
from core.predict.whatif import ask, curve, outlet_answers
from core.train.runs import load_run
from core.ui.pages import PAGES
from tests.makers.apps import open_page, texts
from tests.makers.bare_lab import CLASSES, make_bare_lab
from tests.makers.small_lab import table_of, train_beside

TYPED = "가온전자, 3분기 흑자전환"


def html(app):
    return "\n".join(element.proto.body for element in app.get("html"))


def charts(app):
    return {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def button(app, label):
    (found,) = [button for button in app.button if button.label == label]
    return found


def shown(label):
    return label.replace("\\", "")


@pytest.fixture(autouse=True)
def _this_part_first(monkeypatch):
    monkeypatch.setattr("core.ui.predict.sections.FIRST", "whatif")


@pytest.fixture
def page(small_lab):
    """Opens the page on one of the parts, with a headline typed."""

    def opened(part="", headline=TYPED, language="en"):
        app = open_page("predict", language, **small_lab.link)
        if part:
            app.segmented_control(key=f"what-if-{small_lab.run}").set_value(part)
        app.text_input[0].set_value(headline).run()
        assert not app.exception
        return app

    return opened


@pytest.fixture
def asked(small_lab):
    """The run, the question that the page asks at first with the headline typed, and its vector."""

    def of(app, headline=TYPED):
        run, data = load_run(small_lab.run), load_dataset(small_lab.dataset)
        features = {
            name: app.number_input(key=f"feature-{run.id}-{name}").value for name in run.preparation.features
        }
        press = app.selectbox(key=f"press-{run.id}").value
        question = Question(headline, press, features=features)
        return run, data, question, encode_headlines(run, [headline])

    return of


@pytest.mark.slow
def test_the_baseline_survives_edits_and_another_page_until_it_is_unpinned(page, small_lab):
    app = page()
    assert "This is the baseline" not in texts(app)
    button(app, "Pin as baseline").click().run()
    assert "This is the baseline" in texts(app)
    assert button(app, "Pin this instead").disabled
    app.text_input[0].set_value("가온전자, 3분기 적자전환").run()
    app.number_input[0].set_value(2.0).run()
    assert not app.exception
    said = html(app)
    assert "<s>흑자전환</s>" in said
    assert "<b>적자전환</b>" in said
    assert " → 2" in said.replace("&nbsp;", " ").replace("  ", " ")
    bars = charts(app)["chart-baseline"]["data"][0]
    assert bars["y"][0].startswith(app.number_input[0].label)
    app.switch_page(PAGES["data"].file).run()
    app.switch_page(PAGES["predict"].file).run()
    assert "<s>흑자전환</s>" in html(app)
    button(app, "Unpin").click().run()
    assert "<s>흑자전환</s>" not in html(app)
    assert button(app, "Pin as baseline")


def test_a_change_has_sign_arrow_and_colour_and_is_that_of_the_models(page, asked):
    app = page()
    button(app, "Pin as baseline").click().run()
    run, _data, before, vector = asked(app)
    app.number_input(key=f"feature-{run.id}-RSI").set_value(2.0).run()
    after = replace(before, features={**before.features, "RSI": 2.0})
    values = ask(run, [before, after], vector[[0, 0]])
    assert "chart-baseline" not in charts(app)  # one change has done all of it
    for was, now in values.values():
        change = round(round(now * 100, 1) - round(was * 100, 1), 1)
        sign, colour = (
            ("▲ +", "#d6392d") if change > 0 else ("▼ ", "#123e7c") if change < 0 else ("＝ ", "#5a6668")
        )
        assert f"<b>{now * 100:.1f}%</b><small>before: {was * 100:.1f}%</small>" in html(app)
        assert f'color: {colour}; white-space: nowrap">{sign}{change:.1f} pp<' in html(app)


def test_words_turned_round_stand_each_with_its_change_and_one_click_asks_them(page):
    app = page()
    (found, *_others) = flips(TYPED)
    assert shown(app.button(key="take-flip-0").label) == "흑자 → 적자"
    app.button(key="take-flip-0").click().run()
    assert not app.exception
    assert app.text_input[0].value == found.text
    assert shown(app.button(key="take-flip-0").label) == "적자 → 흑자"


def test_words_that_mean_html_are_shown_as_typed(page, monkeypatch):
    nasty = Flip("<img src=x onerror=alert(1)>", "<b>x</b>", "</p><script>", 1)
    monkeypatch.setattr("core.predict.whatif.turned.flips", lambda _text: (nasty,))
    app = page(headline='<img src=x onerror=alert(1)> "흑자"')
    assert "<img" not in html(app)
    assert "<script" not in html(app)
    label = app.button(key="take-flip-0").label
    assert label == r"\<b\>x\<\/b\> → \<\/p\>\<script\>"


def test_a_headline_without_such_words_gets_one_sentence(page):
    assert "no word of good or bad news" in texts(page(headline="새로운 공장"))


def test_pasted_headlines_are_ranked_and_what_was_left_out_is_said(page, asked):
    app = page("headlines")
    lines = ["나라전자 급등", "", "다온바이오 적자", "나라전자 급등", '=HYPERLINK("x")', "가" * 1_200]
    app.text_area[0].set_value("\n".join(lines)).run()
    assert not app.exception
    (shown,) = [frame.value for frame in app.dataframe if "rank" in frame.value]
    run, _data, question, _vector = asked(app)
    assert set(shown["headline"]) == {"나라전자 급등", "다온바이오 적자", '=HYPERLINK("x")', "가" * 1_000}
    texts_shown = shown["headline"].tolist()
    values = ask(
        run, [replace(question, headline=text) for text in texts_shown], encode_headlines(run, texts_shown)
    )
    assert shown["probability of win (%)"].tolist() == [round(value * 100, 1) for value in values["mean"]]
    assert shown["probability of win (%)"].is_monotonic_decreasing
    (warning,) = [one.value for one in app.warning if "cut" in one.value]
    assert "1 headline was cut to 1,000 characters" in warning.replace("\\", "")
    assert "1 repeated line counts once" in warning


def test_more_headlines_than_are_read_are_said_and_the_first_ones_kept(page, monkeypatch):
    monkeypatch.setattr("core.predict.whatif.variants.MOST_VARIANTS", 3)
    app = page("headlines")
    app.text_area[0].set_value("가\n나\n다\n라\n마").run()
    (shown,) = [frame.value for frame in app.dataframe if "rank" in frame.value]
    assert set(shown["headline"]) == {"가", "나", "다"}
    assert "2 headlines beyond the first" in texts(app)


def test_nothing_pasted_is_nothing_shown(page):
    app = page("headlines")
    app.text_area[0].set_value("  \n\u200b\n").run()
    assert not app.exception
    assert not [frame for frame in app.dataframe if "rank" in frame.value]


def test_every_outlet_is_a_dot_and_the_present_one_a_diamond(page, asked):
    app = page("outlets")
    run, _data, question, vector = asked(app)
    found = outlet_answers(run, question, vector)
    dots = charts(app)["chart-outlets"]["data"][1]
    assert len(dots["y"]) == len(run.preparation.outlets) + 2
    assert dots["marker"]["symbol"].index("diamond") == found.present
    assert dots["text"][found.present] == f"{found.values[found.present] * 100:.1f}%"


def test_one_feature_is_a_curve_and_two_a_heat_map(page, asked):
    app = page("features")
    run, data, question, vector = asked(app)
    made = curve(run, data, question, vector, run.preparation.features[0])
    lines = charts(app)["chart-sweep"]["data"]
    assert [line["name"] for line in lines[:-1]][-1] == "Mean of the models"  # drawn above the others
    assert len(lines) == len(run.models) + 2
    assert lines[-1]["y"] == [pytest.approx(made.now * 100)]
    first, second = run.preparation.features
    app.selectbox(key=f"sweep-second-{run.id}").set_value(second).run()
    assert not app.exception
    heat, point = charts(app)["chart-sweep-two"]["data"]
    assert heat["type"] == "heatmap"
    assert heat["zmin"] + heat["zmax"] == pytest.approx(2 * made.now * 100)
    assert point["x"] == [pytest.approx(question.features[first])]
    app.selectbox(key=f"sweep-{run.id}").set_value(second).run()  # the second one must not be the same
    assert not app.exception
    assert "chart-sweep" in charts(app)


@pytest.mark.parametrize("absurd", [None, 1e30, -1e30])
def test_a_value_that_is_missing_or_absurd_is_said_and_the_curve_still_drawn(page, small_lab, absurd):
    app = page("features")
    app.number_input[0].set_value(absurd).run()
    assert not app.exception
    assert ("is not given now" if absurd is None else "outside what the table has had") in texts(app)
    assert charts(app)["chart-sweep"]["data"][-1]["name"] == "Mean of the models"  # no mark of the present


def test_an_encoder_that_is_gone_is_said_and_the_rest_stays(page, monkeypatch):
    app = page("headlines")

    def gone(*_):
        raise UserError("gone")

    monkeypatch.setattr("core.ui.predict.whatif.encoded.encode_headlines", gone)
    app.text_area[0].set_value("가온전자 급등").run()
    assert not app.exception
    assert [error.value for error in app.error] == ["gone"]


def test_a_baseline_that_was_sealed_since_is_not_predicted(page, monkeypatch):
    app = page()
    button(app, "Pin as baseline").click().run()

    def sealed(headline, time=None):
        raise UserError("sealed")

    monkeypatch.setattr("core.ui.predict.whatif.baseline.require_open", sealed)
    app.text_input[0].set_value("가온전자 급락").run()
    assert not app.exception
    assert "sealed" in [warning.value for warning in app.warning]


def test_the_line_against_the_baseline_asks_the_two_questions_alone(page, monkeypatch):
    app = page()
    button(app, "Pin as baseline").click().run()
    app.segmented_control(key="predict-section").set_value("history").run()
    monkeypatch.setattr("core.ui.predict.whatif.baseline.compare", None)  # asks up to 512
    app.number_input[0].set_value(2.0).run()
    assert not app.exception
    assert "against the baseline" in html(app)


@pytest.mark.slow
def test_a_run_without_outlets_and_features_offers_the_other_parts(tmp_path, monkeypatch):
    lab = make_bare_lab(tmp_path)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(lab.home))
    app = open_page("predict", **lab.link)
    assert not app.exception
    parts = app.segmented_control(key=f"what-if-{lab.run}")
    assert len(parts.options) == 2
    parts.set_value("headlines").run()
    app.text_area[0].set_value("가온전자 급등\n나라전자 급락").run()
    assert not app.exception
    (shown,) = [frame.value for frame in app.dataframe if len(frame.value.columns) > 5]
    assert any(CLASSES[-1] in column for column in shown.columns)


@pytest.mark.slow
def test_returns_are_in_percent_with_their_sign(finished_small_lab, tmp_path, monkeypatch):
    data = table_of(finished_small_lab)
    rng = np.random.default_rng(0)
    returns = 0.01 * (data.features["RSI"].to_numpy() + 0.3 * rng.normal(size=len(data)))
    other = replace(data, frame=data.frame.assign(target=returns), id="00112233445566aa")
    settings = replace(finished_small_lab.settings, task="regress")
    home, link = train_beside(finished_small_lab, tmp_path, other, settings)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    app = open_page("predict", **link)
    app.text_input[0].set_value(TYPED).run()
    button(app, "Pin as baseline").click().run()
    app.number_input(key=f"feature-{link['run']}-RSI").set_value(2.0).run()
    assert not app.exception
    assert re.search(r"<b>[+-]\d\.\d\d%</b><small>before: [+-]?\d\.\d\d%</small>", html(app))
    for part in ("headlines", "outlets", "features"):
        app.segmented_control(key=f"what-if-{link['run']}").set_value(part).run()
        assert not app.exception
    curve_axis = charts(app)["chart-sweep"]["layout"]["yaxis"]["title"]["text"]
    assert curve_axis == "predicted return (%)"
