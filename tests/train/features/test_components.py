import numpy as np
import pytest

from core.train.features.inputs import Inputs
from tests.makers.feature_tables import fit, table, vectors_of


def components(vectors, count, seed=0):
    rows = table(x=range(len(vectors)))
    return fit(rows, None, vectors, components=count, seed=seed).parts["headline"].components


def test_components_stand_for_the_vector_and_the_first_has_a_variance_of_one():
    v = vectors_of()
    rows = Inputs(v, table(x=range(60)), None)
    prepared = fit(rows.features, None, v, components=3)
    made = prepared.matrix(rows)
    assert prepared.columns[:4] == ("headline[0]", "headline[1]", "headline[2]", "x")
    variance = made[:, :3].var(axis=0, ddof=1)
    assert variance[0] == pytest.approx(1, abs=1e-4)
    assert variance[0] > variance[1] > variance[2]
    assert prepared.of_headline.tolist() == [True] * 3 + [False]


def test_components_are_those_of_a_singular_value_decomposition():
    v = vectors_of()
    made = components(v, 2)
    axes = np.linalg.svd(v - v.mean(axis=0))[2][:2]
    cosines = np.abs((made.axes * axes).sum(axis=1)) / np.linalg.norm(made.axes, axis=1)
    assert cosines == pytest.approx(1, abs=1e-4)


def test_no_more_components_than_the_vector_has_numbers():
    v = vectors_of(60, 4)
    assert len(components(v, 50).shares) == 4


def test_components_of_vectors_that_never_vary_are_zero():
    v = np.ones((30, 4), np.float32)
    rows = Inputs(v, table(x=range(30)), None)
    assert np.all(fit(rows.features, None, v, components=2).matrix(rows)[:, :2] == 0)


def test_the_same_seed_finds_the_same_components():
    first, again = (components(vectors_of(), 3, seed=7) for _ in range(2))
    assert np.array_equal(first.axes, again.axes)
