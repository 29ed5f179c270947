import contextlib
import io
import subprocess
import sys
import threading
import types

import numpy as np
import pytest

from core.errors import UserError
from core.jobs import Cancelled
from core.maps import METRICS, MapSettings, compile_apart, project, projection, umap_map, warm_up
from core.maps.nearest import nearest
from tests.makers.vectors import clusters

UMAP = pytest.param("umap", marks=pytest.mark.slow)


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
def test_every_method_keeps_two_clusters_apart_in_three_dimensions(method):
    places = project(clusters(), MapSettings(method, perplexity=10, dimensions=3))
    assert places.shape == (60, 3)
    assert separation(places) > 2


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("method", ["pca", "tsne", UMAP])
def test_the_same_seed_gives_the_same_map(method, dimensions):
    vectors, settings = clusters(count=30), MapSettings(method, seed=3, dimensions=dimensions)
    np.testing.assert_array_equal(*(project(vectors, settings) for _ in range(2)))


@pytest.mark.parametrize("method", ["tsne", UMAP])
def test_another_seed_gives_another_map(method):
    vectors = clusters(count=30)
    one, other = (project(vectors, MapSettings(method, seed=seed)) for seed in (3, 4))
    assert not np.allclose(one, other)


_PRINT_DIGESTS = """
import hashlib
from core.maps import MapSettings, project
from tests.makers.vectors import clusters
for method in ("pca", "tsne", "umap"):
    for dimensions in (2, 3):
        places = project(clusters(count=200), MapSettings(method, seed=3, dimensions=dimensions))
        print(method, dimensions, hashlib.sha256(places.tobytes()).hexdigest())
"""


@pytest.mark.slow
def test_the_same_seed_gives_the_same_map_in_another_process():
    done = subprocess.run([sys.executable, "-c", _PRINT_DIGESTS], capture_output=True, text=True, check=True)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(_PRINT_DIGESTS, {})
    assert len(said.getvalue().splitlines()) == 6
    assert said.getvalue() == done.stdout


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("method", ["tsne", UMAP])
def test_every_metric_makes_a_map_that_keeps_two_clusters_apart(method, metric):
    vectors = clusters()
    vectors[7] = 0
    places = project(vectors, MapSettings(method, perplexity=10, metric=metric))
    assert np.isfinite(places).all()
    assert separation(np.delete(places, [7, 37], axis=0)) > 1.5


def test_the_length_of_a_vector_counts_except_by_the_cosine():
    vectors = clusters()
    longer = vectors * 2.0 ** np.random.default_rng(0).integers(0, 5, size=(60, 1)).astype(np.float32)
    for metric in ("cosine", "dot"):
        settings = MapSettings("tsne", perplexity=10, metric=metric)
        same = np.array_equal(project(vectors, settings), project(longer, settings))
        assert same == (metric == "cosine")


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


@pytest.mark.slow
@pytest.mark.parametrize("method", ["tsne", UMAP])
def test_a_slow_method_reports_its_way_from_nothing_to_the_whole(method):
    fractions = []
    project(clusters(count=1500), MapSettings(method), lambda fraction, *_, **__: fractions.append(fraction))
    assert fractions[0] == 0
    assert fractions[-1] == 1
    assert fractions == sorted(fractions)
    assert len(fractions) > 8
    assert max(np.diff(fractions)) < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("method", ["tsne", UMAP])
def test_a_slow_method_stops_where_the_user_cancels(method):
    fractions = []

    def cancel(fraction, template, **params):
        fractions.append(fraction)
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        project(clusters(count=1500), MapSettings(method), cancel)
    assert max(fractions) < 0.9
    assert project(clusters(count=6), MapSettings(method)).shape == (6, 2)  # it has let go of its lock


