import pytest

from core.predict import precedents


def test_the_nearest_precedents_come_first_and_each_story_stands_once(data, vectors):
    found = precedents(data, vectors, vectors[[5]])
    assert found[0].headline == data.headlines[5]
    assert found[0].similarity == pytest.approx(1, abs=1e-5)
    assert [p.similarity for p in found] == sorted((p.similarity for p in found), reverse=True)
    stories = data.frame.set_index("row")["story"].loc[[p.row for p in found]]
    assert stories.is_unique
    assert len(found) == 5


def test_a_headline_is_no_precedent_of_itself(data, vectors):
    found = precedents(data, vectors, vectors[[5]], data.headlines[5])
    assert data.headlines[5] not in [p.headline for p in found]


def test_precedents_are_strictly_earlier_and_have_an_outcome(data, vectors):
    before = data.frame["session"].sort_values().iloc[len(data) // 2]
    found = precedents(data, vectors, vectors[[0]], before=before)
    assert all(p.session < before and p.target is not None for p in found)
    assert precedents(data, vectors, vectors[[0]], before=data.frame["session"].min()) == []
