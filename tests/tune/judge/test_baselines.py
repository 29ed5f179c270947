import numpy as np
import pytest

from core.errors import Message
from core.jobs import Cancelled, silent
from core.train.models.registry import MODELS
from core.tune.judge.baselines import baselines, predict_baselines, title_of
from core.tune.judge.lstm import Alphabet, lstm
from core.tune.judge.probe import one_thread
from core.tune.judge.scores import compare
from tests.makers.tuned_examples import around_classes, drawn_labels, examples_of, parts_of, texts_of

N = 160
NAMES = ["majority", "tfidf_linear", "encoder_linear", *MODELS, "lstm"]


@pytest.fixture(scope="module")
def labels():
    return drawn_labels(N)


@pytest.fixture(scope="module")
def made(labels):
    return baselines(examples_of(labels), parts_of(N), around_classes(labels, 2.0), lstm_seconds=0)


@pytest.mark.slow
def test_every_baseline_has_accuracy_f1_and_log_loss_with_intervals(made):
    assert list(made) == NAMES
    for table in made.values():
        assert list(table) == ["accuracy", "f1", "log_loss"]
        assert all(score.low <= score.value <= score.high for score in table.values())


@pytest.mark.slow
def test_texts_that_name_their_topic_are_told_apart_by_their_characters(made):
    assert made["tfidf_linear"]["accuracy"].value == 1
    assert made["majority"]["accuracy"].value < 0.6


@pytest.mark.slow
def test_the_frozen_linear_baseline_is_what_before_is(labels, made):
    old = around_classes(labels, 2.0)
    judged = compare(examples_of(labels), parts_of(N), old, old)
    assert made["encoder_linear"]["accuracy"] == judged.before["accuracy"]


@pytest.mark.slow
def test_a_class_that_no_training_text_has_gets_probability_0(labels):
    parts = parts_of(N)
    known = labels.copy()
    known[: parts.test[0]] %= 2
    made = predict_baselines(examples_of(known), parts, around_classes(labels, 2.0), silent, 0, 0.0)
    for name, p in made.items():
        assert p.shape == (len(parts.test), 3)
        np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-5)
        assert p[:, 2].max() < (0.5 if name == "lstm" else 1e-9)


def test_scores_have_no_baselines_of_classes():
    rng = np.random.default_rng(0)
    examples = examples_of(rng.random(20), classes=(), columns=2)
    assert baselines(examples, parts_of(20), rng.normal(size=(20, 2, 4))) == {}


def test_every_baseline_has_a_title():
    titles = {name: title_of(name) for name in NAMES}
    assert all(isinstance(title, Message) for title in titles.values())
    assert len({str(title) for title in titles.values()}) == len(NAMES)


def learn(labels, seed=0, report=silent, seconds=60.0):
    texts = texts_of(labels)
    train, valid, test = slice(0, 100), slice(100, 120), slice(120, N)
    return lstm(
        texts[train], labels[train], texts[valid], labels[valid], texts[test], 3, seed, report, seconds
    )


@pytest.mark.slow
def test_the_lstm_learns_topics_that_the_texts_name(labels):
    assert (learn(labels).argmax(axis=1) == labels[120:]).mean() > 0.9


def test_the_lstm_of_one_seed_is_the_same_again_and_of_another_is_not(labels):
    one, again, other = (learn(labels, seed, seconds=0) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert not np.allclose(one, other)


def test_the_lstm_leaves_the_random_state_as_it_was(labels):
    import torch

    before = torch.random.get_rng_state()
    learn(labels, seconds=0)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_the_lstm_stops_where_it_is_cancelled(labels):
    def report(fraction, template, /, **params):
        raise Cancelled

    with pytest.raises(Cancelled):
        learn(labels, report=report)


def test_a_character_that_the_training_has_not_is_unknown_and_an_empty_text_is_one():
    alphabet = Alphabet.of(["가나", "가"])
    assert [code.tolist() for code in alphabet.codes(["가다", "", "나"])] == [[2, 1], [1], [3]]


def test_threads_are_as_many_as_before_once_a_small_model_is_fitted():
    from threadpoolctl import threadpool_info

    def threads():
        return {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()}

    before = threads()
    with one_thread():
        assert set(threads().values()) == {1}
    assert threads() == before
