"""Words of a headline, on runs whose encoder reads one planted word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.embed.store.vector_store import VectorStore
from core.evaluate.predictions import MEAN
from core.explain import explain_headline, explain_run, explain_words, words
from core.train.features.inputs import Inputs
from core.train.features.registry import headline_groups
from core.train.pipeline import train
from core.train.settings import TrainSettings
from tests.makers.train_tables import signal
from tests.makers.tuned_encoders import put

PLANTED = "급등"
SHORT = "삼성전자 주가 급등 마감"
LONG = "삼성전자 주가 외국인 순매수 실적 발표 앞두고 장중 급등 마감"


@pytest.fixture
def reads_one_word(monkeypatch):
    """The encoder sees nothing but the planted word: it is the first number of the vector."""

    def encode(_run, texts):
        read.extend(texts)
        return np.array([[2.0 if PLANTED in text else -2.0] + [0.0] * 5 for text in texts], np.float32)

    read = []
    monkeypatch.setattr(words, "encode_texts", encode)
    return read


def row(run):
    features = pd.DataFrame([dict.fromkeys(run.preparation.features, 0.3)], dtype=float)
    return Inputs(None, features, pd.Series(["가나일보"], dtype="str"))


@pytest.mark.parametrize("headline", [SHORT, LONG], ids=["exact", "sampled"])
@pytest.mark.parametrize("trained", ["classified", "returned"])
def test_the_planted_word_comes_out_on_top_for_every_model(request, trained, headline, reads_one_word):
    run, _, _ = request.getfixturevalue(trained)
    _found, said = explain_headline(run, headline, row(run))
    names = [word.text for word in said.words]
    assert said.exact == (headline == SHORT)
    for model, values in said.values.items():
        assert names[int(np.argmax(values))] == PLANTED, model
        others = np.delete(values, names.index(PLANTED))
        assert np.abs(others).max() < 0.5 * values.max(), model
    assert said.label == (run.classes[-1] if run.classes else None)
    assert (said.errors[MEAN] == 0).all() == said.exact


@pytest.mark.parametrize("headline", [SHORT, LONG], ids=["exact", "sampled"])
def test_words_sum_to_what_the_headline_contributes(classified, headline, reads_one_word):
    run, _, _ = classified
    found, said = explain_headline(run, headline, row(run))
    of_headline = [group in headline_groups() for group in found.groups]
    for model, values in said.values.items():
        wanted = found.values[model][0, of_headline].sum()
        assert said.total[model] == pytest.approx(wanted, abs=1e-12)
        assert values.sum() == pytest.approx(wanted, abs=1e-9)
    mean = np.mean([values for name, values in said.values.items() if name != MEAN], axis=0)
    np.testing.assert_allclose(said.values[MEAN], mean, atol=1e-9)


def test_of_two_classes_the_words_say_the_opposite(classified, reads_one_word):
    run, _, _ = classified
    (_, down), (_, up) = (explain_headline(run, SHORT, row(run), explained) for explained in (0, 1))
    np.testing.assert_allclose(down.values[MEAN], -up.values[MEAN], atol=1e-9)


def test_words_of_the_text_features_count_too(worded, monkeypatch):
    run, _, _ = worded
    monkeypatch.setattr(words, "encode_texts", lambda _run, texts: np.zeros((len(texts), 6), np.float32))
    _, said = explain_headline(run, "삼성전자 급등", row(run))
    values = dict(zip([word.text for word in said.words], said.values[MEAN], strict=True))
    assert values["급등"] > abs(values["삼성전자"])


def test_a_saved_explanation_of_a_row_serves_too(classified, reads_one_word):
    run, data, vectors = classified
    found = explain_run(run, data, vectors, limit=5)
    inputs = Inputs.of(data, vectors).take(found.rows[[2]])
    said = explain_words(run, data.headlines[found.rows[2]], inputs, found, place=2)
    of_headline = [group in headline_groups() for group in found.groups]
    assert said.values[MEAN].sum() == pytest.approx(found.values[MEAN][2, of_headline].sum(), abs=1e-9)


@pytest.mark.parametrize("headline", ["…", "급등", "👍"])
def test_hardly_any_words_are_no_fault(classified, headline, reads_one_word):
    run, _, _ = classified
    _, said = explain_headline(run, headline, row(run))
    assert len(said.words) <= 1
    if said.words:
        assert said.values[MEAN].sum() == pytest.approx(said.total[MEAN], abs=1e-12)


def test_a_headline_that_looks_like_code_is_read_as_it_is(classified, reads_one_word):
    run, _, _ = classified
    _, said = explain_headline(run, "<b> &amp; 급등", row(run))
    assert "<b> &amp; 급등" in reads_one_word
    assert any(text.startswith("<b>") for text in reads_one_word)
    assert said.values[MEAN].sum() == pytest.approx(said.total[MEAN], abs=1e-9)


def test_a_long_text_is_read_less_often(classified, reads_one_word):
    run, _, _ = classified
    _, said = explain_headline(run, f"{LONG} " * 130, row(run))
    assert len(said.words) == 24
    assert len(reads_one_word) <= 140
    assert said.values[MEAN].sum() == pytest.approx(said.total[MEAN], abs=1e-9)


def test_all_texts_are_read_in_one_batch(classified, reads_one_word, monkeypatch):
    run, _, _ = classified
    calls = []
    encode = words.encode_texts
    monkeypatch.setattr(words, "encode_texts", lambda *asked: calls.append(1) or encode(*asked))
    explain_headline(run, LONG, row(run))
    assert len(calls) == 2  # the headline, then all it is read without
    assert len(set(reads_one_word)) >= len(reads_one_word) - 2


@pytest.mark.slow
@pytest.mark.parametrize("taught", [True, False])
def test_a_classifier_that_learned_from_the_headline_says_nothing_of_its_words(
    tmp_path, monkeypatch, few_trees, taught
):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "lab"))
    dataset, vectors = signal()
    headline = dataset.headlines[0]
    put(texts=[headline, "다른 제목"] if taught else ["다른 제목"], classes=("부정", "중립", "긍정"))
    run = train(dataset, vectors, TrainSettings(extras=("classifier",), classifier="tuned:mine"))
    monkeypatch.setattr(words, "encode_texts", lambda _run, texts: np.zeros((len(texts), 6), np.float32))
    stored = []
    monkeypatch.setattr(VectorStore, "put", lambda *asked: stored.append(asked))
    matrix = words.matrix_of_texts(
        run, headline, ["제목", "0"], Inputs.of(dataset, vectors).take(np.array([0]))
    )
    flag = [name for name in run.preparation.columns if name.endswith("(missing)") and "classifier" in name]
    missing = matrix[:, run.preparation.columns.index(flag[0])] if flag else np.zeros(2)
    assert missing.tolist() == [float(taught)] * 2
    assert stored == []
