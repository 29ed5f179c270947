import numpy as np
import pytest

from core.errors import UserError
from core.maps import MapSettings, cache, coordinates, load_or_none, map_key, map_trust, save, trust
from tests.makers.vectors import clusters


def test_a_map_is_computed_once_and_then_read(home, monkeypatch):
    first = coordinates(clusters(), MapSettings())
    monkeypatch.setattr(cache, "project", lambda *args: pytest.fail("computed again"))
    np.testing.assert_array_equal(coordinates(clusters(), MapSettings()), first)


def test_a_saved_map_cannot_be_changed(home):
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


def test_a_key_cannot_leave_the_workspace(home):
    with pytest.raises(ValueError, match="not the key of a map"):
        load_or_none("../../etc/passwd")


def test_how_far_a_map_may_be_trusted_is_measured_once_and_kept_with_it(home, monkeypatch):
    vectors, settings = clusters(), MapSettings("tsne", perplexity=5)
    places = coordinates(vectors, settings)
    expected = trust(vectors, places)
    monkeypatch.setattr(cache, "trust", lambda *args, **options: pytest.fail("measured again"))
    assert map_trust(vectors, places, settings) == expected


def test_a_map_saved_without_it_is_measured_when_asked(home, monkeypatch):
    vectors, settings = clusters(), MapSettings()
    places = coordinates(vectors, settings)
    found = map_trust(vectors, places, settings)
    assert found == trust(vectors, places)
    monkeypatch.setattr(cache, "trust", lambda *args, **options: pytest.fail("measured again"))
    assert map_trust(vectors, places, settings) == found
    np.testing.assert_array_equal(coordinates(vectors, settings), places)


def test_trust_follows_the_metric_of_the_map(home):
    vectors = clusters() * np.linspace(0.5, 20, 60, dtype=np.float32)[:, None]
    settings = MapSettings("tsne", perplexity=5, metric="manhattan")
    places = coordinates(vectors, settings)
    assert map_trust(vectors, places, settings) == trust(vectors, places, "manhattan")
    assert map_trust(vectors, places, settings) != trust(vectors, places, "cosine")


def test_a_full_disk_keeps_nobody_from_seeing_it(home, monkeypatch):
    vectors, settings = clusters(), MapSettings()
    places = coordinates(vectors, settings)

    def full(*args):
        raise UserError("The disk is full.")

    monkeypatch.setattr(cache, "save", full)
    assert map_trust(vectors, places, settings) == trust(vectors, places)


def test_the_metric_makes_another_map_only_where_it_counts():
    vectors = clusters()
    assert map_key(vectors, MapSettings("pca", metric="dot")) == map_key(vectors, MapSettings("pca"))
    assert map_key(vectors, MapSettings("umap", metric="dot")) != map_key(vectors, MapSettings("umap"))