@pytest.mark.slow
def test_while_another_umap_is_at_work_the_bar_moves_and_can_be_stopped():
    told = []

    def stop(fraction, template, **params):
        told.append(fraction)
        if len(told) > 8:
            raise Cancelled

    with umap_map._one_at_a_time, pytest.raises(Cancelled):
        project(clusters(), MapSettings("umap"), stop)
    assert told == sorted(told)
    assert len(set(told)) > 4


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

    monkeypatch.setattr(umap_map, "umap_library", lambda: types.SimpleNamespace(UMAP=Counting))
    threads = [threading.Thread(target=warm_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1]


def test_the_nearest_are_found_exactly_and_none_is_itself():
    vectors = np.random.default_rng(0).normal(size=(2_300, 4)).astype(np.float32)
    vectors[1::2] = vectors[::2]  # each has a double at distance 0
    shares = []
    numbers, distances = nearest(vectors, 5, shares.append)
    assert shares == sorted(shares)
    assert len(shares) == 3
    assert (numbers != np.arange(2_300)[:, None]).all()
    every = np.linalg.norm(vectors[:50, None] - vectors[None], axis=2)
    every[np.arange(50), np.arange(50)] = np.inf
    np.testing.assert_allclose(distances[:50], np.sort(every, axis=1)[:, :5], atol=1e-3)


def brute(vectors, metric):
    """Return every distance `(n, n)` by a metric, infinite to oneself; the larger the dot product, the nearer."""
    products = vectors @ vectors.T
    if metric == "dot":
        away = -products
    elif metric == "cosine":
        norms = np.linalg.norm(vectors, axis=1)
        away = 1 - products / norms[:, None] / norms
    else:
        order = {"euclidean": 2, "manhattan": 1}[metric]
        away = np.linalg.norm(vectors[:, None] - vectors[None], ord=order, axis=2)
    np.fill_diagonal(away, np.inf)
    return away


@pytest.mark.parametrize("metric", METRICS)
def test_the_nearest_are_the_nearest_by_the_metric(metric):
    rng = np.random.default_rng(0)
    vectors = rng.normal(0.3, 1, size=(400, 6)) * rng.uniform(0.2, 5, size=(400, 1))
    numbers, distances = nearest(vectors, 7, lambda share: None, metric)
    np.testing.assert_array_equal(numbers, np.argsort(brute(vectors, metric), axis=1)[:, :7])
    assert (np.diff(distances, axis=1) >= 0).all()


@pytest.mark.parametrize(
    ("metric", "many", "where"),
    [("cosine", 10, 8), ("cosine", 9, 3), ("euclidean", 9, 3), ("dot", 9, 8), ("manhattan", 9, 8)],
)
def test_neighbours_are_looked_for_in_the_whole_vectors_but_of_many(monkeypatch, metric, many, where):
    monkeypatch.setattr(projection, "_MANY", many)
    search = projection._search(np.ones((10, 8)), np.ones((10, 3)), MapSettings("umap", metric=metric))
    assert search.vectors.shape[1] == where


def test_a_search_by_manhattan_can_be_stopped_within_a_hundred_vectors():
    shares = []
    nearest(np.ones((350, 3)) * np.arange(350)[:, None], 5, shares.append, "manhattan")
    assert len(shares) == 4


_PRINT_COMPILED = """
import umap
from numba.core import event
class Listener(event.Listener):
    def on_start(self, told): print(told.data["dispatcher"])
    def on_end(self, told): pass
event.register("numba:compile", Listener())
from core.maps import warm_up
warm_up()
"""


@pytest.mark.slow
def test_what_numba_has_compiled_is_kept_for_other_processes(home):
    assert compile_apart()
    command = [sys.executable, "-c", _PRINT_COMPILED]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_where_no_process_can_be_started_a_map_is_compiled_when_it_is_wanted(monkeypatch, caplog):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert not compile_apart()
    assert "could not be compiled apart" in caplog.text


@pytest.mark.slow
def test_warming_up_needs_nothing_from_the_user(home):
    warm_up()
    assert list(home.iterdir()) == [home / "encoders"]


def test_vectors_that_are_not_numbers_are_refused_in_one_sentence():
    vectors = np.random.default_rng(0).normal(size=(20, 4))
    vectors[3, 1], vectors[7, 0] = np.nan, np.inf
    with pytest.raises(UserError, match="2 headlines have vectors that are not numbers"):
        project(vectors, MapSettings())
