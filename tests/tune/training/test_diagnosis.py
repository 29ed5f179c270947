"""What curves are taken for."""

from __future__ import annotations

import math

import pytest

from core.tune.history import History, Point
from core.tune.training.diagnosis import diagnosis


def curves(*points, stopped="done"):
    made = tuple(
        Point(k, k, loss, valid, score, train, f1, 1.0)
        for k, (loss, valid, score, train, f1) in enumerate(points, 1)
    )
    best = max(made, key=lambda point: point.score, default=None)
    return History(made, (), best.epoch if best else 0, stopped, 32, "float32", "cpu", 1.0, 1.0, 1, 1)


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ((1.1, 1.1, 0.36, 0.36, 0.3), "Not learning yet"),
        ((0.95, 1.0, 0.60, 0.60, 0.25), "Not learning yet"),  # one class for all, and that class is common
        ((2.5, 2.4, 0.33, 0.33, 0.3), "too large"),
        ((0.7, 0.75, 0.70, 0.72, 0.7), "Learning"),
        ((0.4, 0.5, 0.84, 0.86, 0.84), "Usable"),
        ((0.2, 0.3, 0.92, 0.95, 0.92), "Excellent"),
    ],
)
def test_three_classes_are_judged_by_loss_and_accuracy(point, words):
    (message,) = diagnosis(curves(point), 3)
    assert words in str(message)


def test_training_loss_near_nothing_and_validation_loss_high_is_overfitting():
    found = diagnosis(curves((0.05, 0.9, 0.85, 0.99, 0.85)), 3)
    assert [str(one).split(":")[0] for one in found] == ["Usable", "Overfitting"]


def test_a_wide_gap_in_accuracy_is_overfitting():
    assert "Overfitting" in str(diagnosis(curves((0.3, 0.5, 0.72, 0.95, 0.72)), 3)[1])


def test_the_best_epoch_decides_and_a_rising_curve_is_said():
    rising = diagnosis(curves((0.9, 0.9, 0.6, 0.6, 0.6), (0.6, 0.6, 0.75, 0.75, 0.75)), 3)
    assert "may still rise" in str(rising[1])
    falling = diagnosis(curves((0.6, 0.6, 0.75, 0.75, 0.75), (0.5, 0.65, 0.72, 0.76, 0.72)), 3)
    assert len(falling) == 1
    assert "0.75" in str(falling[0])


@pytest.mark.parametrize(
    ("classes", "method", "score", "words"),
    [
        (3, "triplet", 0.02, "Not learning yet"),
        (3, "triplet", 0.4, "Usable"),
        (0, "pairs", 0.6, "Learning"),
        (0, "pairs", 0.9, "Excellent"),
        (3, "pairs", 0.4, "Learning"),  # multiple negatives: own partner nearest
    ],
)
def test_scores_without_classes_have_levels_of_their_own(classes, method, score, words):
    (message,) = diagnosis(curves((0.5, 0.5, score, score, math.nan)), classes, method)
    assert words in str(message)


def test_before_the_first_evaluation_nothing_is_said():
    assert diagnosis(curves(stopped=""), 3) == []
