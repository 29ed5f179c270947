import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from core.jobs import Cancelled
from core.maps import MapSettings, kept_neighbours, project, trust
from tests.makers.vectors import clusters


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


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "manhattan"])
def test_trustworthiness_is_that_of_scikit_learn(metric):
    vectors = (
        np.random.default_rng(1).normal(size=(100, 8)).astype(np.float32)
    )  # no two equally far, as rounded
    places = project(vectors, MapSettings())
    expected = trustworthiness(vectors, places, n_neighbors=10, metric=metric)
    found = trust(vectors, places, metric)
    assert found.trustworthiness == pytest.approx(expected, abs=1e-9)
    assert found.rows == 100


def test_by_the_dot_product_the_nearest_are_those_with_the_largest():
    vectors = np.random.default_rng(0).normal(size=(200, 3)) * np.linspace(0.2, 5, 200)[:, None]
    places = vectors[:, :2].astype(np.float32)
    products = vectors @ vectors.T
    np.fill_diagonal(products, -np.inf)
    away = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(away, np.inf)
    near, shown = np.argsort(-products)[:, :10], np.argsort(away)[:, :10]
    expected = np.mean([np.isin(a, b).mean() for a, b in zip(near, shown, strict=True)])
    assert trust(vectors, places, "dot").kept == pytest.approx(expected)


def test_a_map_at_random_is_worth_a_half():
    rng = np.random.default_rng(0)
    found = trust(rng.normal(size=(600, 8)), rng.normal(size=(600, 2)))
    assert found.trustworthiness == pytest.approx(0.5, abs=0.02)


def test_of_many_headlines_five_thousand_are_compared_and_say_nearly_the_same():
    vectors = np.random.default_rng(0).normal(size=(6_000, 3)).astype(np.float32)
    found = trust(vectors, vectors[:, :2], "euclidean")
    again = trust(vectors, vectors[:, :2], "euclidean", seed=1)
    assert found.rows == again.rows == 5_000
    assert found.trustworthiness == pytest.approx(again.trustworthiness, abs=0.005)


def test_progress_is_told_and_can_stop_it():
    def stop(share):
        raise Cancelled

    with pytest.raises(Cancelled):
        trust(clusters(), np.zeros((60, 2)), progress=stop)
