"""Many headlines' words: what is read, what is kept, and which are confirmed by what happened."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.evaluate.clustered import clustered_difference, clustered_mean
from core.explain import explain_run, global_words, words
from core.explain.global_words import collect_words, reads_headlines, saved_words, word_names, word_sample
from core.explain.word_ranking import rank_words
from core.jobs import Cancelled
from core.train.models import forest
from core.train.pipeline import train
from core.train.runs import save_run
from core.train.settings import TrainSettings
from tests.makers.train_tables import make_dataset
from tests.simulations.word_ranking import family_rate, power

NOUNS = ("급등", "급락", "반도체", "실적", "공시", "배당")


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "lab"))
    monkeypatch.setattr(forest, "TREES", 25)
    monkeypatch.setattr(words, "encode_texts", lambda _run, texts: bags(texts))


def bags(texts):
    """The encoder of these tests: which of the nouns stand in a text."""
    return np.array([[float(noun in text) for noun in NOUNS] for text in texts], np.float32)


def planted(seed, task, shuffled=False, rows=500):
    """Return a run on headlines in which 급등 and 급락 decide the outcome, or, shuffled, nothing does."""
    rng = np.random.default_rng(seed)
    there = rng.random((rows, len(NOUNS))) < 0.4
    texts = [
        " ".join([f"회사{i}", *(f"{noun}에" for noun, has in zip(NOUNS, line, strict=True) if has)])
        for i, line in enumerate(there)
    ]
    target = 0.01 * (3.0 * there[:, 0] - 3.0 * there[:, 1] + rng.normal(size=rows))
    if shuffled:
        order = rng.permutation(rows)
        texts = [texts[place] for place in order]
    dataset = make_dataset(target, np.arange(rows), {"x": rng.normal(size=rows)})
    dataset = replace(dataset, frame=dataset.frame.assign(headline=pd.Series(texts, dtype="str")))
    vectors = bags(texts)
    return train(dataset, vectors, TrainSettings(task=task)), dataset, vectors


def ranked(run, dataset, vectors, limit=30, chosen=-1):
    found = explain_run(run, dataset, vectors, explained=chosen)
    made = collect_words(run, dataset, found, chosen, limit)
    return rank_words(made, run, dataset, chosen).set_index("word")


@pytest.fixture(scope="module")
def kept():
    """A run of classes, not saved."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 25)
        return planted(1, "classify")


@pytest.mark.slow
@pytest.mark.parametrize("task", ["classify", "regress"])
def test_planted_words_rank_first_and_are_confirmed(task):
    table = ranked(*planted(0, task))
    assert set(table.index[:2]) == {"급등", "급락"}
    assert table.loc["급등", "mean"] > 0 > table.loc["급락", "mean"]
    assert table.loc[["급등", "급락"], ["moves", "confirmed"]].all().all()
    assert not table.loc[["반도체", "실적", "공시", "배당"], "confirmed"].any()


def test_of_the_other_class_the_same_words_say_and_mean_the_opposite(kept):
    up, down = (ranked(*kept, chosen=number) for number in (1, 0))
    assert down.loc["급등", "mean"] == pytest.approx(-up.loc["급등", "mean"], abs=1e-6)
    assert down.loc["급등", "happened"] == pytest.approx(-up.loc["급등", "happened"])
    assert down["confirmed"].to_dict() == up["confirmed"].to_dict()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_shuffled_headlines_confirm_no_word(seed):
    table = ranked(*planted(seed, "regress", shuffled=True))
    assert len(table) == len(NOUNS)
    assert not table["confirmed"].any()


@pytest.mark.parametrize("kind", ["return", "class", "rare class"])
def test_words_that_say_nothing_are_confirmed_in_few_tables(kind):
    assert family_rate(kind, range(40)) <= 0.15


def test_a_strong_word_is_found():
    assert power("return", 0.015, range(20)) > 0.8


def test_a_word_whose_few_events_ended_alike_is_not_certain():
    y = np.r_[np.ones(30), np.ones(270), np.zeros(15)]
    having = np.arange(len(y)) < 30
    found = clustered_difference(y, having, np.arange(len(y)))
    assert found.low < 0 < found.high


