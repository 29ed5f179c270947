from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from core.predict import Cautions, Known, Question, cautions_of, row_cautions
from core.predict.scoring.known import training_rows

NEW = "새 공장 착공에 매수세가 몰렸다"


@pytest.fixture
def known(run, data, vectors):
    return Known.of(run, data, vectors)


@pytest.fixture
def usual(known):
    """The features of a row that nothing speaks against."""
    return {name: ends.median for name, ends in known.ranges.items()}


def _codes(known, headline=NEW, press="하나일보", vector=None, time=None, **features):
    return [one.code for one in cautions_of(known, Question(headline, press, None, time, features), vector)]


def test_a_usual_row_has_no_warning(known, run, usual):
    assert _codes(known, press=run.preparation.outlets[0], **usual) == []


def test_an_outlet_is_unseen_or_missing(known, usual):
    assert _codes(known, press="없던일보", **usual) == ["unseen_press"]
    assert _codes(known, press=None, **usual) == ["missing_press"]


def test_a_feature_out_of_range_in_percent_or_missing_is_named(known, run, usual):
    press = run.preparation.outlets[0]
    assert _codes(known, press=press, **usual | {"RSI": 1e6}) == ["outside_range:RSI"]
    assert _codes(known, press=press, **usual | {"RSI": np.nan}) == ["missing:RSI"]
    assert _codes(known, press=press, RSI=usual["RSI"]) == ["missing:거래량"]


def test_percents_are_told_from_numbers_that_are_merely_large(run, data, vectors, usual):
    frame = data.frame.copy()
    frame["feature.RSI"] = np.linspace(-0.05, 0.04, len(frame))
    known = Known.of(run, type(data)(data.id, "", data.roles, frame, data.target_kind), vectors)
    press = run.preparation.outlets[0]
    asked = {"거래량": usual["거래량"]}
    assert _codes(known, press=press, RSI=-3.2, **asked) == ["percent:RSI"]
    assert _codes(known, press=press, RSI=-0.06, **asked) == ["outside_range:RSI"]
    assert _codes(known, press=press, RSI=-400.0, **asked) == ["outside_range:RSI"]


def test_a_headline_of_the_table_is_told_from_one_that_was_learned(known, run, data, usual):
    train = training_rows(run, data)
    learned, other = data.headlines[train[0]], data.headlines[run.predictions.holdout.positions(data)[0]]
    press = run.preparation.outlets[0]
    assert _codes(known, f"[속보] {learned}", press, **usual) == ["learned"]
    assert _codes(known, other, press, **usual) == ["in_table"]


def test_what_is_far_from_all_earlier_headlines_has_no_precedent(known, run, vectors, usual):
    far = -vectors.mean(axis=0, keepdims=True)
    assert _codes(known, NEW, run.preparation.outlets[0], far, **usual) == ["no_precedent"]


def test_before_the_table_begins_nothing_has_a_precedent(known, run, data, vectors, usual):
    press, near = run.preparation.outlets[0], vectors[:1]
    early = data.frame["session"].min().to_pydatetime()
    assert _codes(known, NEW, press, near, datetime(early.year, early.month, early.day, 9), **usual) == [
        "no_precedent"
    ]


def test_a_headline_that_the_encoder_cuts_is_said(known, run, usual):
    press = run.preparation.outlets[0]
    assert _codes(known, "반도체 수출 호조 " * 100, press, **usual) == ["cut"]


def test_repeats_are_the_later_rows_of_one_story(known, usual):
    features = pd.DataFrame([usual] * 3)
    found = row_cautions(known, [NEW, "다른 소식", NEW], features, stories=np.array([0, 1, 0]))
    assert found.codes().tolist() == ["", "", "repeat"]


def test_an_encoder_or_a_table_that_is_gone_leaves_the_other_warnings(run):
    known = Known.of(run, None)
    assert _codes(known, NEW, "없던일보", RSI=1.0, 거래량=1e9) == ["unseen_press"]


def test_codes_are_joined_counted_and_found_by_row(known, run, usual):
    features = pd.DataFrame([usual | {"RSI": 1e6, "거래량": -1e6}, usual, usual | {"RSI": -1e6}])
    press = pd.Series(["없던일보", run.preparation.outlets[0], "없던일보"], dtype="str")
    found = row_cautions(known, [NEW, "다른 소식", "또 다른 이야기"], features, press)
    assert found.codes().tolist() == [
        "unseen_press; outside_range:RSI; outside_range:거래량",
        "",
        "unseen_press; outside_range:RSI",
    ]
    assert found.counts() == {"unseen_press": 2, "outside_range": 2}
    assert found.any.tolist() == [True, False, True]
    assert [one.code for one in found.at(2)] == ["unseen_press", "outside_range:RSI"]


def test_no_row_has_no_warning():
    assert Cautions(0).codes().tolist() == []
    assert Cautions(0).counts() == {}
