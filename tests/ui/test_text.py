"""Numbers, dates and sentences as a reader expects them."""

import math

import pandas as pd
import pytest

from core.errors import Message
from core.ui import text


@pytest.fixture(params=["ko", "en"])
def language(request, monkeypatch):
    monkeypatch.setattr(text, "language", lambda: request.param)
    return request.param


@pytest.mark.parametrize(
    ("fraction", "shown"),
    [(0.0123, "+1.23%"), (-0.0123, "-1.23%"), (0, "0.00%"), (-0.000001, "0.00%"), (math.nan, "–")],
)
def test_a_return_has_its_sign_and_two_places(fraction, shown):
    assert text.signed_percent(fraction) == shown


@pytest.mark.parametrize(("fraction", "shown"), [(0.5, "50%"), (0.996, "100%"), (math.inf, "–")])
def test_a_probability_has_no_places(fraction, shown):
    assert text.percent(fraction) == shown


def test_a_share_may_have_places():
    assert text.percent(0.1234, 1) == "12.3%"


@pytest.mark.parametrize(("fraction", "shown"), [(0.003, "+0.3"), (-0.0004, "0.0"), (math.nan, "–")])
def test_what_rounds_to_nothing_has_no_sign(fraction, shown):
    assert text.points(fraction, 1) == shown


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((0.5834, 0.491, 0.67), "0.583 [0.491, 0.670]"),
        ((-0.00001, math.nan, 0.1), "0.000 [–, 0.100]"),
        ((math.nan, 0.1, 0.2), "–"),
    ],
)
def test_a_value_stands_with_its_interval(numbers, shown):
    assert text.interval(*numbers) == shown


def test_an_interval_of_percentages_names_its_unit_once():
    assert text.interval(58, 49, 67, 0, "%") == "58% [49, 67]"


def test_a_date_has_its_weekday_in_the_readers_language(language):
    shown = text.day(pd.Timestamp("2024-01-02"))
    assert shown == {"ko": "2024-01-02 (화)", "en": "2024-01-02 (Tue)"}[language]
    assert text.day(pd.NaT) == "–"


def test_a_date_has_its_weekday_in_a_language_that_was_added(monkeypatch):
    monkeypatch.setattr(text, "language", lambda: "ja")
    assert text.day(pd.Timestamp("2024-01-02")) == "2024-01-02 (火)"


@pytest.mark.parametrize(("seconds", "shown"), [(0.2, "1 s"), (89, "89 s"), (600, "10 min")])
def test_a_time_span_is_in_the_largest_sensible_unit(monkeypatch, seconds, shown):
    monkeypatch.setattr(text, "language", lambda: "en")
    assert text.duration(seconds) == shown


def test_what_a_user_typed_is_shown_as_typed(language):
    typed = "*a* [b](c) :red[d] $1 e@f"
    for shown in (
        text.as_typed(typed),
        text.md("{label}: **{value}**", label="x", value=typed),
        text.translate_md(
            Message("{label}: **{value}**", {"label": "x", "value": Message("{t}", {"t": typed})})
        ),
    ):
        assert "\\*a\\*" in shown
        assert "\\[b\\]\\(c\\)" in shown
        assert ":red" not in shown
        assert "\\$1" in shown


def test_a_chart_label_holds_no_tag():
    assert text.hover("<b>가</b> & 나") == "&lt;b&gt;가&lt;/b&gt; &amp; 나"
    assert "<br>" in text.hover("a long label " * 6)
