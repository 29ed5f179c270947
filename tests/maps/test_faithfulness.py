import numpy as np

from core.maps import kept_neighbours


def test_a_map_that_shows_everything_keeps_all_neighbours():
    angle = np.sort(np.random.default_rng(0).uniform(0, 2 * np.pi, 80))
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert kept_neighbours(circle, circle) > 0.99


def test_a_map_at_random_keeps_no_more_than_chance():
    rng = np.random.default_rng(0)
    assert kept_neighbours(rng.normal(size=(400, 8)), rng.normal(size=(400, 2))) < 0.06


def test_equal_vectors_count_once_and_too_few_say_nothing():
    vectors = np.random.default_rng(0).normal(size=(11, 4))
    assert np.isnan(kept_neighbours(vectors.repeat(5, axis=0), np.zeros((55, 2))))
