"""What stands under a map: how far it may be trusted, and what its distances do not mean."""

import numpy as np
import pytest

from core.maps import METHODS, MapSettings, coordinates, trust
from core.ui import warm
from core.ui.maps import answer
from tests.makers.apps import open_page, texts
from tests.makers.vectors import clusters


@pytest.fixture
def said(monkeypatch):
    """Collect the captions and what is told of them."""
    told = []
    monkeypatch.setattr(answer.st, "caption", lambda text, help="": told.append((text, help)))
    return told


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_under_the_map_stands_how_far_it_may_be_trusted(home, said, method):
    vectors, settings = clusters(), MapSettings(method, perplexity=5, metric="manhattan")
    places = coordinates(vectors, settings)
    answer.trust_line(vectors, places, settings)
    found = trust(vectors, places, settings.measure)
    (line, told), (caution, _none) = said
    assert f"rustworthiness {found.trustworthiness:.2f}" in line
    assert f"{10 * found.kept:.1f}" in line
    assert "60" in line
    assert ("Manhattan" in told) == (method == "tsne")
    assert ("cosine" in told) == (method == "pca")
    assert caution == METHODS[method].caution


def test_of_too_few_headlines_only_the_caution_is_said(home, said):
    vectors = clusters(count=12)
    answer.trust_line(vectors, coordinates(vectors, MapSettings()), MapSettings())
    assert [text for text, _told in said] == [METHODS["pca"].caution]


@pytest.mark.parametrize("of", [(), ("told", "apart")])
def test_two_maps_are_told_apart_by_their_content_or_by_what_they_are_of(home, said, of):
    vectors = clusters()
    answer.trust_line(vectors, vectors[:, :2], MapSettings(), of)
    other = np.random.default_rng(0).normal(size=(60, 16))
    answer.trust_line(other, other[:, :2], MapSettings(), of[:1])
    assert said[0][0] != said[2][0]


def test_the_page_says_it_under_its_map(small_lab):
    link = small_lab.link | {"encoder": small_lab.encoder, "pooling": "mean"}
    app = open_page("maps", **link)
    assert not app.exception
    shown = texts(app)
    assert METHODS["pca"].caution in shown
    assert ("rustworthiness" in shown) == (len(np.unique(_vectors(small_lab), axis=0)) > 20)


def _vectors(lab):
    from core.data.library import load_dataset
    from core.embed import vectors_if_stored

    return vectors_if_stored(load_dataset(lab.dataset).headlines, lab.encoder, "mean")


def test_a_page_in_a_test_begins_no_warming_up(small_lab, monkeypatch):
    monkeypatch.setattr(warm, "_begin", lambda: pytest.fail("begun"))
    assert not open_page("home").exception


def test_warming_up_compiles_apart_first(monkeypatch):
    done = []
    monkeypatch.setattr(warm.time, "sleep", lambda seconds: done.append(seconds))
    monkeypatch.setattr("core.data.sessions.sessions_around", lambda times: done.append("calendar"))
    monkeypatch.setattr("core.maps.compile_apart", lambda: done.append("apart"))
    monkeypatch.setattr("core.maps.warm_up", lambda: done.append("here"))
    warm._work()
    assert done == [5.0, "calendar", "apart", "here"]
