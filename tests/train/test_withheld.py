from dataclasses import replace

import pytest

from core.train.pipeline import train
from core.train.run_record import from_record, to_record
from core.train.settings import TrainSettings
from core.train.splits.summary import SplitSummary
from core.train.withheld import withheld, without_verdict
from tests.makers.train_tables import signal

SUMMARY = SplitSummary(100, 100, 80, 20, 0, 0, 0, 20, 16, 4, 20, shared_sessions=0)


@pytest.mark.parametrize(
    ("split", "shared", "words"),
    [
        ("time", 0, ""),
        ("group", 0, ""),
        ("company", 0, ""),
        ("random", 0, "split at random"),
        ("group", 3, "same session"),
        ("time", None, ""),  # saved before shared sessions were counted
        ("group", None, "same session"),
        ("company", None, "same session"),
    ],
)
def test_a_verdict_is_withheld_where_sessions_are_shared(split, shared, words):
    reason = withheld(split, replace(SUMMARY, shared_sessions=shared))
    assert bool(reason) == bool(words)
    assert words in reason


def test_a_table_without_dates_has_no_verdict():
    undated = replace(SUMMARY, sessions=0, train_sessions=0, test_sessions=0, shared_sessions=None)
    assert "has no dates" in withheld("group", undated)
    assert "retellings of one story" in withheld("random", undated)
    assert "by time" not in withheld("random", undated)


@pytest.mark.slow
def test_a_saved_run_of_overlapping_outcomes_has_no_verdict_where_single_sessions_were_resampled():
    run = train(*signal(n=800, days=80, noise=0.1), TrainSettings(horizon=2))
    assert run.lift.verdict == "helps"
    record = to_record(run)
    assert from_record(record, run.parts).lift.verdict == "helps"
    record["evidence"] = None
    again = from_record(record, run.parts)
    assert again.lift.verdict == "none"
    assert "over single sessions" in again.withheld


def test_without_a_lift_there_is_nothing_to_withhold():
    assert without_verdict(None, "a reason") is None


@pytest.mark.slow
def test_a_run_of_an_earlier_version_by_group_opens_without_a_verdict():
    run = train(*signal(n=800, days=80, noise=0.1), TrainSettings(split="group"))
    assert run.split.shared_sessions == 0
    assert run.lift.verdict == "helps"
    record = to_record(run)
    assert from_record(record, run.parts).lift.verdict == "helps"
    del record["split"]["shared_sessions"]
    again = from_record(record, run.parts)
    assert again.lift.verdict == "none"
    assert "same session" in again.withheld
