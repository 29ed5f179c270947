"""A run that has learned a word is found to read it, by the shell and by the page too; what cannot be tested says why."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from core.data.library import load_dataset
from core.embed import embed, vectors_if_stored
from core.errors import UserError
from core.evaluate.ledger import seal
from core.evaluate.ledger_rows import Rows
from core.evaluate.predictions import MEAN
from core.jobs import Cancelled
from core.predict.finance_words import flip_test as module
from core.predict.finance_words.flip_score import READS
from core.predict.finance_words.flip_test import flip_test, headlines_to_turn, saved_flip_test
from core.train import load_run, train
from core.train.runs import run_folder
from tests.makers.flipped_lab import make_flipped_lab, use, words_table


@pytest.fixture(scope="module")
def made_lab(finished_small_lab, tmp_path_factory):
    return make_flipped_lab(finished_small_lab, tmp_path_factory.mktemp("flipped"))


@pytest.fixture
def lab(made_lab, monkeypatch):
    use(made_lab, monkeypatch)
    return made_lab


@pytest.fixture
def data(lab):
    return load_dataset(lab.dataset)


@pytest.fixture
def vectors(lab, data):
    return vectors_if_stored(data.headlines, lab.encoder, "mean")


@pytest.fixture
def run(lab):
    return load_run(lab.run)


@pytest.fixture
def found(run, data, vectors):
    return saved_flip_test(run) or flip_test(run, data, vectors, refits=6)


def test_a_run_that_has_learned_a_word_reads_it(found):
    assert found.share().verdict == READS
    assert found.share().right.value > 0.9
    assert abs(found.share().dealt.mean() - 0.5) < 0.4
    assert [pair for pair, _ in found.words()] == [("급등", "급락")]


def test_only_tested_headlines_are_turned_round_each_once(found, run, data):
    tested = run.predictions.test.positions(data)
    assert set(found.rows) == set(tested)
    assert found.models == ("rf", "xgb", "lgbm", MEAN)
    text = data.headlines[found.rows[0]]
    turned = text.replace("급등", "급락") if "급등" in text else text.replace("급락", "급등")
    assert found.texts[0] == turned
    assert found.turn[0] == (1 if "급락" in text else -1)


def test_the_headline_itself_is_predicted_as_the_test_was(found, run, data):
    predictions = run.predictions.test.at(data, found.rows)
    for model in found.models:
        np.testing.assert_allclose(found.before[model] + 0.5, predictions[model][:, 1], atol=1e-6)


def test_it_is_saved_with_the_run_and_made_anew_where_damaged_or_of_other_words(
    found, run, data, vectors, monkeypatch
):
    again = saved_flip_test(run)
    np.testing.assert_array_equal(again.moves(), found.moves())
    assert again.share().right == found.share().right
    assert again.pairs == found.pairs
    with monkeypatch.context() as patch:
        patch.setattr(module, "OTHER", {"급등": "폭락"})
        assert saved_flip_test(run) is None
    file = run_folder(run.id) / "flips.npz"
    kept = file.read_bytes()
    file.write_bytes(b"no archive")
    assert saved_flip_test(run) is None
    file.write_bytes(kept)


def test_it_can_be_cancelled(run, data, vectors):
    def report(fraction, template, **params):
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        flip_test(replace(run, id="0123456789abcdef"), data, vectors, report)


def test_a_repeated_headline_counts_once(run, data):
    frame = data.frame.copy()
    rows, _ = headlines_to_turn(run, data)
    frame.loc[rows[1], "headline"] = frame.loc[rows[0], "headline"]
    assert len(headlines_to_turn(run, replace(data, frame=frame))[0]) == len(rows) - 1


def test_sealed_headlines_are_never_turned_round(made_lab, run, data, tmp_path, monkeypatch):
    home = shutil.copytree(made_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    (home / "ledger" / "looks.jsonl").unlink()  # as if nothing had been tested
    rows, turned = headlines_to_turn(run, data)
    hidden = Rows.of(data, rows[:6])
    seal(data.id, "run-0", hidden, hidden.take(np.arange(0)))
    assert set(headlines_to_turn(run, data)[0]) == set(rows[6:])
    frame = data.frame.copy()
    frame.loc[0, ["headline", "session"]] = [turned[8].text, frame.loc[rows[8], "session"]]
    other = replace(data, frame=frame)
    hidden = Rows.of(other, np.array([0]))
    seal(data.id, "run-1", hidden, hidden.take(np.arange(0)))
    assert rows[8] not in headlines_to_turn(run, data)[0]


@pytest.mark.slow
def test_returns_and_three_classes_are_read_too(lab, tmp_path):
    for kind, task in (("return", "regress"), ("label", "classify")):
        table = words_table(kind=kind, name="0f11bb0000000001")
        vectors = embed(table.headlines, lab.encoder, "mean").vectors
        run = train(table, vectors, replace(lab.settings, task=task, unit="headline"))
        made = flip_test(run, table, vectors, refits=2)
        assert made.share().right.value > 0.9, kind
        assert made.classes == (kind == "label")
        assert 0 < made.share().moved.value < (1 if made.classes else 0.05)


def test_what_cannot_be_tested_says_why(run, data, vectors):
    fruit = replace(run, id="0123456789abcdef", classes=("apple", "pear"))
    with pytest.raises(UserError, match="apple, pear have no known order"):
        flip_test(fruit, data, vectors)
    silent = replace(data, frame=data.frame.assign(headline="제목"))
    with pytest.raises(UserError, match="None of the 1 tested headlines"):
        headlines_to_turn(run, silent)
