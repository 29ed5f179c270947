import numpy as np
import pytest

from core.predict.finance_words.dealing import dealt_rows


@pytest.fixture
def table():
    """60 sessions of two companies with one to three headlines each: events and sessions."""
    rng = np.random.default_rng(0)
    event = np.repeat(np.arange(120), rng.integers(1, 4, 120))
    return event, event // 2


def test_the_rows_of_an_event_are_dealt_one_outcome(table):
    event, session = table
    given = event[dealt_rows(event, session, np.random.default_rng(1))]
    assert all(len(set(given[event == one])) == 1 for one in range(120))
    assert sorted(given[np.unique(event, return_index=True)[1]]) == list(range(120))
    assert (given == event).mean() < 0.1


def test_the_events_of_a_session_are_dealt_those_of_one_session(table):
    event, session = table
    given = session[dealt_rows(event, session, np.random.default_rng(1))]
    assert all(len(set(given[session == one])) == 1 for one in range(60))


def test_blocks_of_sessions_stay_together_in_their_order(table):
    event, session = table
    given = session[dealt_rows(event, session, np.random.default_rng(1), length=5)]
    first = given[np.unique(session, return_index=True)[1]].reshape(-1, 5)
    assert (np.diff(first, axis=1) == 1).all()


def test_rows_in_any_order_are_dealt_alike(table):
    event, session = table
    mixed = np.random.default_rng(2).permutation(len(event))
    given = event[mixed][dealt_rows(event[mixed], session[mixed], np.random.default_rng(1))]
    assert sorted(set(given)) == list(range(120))
    assert all(len(set(given[event[mixed] == one])) == 1 for one in range(120))
