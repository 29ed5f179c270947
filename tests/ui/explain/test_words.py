"""The headline with its words coloured, on both pages."""

from __future__ import annotations

import html
import re

import pytest
from streamlit.testing.v1 import AppTest

from core.data.library import load_dataset
from core.errors import UserError
from core.ui.explain import words as module
from tests.makers.apps import open_page, texts

PARTS = re.compile(r'title="([^"]*)">([^<]*)<small>([^<]*)</small>')


def coloured(app):
    """Return the HTML of the coloured headline."""
    bodies = [element.proto.body for element in app.get("html")]
    found = [body for body in bodies if 'class="coloured"' in body]
    assert len(found) == 1
    return found[0]


def headline_of(body):
    without_numbers = re.sub(r"<small>[^<]*</small>", "", body)
    return html.unescape(re.sub(r"<[^>]+>", "", without_numbers))


def _draw(headline, error, label, strong):
    import numpy as np
    import streamlit as st

    from core.explain import WordContributions
    from core.explain.segments import words_of
    from core.ui.explain import words

    read = words_of(headline)
    values, errors = np.linspace(-0.1, 0.2, len(read)), np.full(len(read), error)
    said = WordContributions(
        read, {"mean": values}, {"mean": errors}, {"mean": values.sum()}, not error, label
    )
    st.html(f'<p class="coloured">{words._written(said, strong)}</p>')
    st.caption(words._note(said))


def drawn(headline, error=0.0, label="승", strong=0.0):
    asked = {"headline": headline, "error": error, "label": label, "strong": strong}
    app = AppTest.from_function(_draw, kwargs=asked, default_timeout=60)
    app.session_state["language"] = "en"
    return app.run()


@pytest.mark.parametrize(
    "headline", ['<script>alert(1)</script> "삼성" & 급등', "<b onclick=x>급등</b> 삼성"]
)
def test_text_that_is_code_is_shown_as_text(headline):
    body = coloured(drawn(headline))
    assert headline_of(body) == headline
    assert set(re.findall(r"<(\w+)", body)) == {"p", "span", "b", "small"}
    assert "onclick" not in re.sub(r">[^<]*<", "><", body)


def test_each_word_has_its_number_and_a_colour_by_its_sign():
    body = coloured(drawn("[특징주] 삼성전자 급등"))
    assert [(word, number) for _, word, number in PARTS.findall(body)] == [
        ("특징주", "-10.0"),
        ("삼성전자", "+5.0"),
        ("급등", "+20.0"),
    ]
    shades = re.findall(r"color-mix\(in srgb, (#\w+)", body)
    assert shades[0] != shades[1] == shades[2]


def test_words_that_move_less_than_the_table_are_pale():
    def strengths(strong):
        return [
            int(share)
            for share in re.findall(r"(\d+)%, transparent", coloured(drawn("급등 급락", strong=strong)))
        ]

    assert strengths(0.1) == strengths(0.0)
    assert max(strengths(2.0)) <= max(strengths(0.0)) / 9


def test_a_sampled_word_says_its_error():
    app = drawn("삼성전자 급등", error=0.013)
    assert "+20.0 ± 1.3" in [told for told, _, _ in PARTS.findall(coloured(app))]
    assert "error is 1.3" in texts(app)


def test_of_returns_two_places_are_written():
    app = drawn("삼성전자 급등", label=None)
    assert [number for _, _, number in PARTS.findall(coloured(app))] == ["-10.00", "+20.00"]
    assert "predicted return" in texts(app)


def test_the_explained_row_is_coloured(finished_small_lab, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(finished_small_lab.home))
    app = open_page("explain", **finished_small_lab.link)
    headlines = load_dataset(finished_small_lab.dataset).headlines
    assert headline_of(coloured(app)) in headlines


def test_what_is_typed_is_coloured(finished_small_lab, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(finished_small_lab.home))
    app = open_page("predict", **finished_small_lab.link)
    app.text_input[0].set_value("삼성전자, 급등 & 급락").run()
    assert headline_of(coloured(app)) == "삼성전자, 급등 & 급락"


def test_without_its_encoder_the_rest_of_the_page_stays(finished_small_lab, monkeypatch):
    def gone(*_asked):
        raise UserError("The encoder {name} is not on this machine.", name="tiny")

    monkeypatch.setenv("HEADLINE_LAB_HOME", str(finished_small_lab.home))
    monkeypatch.setattr(module, "_explained", gone)
    app = open_page("explain", **finished_small_lab.link)
    assert not app.exception
    assert "The encoder tiny is not on this machine." in texts(app)
    assert app.get("plotly_chart")
