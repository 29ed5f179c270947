"""The picture of more points than can be drawn one by one."""

import numpy as np
import pytest

from core.maps.density import density

RED, BLUE = np.array([255, 0, 0]), np.array([0, 0, 255])


def _at(found, x, y):
    tall, wide, _four = found.image.shape
    column = int((x - found.left) / (found.right - found.left) * wide)
    row = int((found.top - y) / (found.top - found.bottom) * tall)
    return found.image[row, column]


def test_each_cell_has_the_mean_colour_of_its_points_and_the_top_is_up():
    places = np.array([[0, 0], [10, 10], [10, 10], [0, 10]], float)
    found = density(places, np.array([RED, RED, BLUE, BLUE]), cells=50)
    assert _at(found, 0, 0)[:3].tolist() == RED.tolist()
    assert _at(found, 10, 10)[:3].tolist() == [128, 0, 128]
    assert _at(found, 0, 10)[:3].tolist() == BLUE.tolist()
    assert _at(found, 5, 5)[3] == 0
    assert (found.count, found.most) == (4, 2)


def test_more_points_are_more_opaque_and_no_point_is_lost():
    rng = np.random.default_rng(0)
    places = np.vstack([rng.normal(size=(5_000, 2)), [[8.0, 8.0]]])
    found = density(places, np.tile(RED, (5_001, 1)), cells=100)
    lone, middle = _at(found, 8, 8)[3], _at(found, 0, 0)[3]
    assert 0 < lone < middle <= 255
    assert found.image[..., 3].max() == 255


def test_cells_are_squares():
    found = density(np.array([[0, 0], [40, 10]], float), np.array([RED, BLUE]), cells=400)
    tall, wide, _four = found.image.shape
    assert max(tall, wide) == 400
    assert (found.right - found.left) / wide == pytest.approx((found.top - found.bottom) / tall)


def test_points_in_one_place_or_on_a_line_are_drawn():
    for places in (np.zeros((3, 2)), np.array([[0, 1], [5, 1], [9, 1]], float)):
        found = density(places, np.tile(RED, (3, 1)))
        assert (found.image[..., 3] > 0).sum() in (1, 3)


def test_no_points_are_refused():
    with pytest.raises(ValueError, match="no points"):
        density(np.zeros((0, 2)), np.zeros((0, 3)))
