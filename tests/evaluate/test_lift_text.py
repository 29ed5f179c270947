"""The verdict in short: every lift has one state, and the reason says what it follows from."""

import math
from dataclasses import replace

import pytest

from core.evaluate.lift import Lift
from core.evaluate.lift_text import HELP, NOTHING, STATES, UNSURE, reason, state

HELPS = Lift("auc", 0.08, 0.03, 0.13, 0.62, 0.54, blocks=60, sessions=60)


@pytest.mark.parametrize(
    ("lift", "expected", "words"),
    [
        (HELPS, HELP, "0.620 with them and 0.540 without"),
        (replace(HELPS, looks=20, low=0.005), UNSURE, "tested 20 times"),
        (replace(HELPS, withheld="rows of one day may stand on both sides"), UNSURE, "both sides"),
        (replace(HELPS, blocks=5), UNSURE, "too few"),
        (replace(HELPS, value=math.nan, low=math.nan, high=math.nan), UNSURE, "undefined"),
        (replace(HELPS, value=0.01, low=-0.05, high=0.07), UNSURE, "up to +0.070"),
        (replace(HELPS, value=0.0, low=-0.01, high=0.01), NOTHING, "+0.010 at the most"),
        (replace(HELPS, value=-0.05, low=-0.08, high=-0.02), NOTHING, "score lower"),
        (replace(HELPS, arm="fusion", value=0.0, low=0.0, high=0.0), NOTHING, "leaves them out"),
    ],
)
def test_every_lift_has_one_state_and_a_reason(lift, expected, words):
    assert state(lift) == expected
    assert words in str(reason(lift))
    assert expected in STATES


def test_what_helps_by_the_verdict_helps_in_short():
    for low in (-0.02, 0.001, 0.02):
        lift = replace(HELPS, low=low)
        assert (state(lift) == HELP) == (lift.verdict == "helps")
