from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.predict import Background, Known, background, precedents
from core.predict.scoring import known as module
from core.predict.scoring.known import Past, training_rows
from core.train.splits.plan import plan_splits
from tests.makers.train_tables import make_dataset


@pytest.fixture
def known(run, data, vectors):
    return Known.of(run, data, vectors)


def test_the_training_rows_are_those_that_the_models_learned_from(run, data):
    assert training_rows(run, data).tolist() == plan_splits(data, run.settings).holdout.train.tolist()


def test_a_table_that_cannot_be_split_again_has_all_rows_but_the_holdout(run, data, monkeypatch):
    def refused(*_):
        raise ValueError

    monkeypatch.setattr(module, "make_split", refused)
    held = run.predictions.holdout.positions(data)
    assert sorted([*training_rows(run, data), *held]) == list(range(len(data)))


def test_ranges_are_of_the_training_rows_alone(run, data, vectors):
    train = training_rows(run, data)
    frame = data.frame.copy()
    outside = np.setdiff1d(np.arange(len(data)), train)
    frame.loc[outside, "feature.RSI"] = 1e6
    known = Known.of(run, replace(data, frame=frame), vectors)
    assert known.ranges["RSI"].high == data.features["RSI"].iloc[train].max()


def test_without_the_table_only_what_the_run_itself_knows_is_known(run):
    known = Known.of(run, None)
    assert (known.ranges, known.past, len(known.learned)) == ({}, None, 0)


def _one_by_one(data, vectors, headlines, sessions, asked):
    against = background(data, vectors)
    found = []
    for headline, session, vector in zip(headlines, sessions, asked, strict=True):
        before = None if np.isnat(session) else pd.Timestamp(session)
        found.append(bool(precedents(data, vectors, vector[None], against, headline, before).found))
    return found


def test_many_headlines_have_the_precedents_that_each_one_has(home, monkeypatch):
    """In blocks, with sessions and without, of the table's own headlines and of new ones."""
    rng = np.random.default_rng(0)
    data = make_dataset(rng.normal(size=60), np.arange(60) // 3)
    monkeypatch.setattr(module, "_AT_ONCE", 7 * len(data))
    vectors = rng.normal(size=(len(data), 16)).astype(np.float32)
    rows = rng.permutation(len(data))[:40]
    headlines = [data.headlines[row] if row % 2 else f"새 기사 {row}" for row in rows]
    sessions = data.frame["session"].to_numpy("datetime64[s]")[rows].copy()
    sessions[::5], sessions[1::3] = np.datetime64("NaT"), np.datetime64("2040-01-02")
    noise = rng.choice([0.1, 3], (40, 1)) * rng.normal(size=(40, vectors.shape[1]))
    asked = (vectors[rows] + noise).astype(np.float32)
    found = Past.of(data, vectors).has_precedent(headlines, sessions, asked)
    expected = _one_by_one(data, vectors, headlines, sessions, asked)
    assert 0 < sum(expected) < 40
    assert found.tolist() == expected


def test_a_row_without_an_outcome_or_of_a_sealed_holdout_is_no_precedent(data, vectors, monkeypatch):
    monkeypatch.setattr(Background, "near", lambda self, cosines: np.isfinite(cosines))
    frame = data.frame.copy()
    frame.loc[frame.index[:-1], "target"] = np.nan
    asked = ["새 기사"], np.array(["NaT"], "datetime64[s]"), vectors[:1]
    only = Past.of(replace(data, frame=frame), vectors)
    assert only.has_precedent(*asked).tolist() == [True]
    monkeypatch.setattr(module, "sealed_positions", lambda _: np.array([len(data) - 1]))
    none = Past.of(replace(data, frame=frame), vectors)
    assert none.has_precedent(*asked).tolist() == [False]


def test_the_same_day_is_not_earlier(data, vectors, monkeypatch):
    monkeypatch.setattr(Background, "near", lambda self, cosines: np.isfinite(cosines))
    first = data.frame["session"].min()
    days = np.array([first, first + pd.Timedelta(days=1)], "datetime64[s]")
    past = Past.of(data, vectors)
    assert past.has_precedent(["가", "나"], days, vectors[:2]).tolist() == [False, True]
