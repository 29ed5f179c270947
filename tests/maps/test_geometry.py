"""Which points lie in what a reader has drawn."""

import numpy as np
import pytest

from core.maps.geometry import Outline, inside, within


def test_a_box_holds_its_points_whichever_corner_comes_first():
    points = np.array([[0.5, 0.5], [1.5, 0.5], [0.5, -0.1], [np.nan, 0.5]])
    for x, y in (([0, 1], [0, 1]), ([1, 0], [1, 0]), ([0, 1], [1, 0])):
        assert inside(points, Outline.box(x, y)).tolist() == [True, False, False, False]


def test_a_bay_of_a_closed_line_is_outside():
    u = Outline.polygon([0, 3, 3, 2, 2, 1, 1, 0], [0, 0, 3, 3, 1, 1, 3, 3])
    points = np.array([[0.5, 2], [1.5, 2], [2.5, 2], [1.5, 0.5], [1.5, 3.5]])
    assert inside(points, u).tolist() == [True, False, True, True, False]


def test_what_a_line_goes_round_twice_is_outside():
    """The even-odd rule, as Plotly's own: a figure of eight has two lobes, and a pentagram a hole."""
    turn = 2 * np.pi * np.arange(5) * 2 / 5
    star = Outline.polygon(np.sin(turn), np.cos(turn))
    assert inside(np.array([[0.0, 0.0], [0.0, 0.8]]), star).tolist() == [False, True]


def test_it_agrees_with_a_ray_from_each_point():
    rng = np.random.default_rng(0)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 60))
    radius = rng.uniform(0.3, 1, 60)
    outline = Outline.polygon(radius * np.cos(angle), radius * np.sin(angle))
    points = rng.uniform(-1.1, 1.1, (3_000, 2))
    corners = list(zip(outline.x, outline.y, strict=True))

    def by_hand(x, y):
        odd = False
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
                odd = not odd
        return odd

    assert inside(points, outline).tolist() == [by_hand(x, y) for x, y in points]


def test_several_regions_are_one_selection_and_none_is_empty():
    points = np.array([[0.5, 0.5], [2.5, 0.5], [5, 5]])
    boxes = [Outline.box([0, 1], [0, 1]), Outline.box([2, 3], [0, 1])]
    assert within(points, boxes).tolist() == [True, True, False]
    assert not within(points, []).any()
    assert not inside(points, Outline.polygon([0, 1], [0, 1])).any()


def test_a_corner_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="not a number"):
        Outline.polygon([0, 1, np.nan], [0, 1, 1])
    with pytest.raises(ValueError, match="do not match"):
        Outline.polygon([0, 1, 2], [0, 1])
