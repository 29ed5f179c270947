"""Names of groups on a map: where their group is thickest, and never one over another."""

import numpy as np

from core.maps.label_places import label_places


def test_a_name_stands_in_the_thickest_part_of_its_group():
    rng = np.random.default_rng(0)
    thick, thin = rng.normal(0, 0.2, (400, 2)), rng.uniform(-10, 10, (100, 2))
    (place,) = label_places(np.r_[thick, thin], np.zeros(500, int), 1)
    assert np.abs(place).max() < 0.6


def test_names_of_groups_in_one_place_stand_apart_or_are_left_out():
    rng = np.random.default_rng(0)
    places, group = rng.normal(size=(3000, 2)), rng.integers(0, 12, 3000)
    found = [place for place in label_places(places, group, 12) if place is not None]
    reach = np.ptp(np.quantile(places, [0.005, 0.995], axis=0), axis=0).max()
    apart = [np.abs(a - b) / reach for n, a in enumerate(found) for b in found[:n]]
    assert len(found) >= 5
    assert all(one[0] >= 0.18 or one[1] >= 0.14 for one in apart)
    same = np.zeros((50, 2))
    assert [place is None for place in label_places(same, np.arange(50) % 2, 2)] == [False, True]


def test_an_empty_group_has_no_name_and_three_dimensions_have_places_too():
    places = np.random.default_rng(0).normal(size=(200, 3))
    first, none = label_places(places, np.zeros(200, int), 2)
    assert first.shape == (3,)
    assert none is None
