import numpy as np
import pytest

from core.explain.probability import probability_contributions


def test_two_classes_keep_sign_and_proportion_of_the_margins():
    values, base = probability_contributions(np.array([[[2.0], [-1.0]]]), np.array([0.0]), 1)
    assert base == 0.5
    assert values[0, 0] == pytest.approx(-2 * values[0, 1])
    assert values.sum() == pytest.approx(1 / (1 + np.exp(-1)) - 0.5)


def test_margins_that_cancel_out_have_the_slope_of_the_sigmoid():
    values, _ = probability_contributions(np.array([[[1.0], [-1.0]]]), np.array([0.0]), 1)
    assert values[0].tolist() == pytest.approx([0.25, -0.25])


def test_the_softmax_of_two_classes_gives_what_the_sigmoid_gives():
    rng = np.random.default_rng(0)
    margins, base = rng.normal(size=(20, 3, 1)), np.array([0.3])
    one, _ = probability_contributions(margins, base, 1)
    two, _ = probability_contributions(np.concatenate([0 * margins, margins], axis=2), np.array([0, 0.3]), 1)
    assert two == pytest.approx(one, abs=1e-9)


def test_large_margins_still_add_up():
    rng = np.random.default_rng(0)
    margins = 4 * rng.normal(size=(50, 6, 3))
    values, base = probability_contributions(margins, np.zeros(3), 2)
    end = np.exp(margins.sum(axis=1))
    assert values.sum(axis=1) + base == pytest.approx(end[:, 2] / end.sum(axis=1), abs=1e-4)
