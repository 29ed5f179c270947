import sys
import threading
import types

import numpy as np
import pytest

from core.errors import UserError
from core.jobs import Cancelled
from core.maps import MapSettings, cache, coordinates, load_or_none, map_key, project, save, warm_up

UMAP = pytest.param("umap", marks=pytest.mark.slow)


def clusters(count=60, dim=16, seed=0):
    """Two clouds of vectors far apart, half of the rows in each."""
    rng = np.random.default_rng(seed)
    centres = np.repeat(np.array([[5.0], [-5.0]]) * np.ones(dim), count // 2, axis=0)
    return (centres + rng.normal(size=(count, dim))).astype(np.float32)


def separation(places):
    """Return the distance between the halves' centres over the mean distance to one's own centre."""
    halves = np.split(places, 2)
    centres = [half.mean(0) for half in halves]
    spread = np.mean([np.linalg.norm(h - c, axis=1).mean() for h, c in zip(halves, centres, strict=True)])
    return np.linalg.norm(centres[0] - centres[1]) / spread


@pytest.mark.parametrize("method", ["pca", "tsne", UMAP])
def test_every_method_keeps_two_clusters_apart(method):
    places = project(clusters(), MapSettings(method, perplexity=10))
    assert places.shape == (60, 2)
    assert places.dtype == np.float32
    assert separation(places) > 2


@pytest.mark.parametrize("method", ["pca", "tsne", UMAP])
def test_the_same_seed_gives_the_same_map(method):
    vectors = clusters(count=30)
    np.testing.assert_array_equal(*(project(vectors, MapSettings(method, seed=3)) for _ in range(2)))


@pytest.mark.parametrize("method", ["pca", "tsne", UMAP])
def test_equal_vectors_get_one_place_and_change_nothing(method):
    vectors = clusters(count=30)
    rows = [0, 0, *range(30), 7, 29]
    places = project(vectors[rows], MapSettings(method))
    np.testing.assert_array_equal(places, project(vectors, MapSettings(method))[rows])


@pytest.mark.parametrize("method", ["pca", "tsne", UMAP])
def test_fewer_headlines_than_neighbours_still_make_a_map(method):
    places = project(clusters(count=6), MapSettings(method, neighbours=50, perplexity=100))
    assert np.isfinite(places).all()


@pytest.mark.parametrize("method", ["pca", "umap", "tsne"])
def test_fewer_than_five_different_headlines_are_refused(method):
    vectors = np.repeat(clusters(count=4), 10, axis=0)
    with pytest.raises(UserError, match="at least 5 different headlines; there are 4"):
        project(vectors, MapSettings(method))


def test_only_the_direction_of_a_vector_counts():
    vectors = clusters()
    lengths = np.linspace(0.5, 20, len(vectors), dtype=np.float32)[:, None]
    np.testing.assert_allclose(
        project(vectors, MapSettings()), project(vectors * lengths, MapSettings()), atol=1e-4
    )


def test_a_vector_of_zeros_has_a_place():
    vectors = clusters()
    vectors[3] = 0
    assert np.isfinite(project(vectors, MapSettings())).all()


def test_tsne_reports_its_way_from_nothing_to_the_whole():
    fractions = []
    project(clusters(count=30), MapSettings("tsne"), lambda fraction, *_, **__: fractions.append(fraction))
    assert fractions[0] == 0
    assert fractions[-1] == 1
    assert fractions == sorted(fractions)
    assert len(fractions) > 10


def test_tsne_stops_where_the_user_cancels():
    fractions = []

    def cancel(fraction, template, **params):
        fractions.append(fraction)
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        project(clusters(count=30), MapSettings("tsne"), cancel)
    assert fractions[-1] < 0.5


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"method": "isomap"}, "no map method named isomap.*pca, umap, tsne"),
        ({"neighbours": 1}, "neighbours is 1; it must lie between 2 and 200"),
        ({"min_dist": -0.1}, "min_dist is -0.1"),
        ({"min_dist": float("nan")}, "min_dist is nan"),
        ({"perplexity": 1000}, "perplexity is 1000"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(UserError, match=sentence):
        MapSettings(**values)


def test_a_map_is_computed_once_and_then_read(home, monkeypatch):
    first = coordinates(clusters(), MapSettings())
    monkeypatch.setattr(cache, "project", lambda *args: pytest.fail("computed again"))
    np.testing.assert_array_equal(coordinates(clusters(), MapSettings()), first)


def test_a_kept_map_cannot_be_changed(home):
    with pytest.raises(ValueError, match="read-only"):
        coordinates(clusters(), MapSettings())[0, 0] = 1


def test_the_key_follows_the_content_and_the_settings_that_matter():
    vectors = clusters()
    changed = vectors.copy()
    changed[5, 5] += 1e-3
    key = map_key(vectors, MapSettings("umap"))
    assert key == map_key(vectors.copy(), MapSettings("umap", perplexity=50))
    others = [map_key(changed, MapSettings("umap"))]
    others += [map_key(vectors, MapSettings("umap", **{name: 1})) for name in ("min_dist", "seed")]
    others += [map_key(vectors, MapSettings("umap", neighbours=5)), map_key(vectors, MapSettings("tsne"))]
    others += [map_key(vectors.reshape(30, 32), MapSettings("umap"))]
    assert len({key, *others}) == len(others) + 1


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY cut", b"\x80\x04N."])
def test_a_damaged_map_is_computed_anew(home, content):
    key = map_key(clusters(), MapSettings())
    save(key, np.zeros((2, 2), np.float32))
    (home / "maps" / f"{key}.npz").write_bytes(content)
    assert load_or_none(key) is None
    assert coordinates(clusters(), MapSettings()).shape == (60, 2)


def test_a_map_with_a_flipped_bit_of_data_is_not_returned(home):
    key = map_key(clusters(), MapSettings())
    save(key, np.zeros((2, 2), np.float32))
    path = home / "maps" / f"{key}.npz"
    with np.load(path) as stored:
        arrays = dict(stored)
    np.savez(path, **(arrays | {"places": np.full((2, 2), 1e-40, np.float32)}))
    assert load_or_none(key) is None


def test_two_umaps_never_run_at_once(monkeypatch):
    inside, most = [], []

    class Counting:
        def __init__(self, **options):
            pass

        def fit_transform(self, vectors):
            inside.append(1)
            most.append(len(inside))
            threading.Event().wait(0.1)
            inside.pop()
            return vectors[:, :2]

    monkeypatch.setitem(sys.modules, "umap", types.SimpleNamespace(UMAP=Counting))
    threads = [threading.Thread(target=warm_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1]


def test_a_key_cannot_leave_the_workspace(home):
    with pytest.raises(ValueError, match="not the key of a map"):
        load_or_none("../../etc/passwd")


@pytest.mark.slow
def test_warming_up_needs_nothing_from_the_user(home):
    warm_up()
    assert list(home.iterdir()) == [home / "encoders"]
