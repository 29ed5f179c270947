import pytest

from core.train.features.clock import clock
from tests.makers.feature_tables import times


def test_the_clock_tells_hour_weekday_and_whether_the_market_is_closed():
    made = clock(times("2024-01-05 09:30", "2024-01-05 15:31", "2024-01-06 10:00"))
    assert made["hour"].tolist() == pytest.approx([9.5, 15.5167, 10], abs=1e-3)
    assert made["weekday"].tolist() == [4, 4, 5]
    assert made["closed"].tolist() == [0, 1, 1]


def test_a_date_without_a_time_of_day_has_a_weekday_alone():
    made = clock(times("2024-01-05", "2024-01-06"))
    assert made["weekday"].tolist() == [4, 5]
    assert made[["hour", "closed"]].isna().all(axis=None)
