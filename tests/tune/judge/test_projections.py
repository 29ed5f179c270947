import numpy as np
import pytest

from core.tune.judge.projections import Projections, projections
from tests.makers.tuned_examples import around_classes, drawn_labels, examples_of, parts_of

N = 120


def made(methods=("pca",), new_apart=3.0):
    labels = drawn_labels(N)
    new = around_classes(labels, new_apart, 2) if new_apart else np.ones((N, 12), np.float32)
    old = around_classes(labels, 1.0)
    return projections(examples_of(labels), parts_of(N), old, new, methods=methods)


def test_test_texts_have_places_in_two_and_in_three_dimensions_before_and_after():
    found = made()
    tests = len(parts_of(N).test)
    assert found.rows.tolist() == parts_of(N).test.tolist()
    assert {key: xy.shape for key, xy in found.places.items()} == {
        (side, "pca", d): (tests, d) for side in ("before", "after") for d in (2, 3)
    }


def test_an_encoder_whose_vectors_are_all_the_same_has_no_map():
    assert {side for side, _, _ in made(new_apart=0).places} == {"before"}


def test_the_first_texts_of_pairs_are_on_the_map():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(40, 2, 5))
    examples = examples_of(rng.random(40), classes=(), columns=2)
    found = projections(examples, parts_of(40), vectors, vectors, methods=("pca",), dimensions=(2,))
    assert found.places["before", "pca", 2].shape == (12, 2)


def test_maps_survive_being_named_arrays():
    found = made()
    again = Projections.from_arrays(found.as_arrays())
    assert again.places.keys() == found.places.keys()
    np.testing.assert_array_equal(again.places["after", "pca", 3], found.places["after", "pca", 3])


@pytest.mark.slow
@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_classes_far_apart_stay_apart_on_every_map(method):
    found = made((method,), 8.0)
    labels = drawn_labels(N)[found.rows]
    for d in (2, 3):
        xy = found.places["after", method, d]
        centres = np.stack([xy[labels == k].mean(axis=0) for k in range(3)])
        nearest = np.linalg.norm(xy[:, None] - centres, axis=2).argmin(axis=1)
        assert (nearest == labels).mean() > 0.9
