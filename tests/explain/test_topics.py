"""What topics add to predictions, and what happened after them: on tables whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from core.evaluate.predictions import MEAN
from core.explain import explain_run, outlet_effects, topic_effects
from core.explain.effects import Effect
from core.maps import Topics


def topics_by(topic):
    count = int(topic.max()) + 1
    return Topics(topic, tuple((f"주제{k}",) for k in range(count)), ((),) * count, 1.0)


def test_a_topic_s_contribution_is_the_mean_over_its_rows(classified):
    run, data, vectors = classified
    found = explain_run(run, data, vectors)
    topic = np.arange(len(data)) % 3
    effects = topic_effects(run, data, found, topics_by(topic))
    assert [effect.number for effect in effects] == [
        effect.number for effect in sorted(effects, key=lambda one: -abs(one.contribution.value))
    ]
    added = found.values[MEAN][:, found.groups.index("headline")]
    for effect in effects:
        mine = topic[found.rows] == effect.number
        np.testing.assert_array_equal(effect.rows, found.rows[mine])
        assert effect.contribution.value == pytest.approx(added[mine].mean())
        assert effect.events == len(set(data.event[found.rows[mine]]))
        assert effect.contribution.low < effect.contribution.value < effect.contribution.high


def test_what_followed_is_confirmed_where_outcomes_differ_in_the_models_direction(classified):
    run, data, vectors = classified
    found = explain_run(run, data, vectors)
    won = pd.Series(data.frame["target"].to_numpy() > 0).groupby(data.event).transform("mean")
    tested = won[found.rows]
    good = (won > (tested.min() + tested.max()) / 2).astype(int).to_numpy()
    effects = {one.number: one for one in topic_effects(run, data, found, topics_by(good))}
    assert effects[1].outcome.value == pytest.approx(-effects[0].outcome.value)
    assert effects[1].outcome.value > 0
    for effect in effects.values():
        surely = effect.outcome.low > 0 or effect.outcome.high < 0
        alike = effect.outcome.value * effect.contribution.value > 0
        assert effect.confirmed == (surely and alike)


def test_topics_of_no_meaning_are_not_confirmed(classified):
    run, data, vectors = classified
    found = explain_run(run, data, vectors)
    confirmed = 0
    for seed in range(20):
        topic = np.random.default_rng(seed).integers(5, size=data.event.max() + 1)[data.event]
        confirmed += any(one.confirmed for one in topic_effects(run, data, found, topics_by(topic)))
    assert confirmed <= 4  # one of twenty by chance; five and more in 3 of 1,000 runs of this test


def test_returns_are_compared_as_returns(returned):
    run, data, vectors = returned
    found = explain_run(run, data, vectors)
    topic = data.event % 2
    effects = {one.number: one for one in topic_effects(run, data, found, topics_by(topic))}
    test = run.predictions.test
    events = pd.Series(test.outcome).groupby(data.event[test.positions(data)]).mean()
    even = events.index % 2 == 0
    assert effects[0].outcome.value == pytest.approx(events[even].mean() - events[~even].mean())


@pytest.mark.parametrize(
    ("contribution", "low", "high", "confirmed"),
    [
        (0.1, 0.01, 0.2, True),
        (-0.1, 0.01, 0.2, False),
        (-0.1, -0.2, -0.01, True),
        (0.1, -0.1, 0.2, False),
        (0.1, np.nan, np.nan, False),
    ],
)
def test_confirmed_means_the_same_direction_beyond_chance(contribution, low, high, confirmed):
    from core.evaluate.bootstrap import Interval

    around = Interval(contribution, contribution - 1, contribution + 1)
    effect = Effect(0, ("a",), np.arange(3), 3, around, Interval((low + high) / 2, low, high))
    assert effect.confirmed is confirmed


def test_outlets_are_the_members_of_the_outlet_s_bar(classified):
    run, data, vectors = classified
    found = explain_run(run, data, vectors)
    effects = outlet_effects(run, data, found)
    press = data.frame["press"].iloc[found.rows]
    added = found.values[MEAN][:, found.groups.index("press")]
    assert {effect.keywords[0] for effect in effects} == set(press.dropna())
    for effect in effects:
        mine = (press == effect.keywords[0]).to_numpy()
        np.testing.assert_array_equal(effect.rows, found.rows[mine])
        assert effect.contribution.value == pytest.approx(added[mine].mean())
