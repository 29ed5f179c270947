"""New headlines on a finished map."""

import numpy as np
import pytest

from core.maps import MapSettings, place, project
from core.maps.nearest import nearest
from core.maps.placement import NEAREST
from core.maps.settings import METRICS


def _islands(n=300, dim=16, islands=6, seed=0):
    """Return vectors in groups that stand apart."""
    drawn = np.random.default_rng(seed)
    middles = 3 * drawn.normal(size=(islands, dim))
    return (middles[np.arange(n) % islands] + drawn.normal(size=(n, dim))).astype(np.float32)


def _unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize(("n", "dim"), [(300, 16), (12, 40), (700, 600)])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_new_vector_lands_where_the_components_of_pca_put_it(n, dim, dimensions):
    from sklearn.decomposition import PCA

    vectors, new = _islands(n, dim), _islands(20, dim, seed=1)
    pca = PCA(dimensions, random_state=0).fit(_unit(vectors))
    places = project(np.concatenate([vectors, vectors[:5]]), MapSettings(dimensions=dimensions))
    found = place(np.concatenate([vectors, vectors[:5]]), places, new, linear=True)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, pca.transform(_unit(new)), atol=1e-4)


def test_known_vectors_keep_their_places_and_the_length_of_a_vector_does_not_count():
    vectors = _islands()
    places = project(vectors, MapSettings())
    np.testing.assert_allclose(place(vectors, places, 7 * vectors[:9], linear=True), places[:9], atol=1e-5)
    np.testing.assert_array_equal(place(vectors, places, 7 * vectors[:9]), places[:9])


def test_a_map_of_vectors_that_were_not_scaled_is_extended_as_it_was_made():
    from sklearn.decomposition import PCA

    vectors, new = _islands(), _islands(20, seed=1)
    pca = PCA(2).fit(vectors)
    found = place(vectors, pca.transform(vectors), new, linear=True, metric="euclidean")
    np.testing.assert_allclose(found, pca.transform(new), atol=1e-3)


def test_a_flat_map_has_no_second_axis_to_put_a_vector_on():
    line = np.array([[1, k / 10] for k in range(10)], np.float32)
    places = np.column_stack([project(line, MapSettings())[:, 0], np.zeros(10)])
    assert place(line, places, np.array([[1, 0.35]]), linear=True)[0, 1] == 0


@pytest.mark.parametrize("method", ["islands", "two far islands"])
def test_a_new_headline_lies_on_one_of_its_neighbours_islands(method):
    vectors = _islands(200, islands=2)
    places = np.zeros((200, 2), np.float32)
    places[1::2, 0] = 100.0
    places += np.random.default_rng(0).normal(size=places.shape)
    half = vectors[:2].mean(axis=0) if method == "two far islands" else vectors[2] + 0.01
    found = place(vectors, places, half[None])[0]
    assert min(np.linalg.norm(places - found, axis=1)) == 0


@pytest.mark.parametrize("metric", METRICS)
def test_a_new_headline_goes_where_the_maps_own_measure_finds_it(metric):
    drawn = np.random.default_rng(3)
    vectors = (drawn.normal(size=(300, 8)) * drawn.lognormal(0, 1, size=(300, 1))).astype(np.float32)
    new = drawn.normal(size=(40, 8)).astype(np.float32)
    numbered = np.column_stack([np.arange(300), np.zeros(300)]).astype(np.float32)
    placed = place(vectors, numbered, new, metric=metric)[:, 0].astype(int)
    for row, vector in zip(placed, new, strict=True):
        found, _away = nearest(np.vstack([vectors, vector]), NEAREST, lambda share: None, metric)
        assert row in found[-1]


def _kept(places, at, away, left_out):
    """Return the share of a point's ten neighbours on the map that another point has too."""
    others = np.delete(places, left_out, axis=0)
    mine, theirs = (set(np.argsort(np.linalg.norm(others - p, axis=1))[:10].tolist()) for p in (at, away))
    return len(mine & theirs) / 10


@pytest.mark.slow
@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_headlines_that_were_left_out_come_back_among_their_neighbours(method):
    vectors = _islands(400, islands=8)
    places = project(vectors, MapSettings(method))
    drawn = np.random.default_rng(0).choice(400, 60, replace=False)
    placed, chance = [], []
    for row in drawn:
        found = place(np.delete(vectors, row, axis=0), np.delete(places, row, axis=0), vectors[[row]])[0]
        placed.append(_kept(places, places[row], found, row))
        chance.append(_kept(places, places[row], places[(row + 137) % 400], row))
    assert np.mean(placed) > 0.35
    assert np.mean(chance) < 0.1


def test_fewer_known_headlines_than_neighbours_will_do():
    vectors = _islands(NEAREST - 4)
    places = np.arange(2 * len(vectors), dtype=np.float32).reshape(-1, 2)
    assert place(vectors, places, vectors[[3]] + 0.001).tolist() == [places[3].tolist()]


def test_nothing_new_has_no_place_and_a_map_of_other_vectors_is_refused():
    vectors = _islands(20)
    assert place(vectors, np.zeros((20, 3)), np.empty((0, 16))).shape == (0, 3)
    with pytest.raises(ValueError, match="20 vectors with 19 places"):
        place(vectors, np.zeros((19, 2)), vectors)
