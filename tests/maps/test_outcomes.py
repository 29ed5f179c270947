"""What happened after topics: counted by event, corrected for their number, and never of hidden rows."""

from dataclasses import replace

import numpy as np
import pytest

from core.maps import Topics, topic_outcomes
from tests.makers.train_tables import make_dataset

SESSIONS, PER_SESSION = 60, 6


def topics(topic):
    count = int(topic.max()) + 1
    return Topics(topic, (("말",),) * count, ((0,),) * count, 1.0)


def with_companies(target, kind="return"):
    data = make_dataset(target, np.repeat(np.arange(SESSIONS), PER_SESSION), kind=kind)
    names = np.tile([f"회사 {number}" for number in range(PER_SESSION)], SESSIONS)
    return replace(data, frame=data.frame.assign(company=names))


@pytest.fixture
def table():
    """360 headlines of as many events; those on topic 1 are followed by a return that is 2 points higher."""
    rng = np.random.default_rng(0)
    topic = rng.integers(3, size=SESSIONS * PER_SESSION)
    returns = rng.normal(0, 0.01, len(topic)) + 0.02 * (topic == 1)
    return with_companies(returns), topic, returns


def test_a_topic_that_is_followed_by_more_is_found_and_no_other_up(table):
    data, topic, returns = table
    told = topic_outcomes(data, topics(topic))
    for number, one in enumerate(told):
        assert one.mean.value == pytest.approx(returns[topic == number].mean())
        assert one.mean.low < one.mean.value < one.mean.high
        assert one.events == (topic == number).sum()
    assert [one.differs for one in told] == [True, True, True]
    assert [one.gap.value > 0 for one in told] == [False, True, False]


def test_repeated_rows_of_an_event_count_once(table):
    data, topic, _ = table
    once = topic_outcomes(data, topics(topic))
    again = np.repeat(np.arange(len(data)), 4)
    repeated = replace(data, frame=data.frame.iloc[again].reset_index(drop=True))
    for one, other in zip(once, topic_outcomes(repeated, topics(topic[again])), strict=True):
        assert other.events == one.events
        assert (other.mean.low, other.mean.high) == pytest.approx((one.mean.low, one.mean.high))


def test_hidden_rows_are_left_out(table):
    data, topic, returns = table
    hidden = np.arange(180, 360)
    told = topic_outcomes(data, topics(topic), hidden)
    assert sum(one.events for one in told) == 180
    assert told[0].mean.value == pytest.approx(returns[:180][topic[:180] == 0].mean())


def test_of_classes_the_share_of_the_last_is_told_and_stays_between_0_and_1(table):
    _, topic, returns = table
    named = np.array(["부정", "중립", "긍정"])[np.digitize(returns, [-0.005, 0.005])]
    labelled = with_companies(named, kind="label")
    told = topic_outcomes(labelled, topics(topic))
    last = (labelled.frame["target"] == labelled.classes[-1]).to_numpy()
    for number, one in enumerate(told):
        assert one.mean.value == pytest.approx(last[topic == number].mean())
        assert 0 <= one.mean.low <= one.mean.high <= 1


def test_the_class_that_is_told_is_a_choice(table):
    _, topic, returns = table
    named = np.array(["부정", "중립", "긍정"])[np.digitize(returns, [-0.005, 0.005])]
    labelled = with_companies(named, kind="label")
    for number, name in enumerate(labelled.classes):
        told = topic_outcomes(labelled, topics(topic), of_class=number)
        share = (labelled.frame["target"] == name).to_numpy()
        assert told[1].mean.value == pytest.approx(share[topic == 1].mean())


def test_too_few_sessions_have_no_interval_and_a_table_without_outcomes_none(table):
    data, topic, _ = table
    rare = np.where(np.arange(len(topic)) < 3, 1, 0)
    told = topic_outcomes(data, topics(rare))
    assert np.isnan(told[1].gap.low)
    assert not told[1].differs
    nothing = replace(data, target_kind="")
    assert topic_outcomes(nothing, topics(topic)) is None
