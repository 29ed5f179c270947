import json
from dataclasses import replace

import numpy as np
import pytest

from core.tune.judge.judged import Judged
from core.tune.judge.scores import belong_together, blocks_of, compare, mcnemar
from tests.makers.tuned_examples import around_classes, drawn_labels, examples_of, parts_of

N = 300


@pytest.fixture(scope="module")
def labels():
    return drawn_labels(N)


@pytest.fixture(scope="module")
def judged(labels):
    old, new = around_classes(labels, 1.0, 1), around_classes(labels, 3.0, 2)
    return compare(examples_of(labels), parts_of(N), old, new)


def test_an_encoder_that_parts_the_classes_better_scores_better(judged):
    for name in ("accuracy", "f1", "cosine_gap"):
        assert judged.difference[name].low > 0
        assert judged.after[name].value - judged.before[name].value == pytest.approx(
            judged.difference[name].value
        )
    assert judged.difference["log_loss"].high < 0
    assert judged.p_value < 0.05


def test_without_a_head_the_verdict_is_about_the_gap_and_with_one_about_accuracy(labels, judged):
    assert (judged.metric, judged.head) == ("cosine_gap", False)
    vectors, parts = around_classes(labels, 1.0), parts_of(N)
    head = np.eye(3)[labels[parts.test]]
    found = compare(examples_of(labels), parts, vectors, vectors, head)
    assert (found.metric, found.head) == ("accuracy", True)
    assert found.after["accuracy"].value == 1
    assert found.after["accuracy"].low < 1


def test_the_same_vectors_twice_differ_by_nothing(labels):
    vectors = around_classes(labels, 1.0)
    found = compare(examples_of(labels), parts_of(N), vectors, vectors)
    assert {score.value for score in found.difference.values()} == {0.0}
    assert found.p_value == 1


def test_only_the_test_is_scored(labels):
    vectors, parts = around_classes(labels, 2.0), parts_of(N)
    other = vectors.copy()
    other[parts.valid] = around_classes(labels, 0.0, 9)[parts.valid]
    one, two = (compare(examples_of(labels), parts, v, v) for v in (vectors, other))
    assert one.before["cosine_gap"] == two.before["cosine_gap"]


def test_dated_texts_are_resampled_by_session_and_undated_ones_by_story(labels):
    test = parts_of(N).test
    assert blocks_of(examples_of(labels, np.arange(N) // 10), test).count == 9
    story = blocks_of(examples_of(labels, story=np.arange(N) // 2), test)
    assert (story.unit, story.count) == ("story", 45)


def test_outcomes_over_several_sessions_are_resampled_in_blocks_as_long(labels):
    examples = replace(examples_of(labels, np.arange(N) // 3), horizon=5)
    assert blocks_of(examples, parts_of(N).test).length >= 5


def test_pairs_with_scores_have_correlations_and_no_accuracy():
    rng = np.random.default_rng(3)
    scores = rng.random(200)
    one = rng.normal(size=(200, 8))
    noise = rng.normal(size=(200, 8))
    new = np.stack([one, scores[:, None] * one + (1 - scores[:, None]) * noise], axis=1)
    old = np.stack([one, noise], axis=1)
    examples = examples_of(scores, classes=(), columns=2)
    found = compare(examples, parts_of(200), old, new)
    assert list(found.after) == ["pearson", "spearman", "cosine_gap", "mean_cosine"]
    assert found.metric == "spearman"
    assert found.difference["spearman"].low > 0
    assert np.isnan(found.p_value)


def test_labelled_pairs_are_read_by_both_vectors_and_their_distance():
    rng = np.random.default_rng(4)
    labels = drawn_labels(200, 2)
    one = rng.normal(size=(200, 6))
    other = np.where(labels[:, None] == 1, one, -one) + 0.1 * rng.normal(size=(200, 6))
    new, old = np.stack([one, other], axis=1), rng.normal(size=(200, 2, 6))
    examples = examples_of(labels, classes=("contradiction", "entailment"), columns=2)
    found = compare(examples, parts_of(200), old, new)
    assert found.metric == "accuracy"
    assert found.after["accuracy"].value > 0.9 > found.before["accuracy"].value
    assert found.after["cosine_gap"].value > 1.5


def test_entailment_belongs_together_wherever_it_stands():
    examples = examples_of(np.array([0, 1, 2, 1]), classes=("함의", "중립", "모순"), columns=2)
    assert belong_together(examples, np.arange(4)).tolist() == [True, False, False, False]


def test_mcnemar_is_the_binomial_test_of_the_rows_that_one_alone_has_right():
    y = np.zeros(10, int)
    right, wrong = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    ours = np.array([right] * 10)
    theirs = np.array([wrong] * 6 + [right] * 4)
    assert mcnemar(y, ours, theirs) == pytest.approx(2 / 2**6)


def test_a_class_that_is_not_in_the_training_has_probability_0(labels):
    parts = parts_of(N)
    known = labels.copy()
    known[: parts.test[0]] %= 2
    found = compare(examples_of(known), parts, *[around_classes(labels, 5.0)] * 2)
    assert found.before["accuracy"].value < 0.8


def test_vectors_that_do_not_fit_are_refused(labels):
    with pytest.raises(ValueError, match="vectors of shape"):
        compare(examples_of(labels), parts_of(N), *[around_classes(labels, 1.0)[:-1]] * 2)


def test_what_was_judged_survives_json(judged):
    plain = json.loads(json.dumps(judged.as_dict(), allow_nan=False))
    assert Judged.from_dict(plain) == judged
