"""Changes that turn a call, on runs where it is known what decides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.data.dataset import FEATURE as COLUMN
from core.errors import UserError
from core.evaluate.predictions import MEAN
from core.explain import explain_run, words
from core.explain.flips import FEATURE, OUTLET, WORD, flips
from core.explain.segments import words_of
from core.train.features.inputs import Inputs
from core.train.models import forest
from core.train.pipeline import train
from core.train.settings import TrainSettings
from tests.makers.train_tables import OUTLETS, make_dataset

PLANTED = "급등"
LIMIT = 0.4  # of the feature, above which the planted outcome is "up"


def _ruled(labels, features=None, press=None, headlines=None, vectors=None, **settings):
    """Train on a table whose labels follow a rule; return the run, the table, its vectors and what is explained."""
    data = make_dataset(labels, np.arange(len(labels)) // 8, features or {}, press, kind="label")
    if headlines is not None:
        data = replace(data, frame=data.frame.assign(headline=pd.Series(headlines, dtype="str")))
    vectors = np.zeros((len(labels), 2), np.float32) if vectors is None else vectors
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 25)
        run = train(data, vectors, TrainSettings(**settings))
    return run, data, vectors, explain_run(run, data, vectors, limit=60)


@pytest.fixture(scope="module")
def by_feature():
    rng = np.random.default_rng(3)
    x, idle = rng.normal(size=(2, 240))
    return _ruled(np.where(x > LIMIT, "승", "패"), {"x": x, "idle": idle}, OUTLETS[rng.integers(0, 3, 240)])


@pytest.fixture
def no_encoder(monkeypatch):
    def gone(*_asked):
        raise UserError("The encoder {name} is not on this machine.", name="tiny")

    monkeypatch.setattr(words, "encode_texts", gone)


@pytest.fixture(scope="module")
def by_word():
    rng = np.random.default_rng(4)
    planted = rng.random(240) < 0.5
    headlines = [
        f"삼성전자 주가 {PLANTED if has else '보합'} 마감 {number}" for number, has in enumerate(planted)
    ]
    vectors = np.stack([np.where(planted, 2.0, -2.0), rng.normal(size=240)], axis=1).astype(np.float32)
    return _ruled(np.where(planted, "승", "패"), headlines=headlines, vectors=vectors)


@pytest.fixture
def reads_one_word(monkeypatch):
    def encode(_run, texts):
        return np.array([[2.0 if PLANTED in text else -2.0, 0.0] for text in texts], np.float32)

    monkeypatch.setattr(words, "encode_texts", encode)


def test_the_flip_lies_across_the_planted_threshold(by_feature, no_encoder):
    run, data, vectors, found = by_feature
    for place in range(0, len(found.rows), 5):
        own = data.frame[f"{COLUMN}x"].iloc[found.rows[place]]
        made = flips(run, data, vectors, found, place)
        flip = made.found[0]
        assert (flip.kind, flip.name, flip.before) == (FEATURE, "x", own)
        assert (flip.after > LIMIT) != (own > LIMIT)
        assert flip.after < LIMIT + 0.5 or own > LIMIT  # the nearest one, not the farthest
        assert {one.name for one in made.found} == {"x"}
        assert made.tried[FEATURE] == 2


def test_the_models_do_say_it_of_the_changed_row(by_feature, no_encoder):
    run, data, vectors, found = by_feature
    made = flips(run, data, vectors, found, 0)
    flip = made.found[0]
    changed = data.frame.copy()
    changed.loc[changed.index[found.rows[0]], f"{COLUMN}x"] = flip.after
    row = Inputs.of(replace(data, frame=changed), vectors).take(found.rows[[0]])
    said = run.calibrated(run.predict(row))[MEAN][0]
    assert (said.argmax(), said.max(), said[-1]) == pytest.approx(
        (flip.said.call, flip.said.chance, flip.said.value)
    )
    assert made.said.value == pytest.approx(found.prediction[MEAN][0])
    assert made.said.call != flip.said.call


def test_the_value_occurs_and_the_distance_is_the_share_of_rows_passed(by_feature, no_encoder):
    run, data, vectors, found = by_feature
    known = data.frame[f"{COLUMN}x"].to_numpy()[found.rows]
    for place in range(5):
        flip = flips(run, data, vectors, found, place).found[0]
        assert flip.after in known
        low, high = sorted((flip.before, flip.after))
        passed = ((known >= low) & (known <= high) & (known != flip.before)).mean()
        assert flip.distance == pytest.approx(passed)


def test_leaving_the_planted_word_out_flips(by_word, reads_one_word):
    run, data, vectors, found = by_word
    has = [PLANTED in headline for headline in data.frame["headline"].iloc[found.rows]]
    made = flips(run, data, vectors, found, has.index(True))
    assert [(flip.kind, flip.name) for flip in made.found] == [(WORD, PLANTED)]
    flip = made.found[0]
    assert run.classes[made.said.call] == "승"
    assert run.classes[flip.said.call] == "패"
    assert made.tried == {
        FEATURE: 0,
        WORD: len(words_of(data.headlines[found.rows[has.index(True)]])),
        OUTLET: 0,
    }
    assert flip.distance == pytest.approx(1 / made.tried[WORD])
    assert flips(run, data, vectors, found, has.index(False)).found == ()


def test_all_omissions_are_read_in_one_batch(by_word, reads_one_word, monkeypatch):
    run, data, vectors, found = by_word
    encode, calls = words.encode_texts, []
    monkeypatch.setattr(
        words, "encode_texts", lambda run, texts: calls.append(len(texts)) or encode(run, texts)
    )
    made = flips(run, data, vectors, found, 0)
    assert calls == [made.tried[WORD] + 1]  # and the whole headline


@pytest.mark.slow
def test_a_planted_outlet_flips_and_only_where_the_run_reads_it(no_encoder):
    press = OUTLETS[np.random.default_rng(5).integers(0, 3, 240)]
    labels = np.where(press == OUTLETS[0], "승", "패")
    run, data, vectors, found = _ruled(labels, press=press)
    own = press[found.rows]
    up = flips(run, data, vectors, found, int(np.flatnonzero(own == OUTLETS[0])[0]))
    (flip,) = up.found  # of two that turn it the more frequent one
    assert (flip.kind, flip.before, flip.distance) == (OUTLET, OUTLETS[0], 1.0)
    assert flip.after == pd.Series(own[own != OUTLETS[0]]).value_counts().index[0]
    down = flips(run, data, vectors, found, int(np.flatnonzero(own != OUTLETS[0])[0]))
    assert [one.after for one in down.found] == [OUTLETS[0]]
    unread = _ruled(labels, press=press, use_press=False)
    assert flips(*unread, 0).tried[OUTLET] == 0


def test_without_its_encoder_the_features_are_tried_and_it_is_said(by_feature, no_encoder):
    run, data, vectors, found = by_feature
    made = flips(run, data, vectors, found, 0)
    assert "tiny" in str(made.unread.params)
    assert made.tried[WORD] == 0
    assert made.found


def test_a_single_word_is_not_left_out(by_word, reads_one_word):
    run, data, vectors, found = by_word
    data = replace(data, frame=data.frame.assign(headline=PLANTED))
    made = flips(run, data, vectors, found, 0)
    assert len(words_of(PLANTED)) == 1
    assert (made.tried[WORD], made.unread, made.found) == (0, None, ())


def test_of_three_classes_another_one_becomes_most_likely(labelled, monkeypatch):
    run, data, vectors = labelled
    monkeypatch.setattr(words, "encode_texts", lambda _run, texts: np.zeros((len(texts), 4), np.float32))
    found = explain_run(run, data, vectors, limit=40)
    for chosen in range(3):
        made = flips(run, data, vectors, found, 1, chosen)
        of_x = next(flip for flip in made.found if flip.name == "x")
        assert of_x.said.call != made.said.call
        assert of_x.said.chance >= of_x.said.value
    assert made.said.call in range(3)


def test_of_returns_the_sign_turns(returned, monkeypatch):
    run, data, vectors = returned
    monkeypatch.setattr(words, "encode_texts", lambda _run, texts: np.zeros((len(texts), 6), np.float32))
    found = explain_run(run, data, vectors, limit=40)
    turned = 0
    for place in range(10):
        made = flips(run, data, vectors, found, place)
        assert made.said.value == pytest.approx(found.prediction[MEAN][place])
        for flip in made.found:
            assert flip.said.value * made.said.value < 0
            turned += flip.name == "x"
    assert turned


def test_a_missing_value_is_left_as_it_is(by_feature, no_encoder):
    run, data, vectors, found = by_feature
    frame = data.frame.copy()
    frame.loc[frame.index[found.rows[0]], f"{COLUMN}x"] = np.nan
    made = flips(run, replace(data, frame=frame), vectors, found, 0)
    assert made.tried[FEATURE] == 1
    assert all(flip.name != "x" for flip in made.found)


@pytest.mark.slow
def test_of_outlets_that_the_models_cannot_tell_apart_one_is_tried(no_encoder):
    press = np.array([f"언론{number:02d}" for number in np.random.default_rng(6).integers(0, 30, 240)])
    rng = np.random.default_rng(7)
    run, data, vectors, found = _ruled(rng.choice(["승", "패"], 240), press=press)
    levels = len(run.preparation.parts["press"].levels)
    assert levels < 30
    assert flips(run, data, vectors, found, 0).tried[OUTLET] <= levels + 1
