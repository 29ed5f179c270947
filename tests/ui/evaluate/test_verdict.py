"""One verdict, the same wherever it stands: its number, its interval, its words."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.evaluate.bootstrap import Interval
from core.evaluate.lift import Lift
from core.ui import theme
from core.ui.evaluate import verdict
from core.ui.evaluate.text import ends_of, model_name, written
from core.ui.text import fixed, percent

LIFT = Lift("auc", 0.072, 0.052, 0.092, 0.62, 0.55, blocks=60, sessions=60)


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setattr(verdict, "palette", lambda: theme.LIGHT)


@pytest.mark.parametrize(
    ("lift", "number", "ends"),
    [
        (LIFT, "+0.072", "[+0.052, +0.092]"),
        (replace(LIFT, withheld="days stand on both sides"), "+0.072", ""),
        (replace(LIFT, blocks=5), "+0.072", ""),
        (replace(LIFT, low=math.nan, high=math.nan), "+0.072", ""),
        (replace(LIFT, arm="fusion", value=0.0, low=0.0, high=0.0), "±0", ""),
        (replace(LIFT, value=math.nan, low=math.nan, high=math.nan), "–", ""),
        (replace(LIFT, value=-0.0001, low=-0.02), "+0.000", "[-0.020, +0.092]"),
    ],
)
def test_a_lift_is_written_with_its_interval_where_that_may_be_believed(lift, number, ends):
    assert verdict.written_lift(lift) == (number, ends)


@pytest.mark.parametrize(("sign", "word"), [(1, "beat chance"), (0, "cannot be told"), (-1, "do not beat")])
@pytest.mark.parametrize("believable", [True, False])
def test_without_a_lift_the_verdict_is_on_the_models(sign, word, believable):
    run = SimpleNamespace(
        lift=None,
        task="classify",
        classes=("패", "승"),
        scores={"mean": {"auc": Interval(0.6, 0.55, 0.65)}},
        against_chance=sign,
        believable=believable,
    )
    found = verdict.of_run(run)
    assert word in found.word
    assert (found.number, found.ends) == ("0.600", "[0.550, 0.650]" if believable else "")


def test_a_verdict_as_html_escapes_what_it_holds():
    made = verdict.Verdict("?", "<b>", "#000000", "1 & 2", "[<0>]", "a < b").html()
    assert "<b>" not in made
    assert "1 &amp; 2" in made
    assert "a &lt; b" in made


def test_what_rounds_to_0_has_no_sign():
    assert fixed(-0.0003, 3) == "0.000"
    assert percent(-0.00001, 1) == "0.0%"
    assert written("rank_ic", Interval(-0.0003, -0.1, 0.1), sure=False) == "0.000"
    assert written("rank_ic", Interval(-0.0003, -0.1, 0.1)) == "0.000 [-0.100, 0.100]"
    assert ends_of("rank_ic", Interval(0.1, math.nan, math.nan)) == ""


def test_the_name_of_a_brought_column_is_not_translated(monkeypatch):
    monkeypatch.setattr("core.ui.text.language", lambda: "ko")
    assert model_name("score") == "score"
    assert model_name("mean") == "평균(앙상블)"
