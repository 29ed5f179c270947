import json

import numpy as np
import pytest

from core.tune.judge.learning_curve import CurvePoint, counts_of, learning_curve, nested
from tests.makers.tuned_examples import drawn_labels, examples_of, parts_of

N = 200


def test_a_smaller_subset_is_part_of_a_larger_one_and_keeps_the_classes():
    labels = np.array([0] * 80 + [1] * 15 + [2] * 5)
    order = nested(np.arange(100), labels, 0)
    assert sorted(order) == list(range(100))
    for count in (20, 40, 60):
        some = np.bincount(labels[order[:count]], minlength=3)
        assert some == pytest.approx(np.array([0.8, 0.15, 0.05]) * count, abs=1.5)
    assert set(labels[order[:3]]) == {0, 1, 2}


def test_another_seed_draws_another_subset():
    labels = drawn_labels(100)
    assert set(nested(np.arange(100), labels, 0)[:20]) != set(nested(np.arange(100), labels, 1)[:20])


def test_a_float_is_a_share_and_a_whole_number_a_count():
    assert counts_of([1.0, 0.2, 50, 500, 40], 200) == [40, 50, 200]


def test_every_size_is_trained_for_every_seed_on_its_own_rows_and_scored_on_the_test():
    labels, parts, calls = drawn_labels(N), parts_of(N), []

    def train(some, seed):
        calls.append((len(some.train), seed))
        assert set(some.train) <= set(parts.train)
        np.testing.assert_array_equal(some.test, parts.test)
        right = np.arange(len(parts.test)) < len(some.train) / len(parts.train) * len(parts.test)
        chosen = np.where(right, labels[parts.test], (labels[parts.test] + 1) % 3)
        return np.eye(3)[chosen], float(seed)

    found = learning_curve(examples_of(labels), parts, (0.5, 1.0), (1, 3), train)
    assert calls == [(60, 1), (60, 3), (120, 1), (120, 3)]
    assert [(p.texts, p.share, p.accuracy.mean) for p in found] == [(60, 0.5, 0.5), (120, 1.0, 1.0)]
    assert (found[0].loss.mean, found[0].loss.low, found[0].loss.high) == (2.0, 1.0, 3.0)


def test_a_curve_needs_classes():
    examples = examples_of(np.random.default_rng(0).random(20), classes=(), columns=2)
    with pytest.raises(ValueError, match="classes"):
        learning_curve(examples, parts_of(20), (1.0,), (0,), lambda parts, seed: (np.zeros((6, 0)), 0.0))


def test_a_point_survives_json():
    found = learning_curve(
        examples_of(drawn_labels(N)),
        parts_of(N),
        (1.0,),
        (0,),
        lambda parts, seed: (np.eye(3)[[0] * 60], 1.0),
    )[0]
    assert CurvePoint.from_dict(json.loads(json.dumps(found.as_dict()))) == found
