import numpy as np
import pytest

from core.evaluate.event_outcomes import EventOutcomes
from core.predict import Background, background, precedents

ANY = Background(np.array([-2.0]))  # every headline is nearer


def test_the_nearest_precedents_come_first_and_each_story_stands_once(data, vectors):
    found = precedents(data, vectors, vectors[[5]], ANY, most=5).found
    assert found[0].headline == data.headlines[5]
    assert found[0].similarity == pytest.approx(1, abs=1e-5)
    assert [p.similarity for p in found] == sorted((p.similarity for p in found), reverse=True)
    stories = data.frame.set_index("row")["story"].loc[[p.row for p in found]]
    assert stories.is_unique
    assert len(found) == 5


def test_a_headline_is_no_precedent_of_itself(data, vectors):
    found = precedents(data, vectors, vectors[[5]], ANY, data.headlines[5]).found
    assert data.headlines[5] not in [p.headline for p in found]


def test_precedents_are_strictly_earlier_and_have_an_outcome(data, vectors):
    before = data.frame["session"].sort_values().iloc[len(data) // 2]
    found = precedents(data, vectors, vectors[[0]], ANY, before=before).found
    assert found
    assert all(p.session < before and p.target is not None for p in found)
    nothing = precedents(data, vectors, vectors[[0]], ANY, before=data.frame["session"].min())
    assert (nothing.found, nothing.nearest) == ((), None)


def test_what_is_no_nearer_than_random_pairs_is_no_precedent(data, vectors):
    against = background(data, vectors)
    usual = vectors.mean(axis=0, keepdims=True)  # as near to all as they are to each other, or nearer
    far = -usual
    made = precedents(data, vectors, far, against)
    assert made.found == ()
    assert made.nearest.share < made.needed


def test_each_precedent_is_nearer_than_nearly_all_random_pairs(data):
    scattered = np.random.default_rng(0).normal(size=(len(data), 24)).astype(np.float32)
    against = background(data, scattered)
    made = precedents(data, scattered, scattered[[5]] + 0.1, against)
    assert made.found[0].headline == data.headlines[5]
    for one in made.found:
        less = (against.cosines < one.similarity).mean()
        assert one.share == pytest.approx(min(less, 0.999))
        assert one.share >= made.needed
    assert len(made.found) < 5


def test_the_outcomes_are_counted_the_most_frequent_first(data, vectors):
    made = precedents(data, vectors, vectors[[0]], ANY, most=20)
    counted = made.outcomes()
    targets = np.array([one.target for one in made.found])
    assert counted == {"+": (targets.round(4) > 0).sum(), "-": (targets.round(4) < 0).sum()}
    assert list(counted.values()) == sorted(counted.values(), reverse=True)


def test_a_row_of_the_same_story_does_not_count_where_it_is_named(data, vectors):
    story = int(data.frame["story"].iloc[5])
    made = precedents(data, vectors, vectors[[5]], ANY, most=20, story=story)
    assert made.found
    assert story not in data.frame.set_index("row")["story"].loc[[p.row for p in made.found]].tolist()


def test_what_followed_the_precedents_counts_each_event_once(data, vectors):
    outcomes = EventOutcomes.of_table(data, np.arange(0))
    made = precedents(data, vectors, vectors[[5]], ANY, most=len(data))
    at = [one.position for one in made.found]
    assert list(data.frame["row"].iloc[at]) == [one.row for one in made.found]
    events = np.unique(data.event[at])
    by_event, won = (
        values.groupby(data.event).mean().loc[events]
        for values in (data.frame["target"], data.frame["target"] > 0)
    )
    mean = made.followed(outcomes)
    assert mean.value == pytest.approx(by_event.mean())
    wins = EventOutcomes.of_table(data, np.arange(0), task="classify")
    assert made.followed(wins).value == pytest.approx(won.mean())
    assert mean.low < mean.value < mean.high
    assert made.events(outcomes) == len(by_event)
    few = precedents(data, vectors, vectors[[5]], ANY, most=2).followed(outcomes)
    assert np.isnan(few.low)
