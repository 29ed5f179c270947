"""Which examples make up a batch."""

from __future__ import annotations

import numpy as np

from core.tune.training.batches import balanced_batches, sorted_batches

LENGTHS = np.random.default_rng(0).integers(3, 60, 203)


def test_every_example_is_in_one_batch_of_an_epoch():
    batches = sorted_batches(LENGTHS, 16, 1, 1)
    assert sorted(np.concatenate(batches).tolist()) == list(range(203))
    assert sorted(map(len, batches)) == [11] + [16] * 12


def test_a_batch_has_texts_of_similar_length():
    spread = [np.ptp(LENGTHS[batch]) for batch in sorted_batches(LENGTHS, 16, 1, 1)]
    assert np.mean(spread) < 8


def test_batches_follow_from_seed_and_epoch_alone():
    same, again = (sorted_batches(LENGTHS, 16, 1, 1) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(same, again, strict=True))
    for other in (sorted_batches(LENGTHS, 16, 1, 2), sorted_batches(LENGTHS, 16, 2, 1)):
        assert any(not np.array_equal(a, b) for a, b in zip(same, other, strict=True))


def test_a_balanced_batch_holds_as_many_of_each_class():
    labels = np.repeat([0, 1, 2], [100, 20, 9])
    batches = balanced_batches(labels, 24, 1, 1)
    assert len(batches) == 129 // 24
    for batch in batches:
        assert np.bincount(labels[batch]).tolist() == [8, 8, 8]
        assert len(set(batch.tolist())) == len(batch)


def test_a_class_is_gone_through_before_its_texts_come_back():
    labels = np.repeat([0, 1], 40)
    taken = np.concatenate(balanced_batches(labels, 16, 1, 1))
    assert len(set(taken.tolist())) == 80


def test_too_many_classes_take_turns_with_several_texts_each():
    labels = np.repeat(np.arange(20), 10)
    batches = balanced_batches(labels, 16, 1, 1)
    for batch in batches:
        assert np.unique(np.bincount(labels[batch], minlength=20)).tolist() == [0, 4]
    assert set(labels[np.concatenate(batches[:5])]) == set(range(20))


def test_a_class_with_one_text_makes_no_pair_and_is_left_out():
    labels = np.array([0] * 8 + [1] * 8 + [2])
    assert 16 not in np.concatenate(balanced_batches(labels, 8, 1, 1))
    assert balanced_batches(np.arange(5), 8, 1, 1) == []
