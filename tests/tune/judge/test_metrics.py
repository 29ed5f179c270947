import numpy as np
import pytest

from core.tune.judge.metrics import cosine_gap, mean_cosine, pair_gap, pearson, unit


def every_pair(y, vectors):
    n = len(vectors)
    pairs = [(y[i] == y[j], vectors[i] @ vectors[j]) for i in range(n) for j in range(n) if i != j]
    within, between = ([c for same, c in pairs if same is np.bool_(kind)] for kind in (True, False))
    return within, between


@pytest.fixture
def texts():
    rng = np.random.default_rng(0)
    return rng.integers(0, 3, 20), unit(rng.normal(size=(20, 5)))


def test_the_gap_is_the_mean_over_all_pairs_within_minus_between(texts):
    y, vectors = texts
    within, between = every_pair(y, vectors)
    found = cosine_gap(y, vectors, np.ones((1, 20)))[0]
    assert found == pytest.approx(np.mean(within) - np.mean(between), abs=1e-6)


def test_the_mean_cosine_leaves_out_a_text_with_itself(texts):
    y, vectors = texts
    within, between = every_pair(y, vectors)
    assert mean_cosine(y, vectors, np.ones((1, 20)))[0] == pytest.approx(np.mean(within + between), abs=1e-6)


def test_a_row_of_weight_0_does_not_count(texts):
    y, vectors = texts
    w = np.ones((1, 20))
    w[0, 15:] = 0
    assert cosine_gap(y, vectors, w)[0] == pytest.approx(
        cosine_gap(y[:15], vectors[:15], np.ones((1, 15)))[0], abs=1e-6
    )


def test_the_gap_of_one_class_is_undefined(texts):
    assert np.isnan(cosine_gap(np.zeros(20), texts[1], np.ones((1, 20)))[0])


def test_the_gap_of_pairs_is_the_difference_of_two_means():
    found = pair_gap(np.array([1, 1, 0, 0]), np.array([0.9, 0.7, 0.1, 0.3]), np.ones((1, 4)))
    assert found[0] == pytest.approx(0.6)


def test_pearson_with_weights_is_that_of_repeated_rows():
    rng = np.random.default_rng(1)
    y, p, times = rng.normal(size=30), rng.normal(size=30), rng.integers(0, 4, 30)
    expected = np.corrcoef(np.repeat(y, times), np.repeat(p, times))[0, 1]
    assert pearson(y, p, times[None].astype(float))[0] == pytest.approx(expected)


def test_a_vector_of_zeros_stays_one():
    assert not unit(np.zeros((1, 3))).any()
