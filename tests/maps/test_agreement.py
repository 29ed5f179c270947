"""Do neighbours agree? In worlds whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from core.evaluate.bootstrap import Interval
from core.evaluate.verdict import Evidence
from core.locale import translate_message
from core.maps.agreement import Agreement, agreement
from core.maps.pairs import PairSums, close_pairs
from tests.makers.train_tables import make_dataset
from tests.simulations.agreement import said_to_agree, world

KINDS = pytest.mark.parametrize("classes", [0, 2, 3])


def drawn(seed=0, sessions=40, horizon=1, companies=8, classes=0, signal=0.0):
    return world(np.random.default_rng(seed), sessions, horizon, companies, classes, signal)


@KINDS
def test_where_vectors_carry_the_outcome_neighbours_are_said_to_agree(classes):
    found = agreement(*drawn(classes=classes, signal=2.0))
    assert found.verdict == "better"
    assert found.value > found.usual
    assert found.gap.low > 0


@KINDS
def test_where_they_do_not_there_is_no_evidence(classes):
    found = agreement(*drawn(classes=classes))
    assert found.verdict == "unclear"
    assert found.gap.low < 0 < found.gap.high
    assert "no evidence" in found.sentence().template


def test_the_usual_share_is_that_of_any_two_rows_of_other_sessions():
    data, vectors = drawn(classes=3)
    label, session = data.frame["target"].to_numpy(), data.frame["session"].to_numpy()
    other = session[:, None] != session[None]
    expected = (label[:, None] == label[None])[other].mean()
    assert agreement(data, vectors).usual == pytest.approx(expected)


def test_the_share_is_that_of_the_nearest_of_other_sessions_and_stories():
    data, vectors = drawn(classes=2)
    data = replace(data, frame=data.frame.assign(story=np.arange(len(data)) // 3))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    near = (unit @ unit.T).astype(float)
    session, story = data.frame["session"].to_numpy(), data.frame["story"].to_numpy()
    near[(session[:, None] == session[None]) | (story[:, None] == story[None])] = -2
    best = np.argsort(-near, axis=1)[:, :10]
    label = data.frame["target"].to_numpy()
    found = agreement(data, vectors)
    assert found.value == pytest.approx((label[best] == label[:, None]).mean())
    assert found.rows == len(data)


def test_outcomes_over_several_sessions_are_compared_only_where_they_do_not_overlap():
    data, vectors = drawn(horizon=5)
    ids = np.arange(40).repeat(8)
    pairs = close_pairs(vectors, 10, ids, np.arange(len(data)), 5)
    assert np.abs(ids[pairs[:, 0]] - ids[pairs[:, 1]]).min() >= 5
    found = agreement(data, vectors, horizon=5)
    assert found.evidence.length >= 5


def test_a_resample_counts_a_session_as_often_as_it_was_drawn():
    rng = np.random.default_rng(0)
    facts, ids = np.eye(2)[rng.integers(0, 2, 30)], np.arange(30) // 3
    pairs = close_pairs(rng.normal(size=(30, 4)), 4, ids, np.arange(30), 1)
    times = rng.integers(0, 3, 10)
    near, usual = PairSums(facts, ids, pairs, 1).values(times[None])
    weight, agree = times[ids], facts @ facts.T
    w = weight[pairs[:, 0]] * weight[pairs[:, 1]]
    assert near[0] == pytest.approx((w * agree[pairs[:, 0], pairs[:, 1]]).sum() / w.sum())
    both = np.outer(weight, weight) * (ids[:, None] != ids[None])
    assert usual[0] == pytest.approx((both * agree).sum() / both.sum())


def test_a_story_told_many_times_counts_once():
    data, vectors = drawn(classes=2)
    rows = np.r_[np.arange(len(data)), np.zeros(300, int)]
    told = replace(data, frame=data.frame.iloc[rows].reset_index(drop=True))
    once, often = agreement(data, vectors), agreement(told, vectors[rows])
    assert often.rows == once.rows
    assert often.value == once.value


def test_hidden_rows_stay_out_of_it():
    data, vectors = drawn(classes=2, signal=2.0)
    hidden = np.arange(160, 320)
    turned = data.frame["target"].where(data.frame.index < 160, "9")
    secret = replace(data, frame=data.frame.assign(target=turned))
    assert agreement(secret, vectors, hidden) == agreement(data, vectors, hidden)
    assert agreement(data, vectors, hidden).rows == 160


def test_a_table_without_dates_is_compared_story_by_story():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 4))
    label = np.where(vectors[:, 0] > 0, "승", "패")
    found = agreement(make_dataset(label, kind="label"), vectors)
    assert found.verdict == "better"
    assert found.evidence.unit == "story"


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ([0.01] * 50, "return"),
        (["승"] * 50, "label"),
        ([np.nan] * 50, "return"),
        ([None] * 50, "label"),
        (np.arange(20) / 100, "return"),
        (np.arange(50) / 100, ""),
    ],
)
def test_where_there_is_nothing_to_compare_nothing_is_said(target, kind):
    data = make_dataset(target, np.arange(len(target)) // 2, kind=kind)
    assert agreement(data, np.random.default_rng(0).normal(size=(len(target), 4))) is None


def test_one_session_has_no_other_to_be_compared_with():
    data = make_dataset(np.arange(50) / 100, np.zeros(50, int))
    assert agreement(data, np.random.default_rng(0).normal(size=(50, 4))) is None


def test_few_sessions_allow_no_verdict():
    assert agreement(*drawn(sessions=5, companies=20, signal=5.0)).verdict == "short"


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("returns", [True, False])
@pytest.mark.parametrize(
    ("low", "high", "blocks"), [(0.01, 0.1, 40), (-0.1, -0.01, 40), (-0.1, 0.1, 40), (0.1, 0.2, 3)]
)
def test_every_verdict_is_one_sentence_with_its_numbers(language, returns, low, high, blocks):
    gap = Interval((low + high) / 2, low, high)
    made = Agreement(0.56, 0.56 - gap.value, gap, 500, Evidence(blocks), returns)
    said = translate_message(made.sentence(), language)
    assert said.endswith(".")
    assert ("%" in said) != returns
    assert "{" not in said


@pytest.mark.slow
@pytest.mark.parametrize("asked", [{}, {"horizon": 5}, {"classes": 3}])
def test_what_is_not_there_is_seldom_claimed(asked):
    assert said_to_agree(60, repetitions=60, **asked) <= 0.05


@pytest.mark.slow
def test_what_is_there_is_mostly_found():
    assert said_to_agree(60, signal=1.0, repetitions=30) > 0.8