def test_clusters_widen_an_interval_and_few_give_none():
    rng = np.random.default_rng(0)
    values = np.repeat(rng.normal(size=20), 10) + 0.1 * rng.normal(size=200)
    apart = clustered_mean(values, np.arange(200))
    together = clustered_mean(values, np.arange(200) // 10)
    assert together.high - together.low > 2 * (apart.high - apart.low)
    assert np.isnan(clustered_difference(values, np.arange(200) < 40, np.arange(200) // 10).low)


@pytest.mark.parametrize(
    ("headline", "names"),
    [
        ("[특징주] 삼성전자가 실적에 올랐다", ["", "삼성전자", "실적", "오르다"]),
        ("코스피 급등하며 3%", ["코스피", "급등", ""]),
        ("$x$ <b>", ["$x$", "b"]),
    ],
)
def test_words_lose_particles_endings_tags_and_numbers(headline, names):
    assert word_names(headline) == names


def test_one_row_of_a_story_is_read_evenly_over_time(kept):
    run, dataset, vectors = kept
    found = explain_run(run, dataset, vectors)
    story = np.arange(len(dataset)) // 2
    places = word_sample(run, replace(dataset, frame=dataset.frame.assign(story=story)), found, 10)
    rows = found.rows[places]
    assert len(set(story[rows])) == 10
    assert (np.diff(rows) > 0).all()
    assert np.diff(rows).max() <= np.diff(rows).min() + 4


def test_sealed_rows_are_neither_read_nor_counted(kept, monkeypatch):
    run, dataset, vectors = kept
    found = explain_run(run, dataset, vectors)
    sealed = found.rows[::2]
    monkeypatch.setattr(global_words, "sealed_positions", lambda _data: sealed)
    made = collect_words(run, dataset, found, limit=6)
    for rows in (made.sample, made.row, made.tested, made.test_row):
        assert not np.isin(rows, sealed).any()


def test_saved_words_come_back_unless_damaged_or_of_other_rows(kept, monkeypatch):
    run, dataset, vectors = kept
    folder = save_run(run)
    found = explain_run(run, dataset, vectors)
    first = collect_words(run, dataset, found, limit=6)
    again = saved_words(run, dataset, found, limit=6)
    assert all(np.array_equal(getattr(again, name), value) for name, value in vars(first).items())
    assert saved_words(run, dataset, found, 0, limit=6) is None
    (path,) = folder.glob("words-1-*.npz")
    path.write_bytes(path.read_bytes()[:300])
    assert saved_words(run, dataset, found, limit=6) is None
    assert np.array_equal(collect_words(run, dataset, found, limit=6).value, first.value)
    monkeypatch.setattr(global_words, "sealed_positions", lambda _data: found.rows[:9])
    assert saved_words(run, dataset, found, limit=6) is None


def test_words_that_cannot_be_saved_are_returned_all_the_same(kept, monkeypatch, caplog):
    run, dataset, vectors = kept
    save_run(run)
    found = explain_run(run, dataset, vectors)

    def full(path, write):
        raise OSError(28, "no space left")

    monkeypatch.setattr("core.arrays.write_atomic", full)
    assert len(collect_words(run, dataset, found, limit=4).sample) == 4
    assert "could not be saved" in caplog.text


def test_cancel_stops_between_headlines_and_leaves_nothing(kept):
    run, dataset, vectors = kept
    save_run(run)
    found = explain_run(run, dataset, vectors)

    def cancel(fraction, template, **params):
        if fraction > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        collect_words(run, dataset, found, limit=6, report=cancel)
    assert saved_words(run, dataset, found, limit=6) is None


def test_without_dates_stories_are_the_clusters(kept):
    run, dataset, vectors = kept
    found = explain_run(run, dataset, vectors)
    undated = replace(dataset, frame=dataset.frame.assign(session=pd.NaT, time=pd.NaT))
    table = rank_words(collect_words(run, undated, found, limit=30), run, undated)
    assert (table["sessions"] == table["headlines"]).all()
    assert len(table)


def test_no_word_often_enough_is_an_empty_table(kept):
    run, dataset, vectors = kept
    found = explain_run(run, dataset, vectors)
    table = rank_words(collect_words(run, dataset, found, limit=3), run, dataset)
    assert table.empty
    assert {"word", "confirmed"} <= set(table.columns)
    assert reads_headlines(found)
