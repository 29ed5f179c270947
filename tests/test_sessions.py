import numpy as np
import pytest

from core.data.sessions import sessions_around
from core.errors import UserError


def _session(moment: str, timed: bool = True) -> str:
    times = np.array([moment], "datetime64[s]")
    return str(sessions_around(times).of(times, np.array([timed]))[0])[:10]


@pytest.mark.parametrize(
    ("moment", "session"),
    [
        ("2024-01-03T08:00", "2024-01-03"),
        ("2024-01-03T15:30", "2024-01-03"),
        ("2024-01-03T15:31", "2024-01-04"),
        ("2024-01-05T18:00", "2024-01-08"),
        ("2024-01-06T10:00", "2024-01-08"),
        ("2024-02-09T10:00", "2024-02-13"),
        ("2024-01-02T09:30", "2024-01-02"),
    ],
    ids=["before open", "at the close", "after the close", "friday evening", "saturday", "lunar new year", "late open"],
)  # fmt: skip
def test_a_headline_belongs_to_the_first_session_on_which_one_could_trade(moment, session):
    assert _session(moment) == session


def test_a_date_without_a_time_counts_as_before_the_close():
    assert _session("2024-01-03", timed=False) == "2024-01-03"
    assert _session("2024-01-06", timed=False) == "2024-01-08"


def test_an_unknown_time_has_no_session():
    times = np.array(["2024-01-03", "NaT"], "datetime64[s]")
    assert np.isnat(sessions_around(times).of(times, np.array([False, False]))).tolist() == [False, True]


def test_a_date_out_of_the_calendar_is_refused():
    with pytest.raises(UserError, match="1015-01-01"):
        _session("1015-01-01")
