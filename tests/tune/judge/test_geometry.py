import json
from dataclasses import replace

import numpy as np
import pytest

from core.tune.examples import Parts
from core.tune.judge.geometry import Geometry, class_matrix, geometry
from core.tune.judge.metrics import unit
from tests.makers.tuned_examples import CLASSES, around_classes, drawn_labels, examples_of, parts_of

N = 200


@pytest.fixture(scope="module")
def found():
    labels = drawn_labels(N)
    old, new = around_classes(labels, 0.5, 1), around_classes(labels, 4.0, 2)
    return geometry(examples_of(labels), parts_of(N), old, new)


def test_the_matrix_holds_the_mean_cosine_of_two_different_texts_by_class():
    labels = np.array([0, 0, 1, 1, 1])
    vectors = unit(np.random.default_rng(0).normal(size=(5, 4)))
    cosines, found = vectors @ vectors.T, class_matrix(vectors, labels, 3)
    assert found[0, 0] == pytest.approx(cosines[0, 1], abs=1e-6)
    assert found[0, 1] == found[1, 0] == pytest.approx(cosines[:2, 2:].mean(), abs=1e-6)
    assert found[1, 1] == pytest.approx((cosines[2, 3] + cosines[2, 4] + cosines[3, 4]) / 3, abs=1e-6)
    assert np.isnan(found[2]).all()


def test_every_pair_of_test_texts_is_in_one_bin(found):
    tests = len(parts_of(N).test)
    assert found.texts == tests
    for side in (found.before, found.after):
        assert sum(side.within) + sum(side.between) == tests * (tests - 1) / 2
    assert len(found.edges) == len(found.after.within) + 1


def test_classes_that_moved_apart_show_in_the_matrix_and_among_neighbours(found):
    matrix = found.after.matrix
    assert min(matrix[k][k] for k in range(3)) > 0.4 > max(matrix[0][1], matrix[0][2], matrix[1][2])
    assert found.after.agreeing > found.before.agreeing
    assert found.classes == CLASSES


def test_neighbours_of_unrelated_vectors_changed_and_those_of_the_same_did_not(found):
    assert 0.5 < found.neighbours_changed <= 1
    assert found.changed
    labels = drawn_labels(N)
    vectors = around_classes(labels, 1.0)
    same = geometry(examples_of(labels), parts_of(N), vectors, 3 * vectors)
    assert (same.neighbours_changed, same.changed) == (0, ())


def test_a_changed_text_names_its_old_and_its_new_nearest_with_their_labels(found):
    labels, test = drawn_labels(N), parts_of(N).test
    texts = examples_of(labels).texts
    old = unit(around_classes(labels, 0.5, 1)[test])
    each = found.changed[0]
    row = [texts[k] for k in test].index(each.text)
    cosines = old @ old[row]
    cosines[row] = -1
    nearest = test[cosines.argmax()]
    assert (each.old, each.old_label) == (texts[nearest], CLASSES[labels[nearest]])
    assert each.new != each.old


def test_pairs_have_two_histograms_and_no_matrix():
    rng = np.random.default_rng(2)
    scores = rng.random(60)
    vectors = rng.normal(size=(60, 2, 5))
    found = geometry(examples_of(scores, classes=(), columns=2), parts_of(60), vectors, vectors)
    assert found.before.matrix == ()
    assert sum(found.before.within) + sum(found.before.between) == 18
    assert found.texts == 36


def test_a_test_of_one_text_has_no_neighbours():
    labels = drawn_labels(10)
    vectors = around_classes(labels, 1.0)
    parts = Parts(np.arange(8), np.array([8]), np.array([9]))
    found = geometry(examples_of(labels), parts, vectors, vectors)
    assert (found.neighbours, found.neighbours_changed, found.changed) == (0, 0, ())


def test_the_geometry_survives_json(found):
    plain = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert Geometry.from_dict(plain) == found
    assert Geometry.from_dict(plain) != replace(found, texts=0)
