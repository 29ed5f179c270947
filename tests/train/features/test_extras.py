import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.jobs import Cancelled
from core.train.features.block import FeatureOptions
from core.train.features.extras import Extras, read_ahead
from core.train.features.inputs import Inputs
from core.train.features.preparation import Preparation
from core.train.features.registry import EXTRAS
from core.train.models import forest
from core.train.pipeline import train
from core.train.runs import load_run, save_run
from core.train.settings import TrainSettings
from tests.makers.feature_tables import HEADLINES, series, texts_alone, times
from tests.makers.train_tables import signal

EVERY = tuple(key for key in EXTRAS if key != "classifier")  # which needs one


def prepared_with(*extras, rows=None):
    return Preparation.fit(texts_alone() if rows is None else rows, FeatureOptions(extras=extras))


def fitted(*extras, **rows):
    return Extras.fit(texts_alone(**rows), FeatureOptions(extras=extras))


def test_a_theme_that_training_never_had_leaves_no_column():
    assert "keywords: 배당·주주환원" not in fitted("keywords").columns


def test_a_date_without_a_time_of_day_has_a_weekday_alone():
    dates = times("2024-01-05", "2024-01-06")
    assert fitted("clock", text=series("가", "나"), time=dates).columns == ("clock: weekday",)


def test_an_unknown_time_counts_as_missing():
    known = times("2024-01-05 09:00", "2024-01-05 11:00", "2024-01-08 12:00")
    extras = fitted("clock", text=series("가", "나", "다"), time=known)
    made = extras.matrix(texts_alone(series("라", "마"), times(None, "2024-01-05 15:00")))
    assert made[:, extras.columns.index("clock: hour")].tolist() == [11, 15]
    untimed = texts_alone(series("새 제목"))._replace(time=None)
    assert extras.matrix(untimed).shape == (1, len(extras.columns))


@pytest.mark.parametrize("text", ["", "?!…", "\x00", "가" * 5000])
def test_any_text_has_a_row_of_finite_numbers(text):
    extras = fitted(*(extra for extra in EVERY if extra != "clock"))
    made = extras.matrix(texts_alone(series(text, "삼성전자")))
    assert np.isfinite(made).all()


def test_where_no_term_is_frequent_enough_the_extra_is_dropped_and_listed():
    prepared = prepared_with("length", "morphemes", rows=texts_alone(series("가나", "다라", "!", "")))
    assert prepared.dropped == ("morphemes",)
    assert prepared.members == (("text", "length"),)


def test_each_extra_is_a_member_and_the_clock_is_no_part_of_the_headline():
    prepared = prepared_with(*EVERY)
    assert prepared.groups == ("text", "clock")
    assert {member for _, member in prepared.members} == set(EVERY)
    owners = [prepared.members[number][1] for number in prepared.member_of]
    assert owners == [name.split(": ")[0] for name in prepared.columns]
    assert prepared.of_headline.tolist() == [owner != "clock" for owner in owners]
    assert len(owners) == prepared.matrix(texts_alone()).shape[1]


def test_a_feature_called_text_does_not_share_the_group_of_the_text():
    features = pd.DataFrame({"text": np.arange(6.0)})
    prepared = prepared_with("length", rows=texts_alone()._replace(features=features))
    assert prepared.groups == ("text", "feature.text")


def test_arrays_keep_every_extra_without_pickle():
    prepared = prepared_with(*EVERY)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **prepared.to_arrays())
    file.seek(0)
    again = Preparation.from_arrays(np.load(file, allow_pickle=False))
    assert again.columns == prepared.columns
    unseen = texts_alone(series("처음 보는 제목", ""))
    assert np.array_equal(again.matrix(unseen), prepared.matrix(unseen))


def test_a_run_that_reads_the_headline_says_so_where_it_gets_none():
    prepared = prepared_with("sentiment")
    with pytest.raises(ValueError, match="no headlines were given"):
        prepared.matrix(texts_alone()._replace(text=None))


def test_a_row_reads_the_same_alone_and_among_others():
    prepared = prepared_with(*EVERY)
    alone = np.vstack([prepared.matrix(texts_alone().take(np.array([row]))) for row in range(len(HEADLINES))])
    assert np.array_equal(alone, prepared.matrix(texts_alone()))


def test_reading_ahead_can_be_cancelled():
    def stop(fraction, template, **params):
        raise Cancelled

    with pytest.raises(Cancelled):
        read_ahead(
            texts_alone(series("아직 안 읽은 제목", "또 하나")), FeatureOptions(extras=("morphemes",)), stop
        )


SETTINGS = TrainSettings(extras=EVERY, components=3, winsor=0.05)


@pytest.fixture(scope="module")
def small_forest():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 25)
        yield


@pytest.fixture(scope="module")
def dataset():
    made, vectors = signal()
    up = made.frame["target"] > 0
    words = np.where(up, "급등 호재", "급락 악재")
    text = [f"{word} {HEADLINES[i % 6]} {i % 7}" for i, word in enumerate(words)]
    clock = made.frame["time"] + pd.to_timedelta(np.arange(len(made)) % 24, unit="h")
    return replace(made, frame=made.frame.assign(headline=pd.Series(text, dtype="str"), time=clock)), vectors


@pytest.mark.slow
def test_nothing_that_is_fitted_knows_the_test_rows(dataset, small_forest):
    made, vectors = dataset
    clean = train(made, vectors, SETTINGS)
    rows = clean.predictions.test.positions(made)
    frame, poisoned = made.frame.copy(), vectors.copy()
    frame.loc[rows, "headline"] = "독약 유상증자 1234!! poison"
    frame.loc[rows, "time"] = pd.Timestamp("2024-06-01 23:00")
    frame.loc[rows, "feature.x"] = 1e9
    poisoned[rows] = 1e6
    bad = train(replace(made, frame=frame), poisoned, SETTINGS)
    after = bad.preparation.to_arrays()
    for name, array in clean.preparation.to_arrays().items():
        assert np.array_equal(array, after[name]), name


@pytest.mark.slow
def test_a_saved_run_reads_headlines_as_before(dataset, small_forest, tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    run = train(*dataset, SETTINGS)
    save_run(run)
    rows = Inputs.of(*dataset)
    assert np.array_equal(load_run(run.id).predict(rows)["mean"], run.predict(rows)["mean"])


@pytest.mark.slow
def test_a_baseline_without_headlines_does_not_see_their_text(dataset, small_forest):
    run = train(*dataset, replace(SETTINGS, extras=("keywords", "sentiment")))
    with_text, without = run.scores["mean"]["auc"].value, run.baselines["table_only"]["auc"].value
    assert with_text > 0.95 > without
