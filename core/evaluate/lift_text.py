"""The verdict on the headlines in short: its state, and one sentence that says why."""

from __future__ import annotations

import math

from core.errors import Message
from core.evaluate.lift import Lift, numbers
from core.evaluate.metrics import METRICS, shown
from core.locale import N_

HELP, UNSURE, NOTHING = "help", "unsure", "nothing"
STATES = {
    HELP: N_("The headlines help"),
    UNSURE: N_("Whether the headlines help cannot be told"),
    NOTHING: N_("No help found in the headlines"),
}


def state(lift: Lift) -> str:
    """Return the state of the verdict, a key of `STATES`.

    "nothing" means that little help is possible with these models, "unsure" that the test cannot tell.
    """
    if lift.sign > 0:
        return HELP
    if math.isnan(lift.value) or lift.withheld or not lift.evidence.enough:
        return UNSURE
    if lift.sign < 0 or lift.unread:
        return NOTHING
    return UNSURE if lift.first_sign > 0 or lift.too_wide else NOTHING


def written_lift(lift: Lift) -> tuple[str, str]:
    """Write a lift and its interval: +0.072 and [+0.052, +0.092]; ±0 where the headlines have no weight at all."""
    metric = METRICS[lift.metric]
    low, value, high = (shown(metric, end, difference=True) for end in (lift.low, lift.value, lift.high))
    return "±0" if lift.unread else value, f"[{low}, {high}]" if lift.believable else ""


def reason(lift: Lift) -> Message:
    """Say in one short sentence what the state of the verdict follows from."""
    return Message(_template(lift), numbers(lift) | {"why": Message(lift.withheld)})


def _template(lift: Lift) -> str:
    if math.isnan(lift.value):
        return N_("{metric} is undefined on these test rows.")
    if lift.withheld:
        return N_("This test cannot tell: {why}.")
    if not lift.evidence.enough:
        return N_("The test's {over} are too few: {needed} independent blocks are needed at the least.")
    if lift.sign > 0:
        return N_("{metric} is {with_text} with them and {without_text} without, over {over}.")
    if lift.first_sign > 0:
        return N_(
            "In a first test this would be evidence, but these rows have been tested {looks} times. Seal later "
            "sessions now and test on them once."
        )
    if lift.sign < 0:
        return N_(
            "The models score lower with the headlines. That does not mean that the headlines say nothing."
        )
    if lift.unread:
        return N_(
            "Before the test the headlines added nothing to the table, so the fused model leaves them out. That does "
            "not mean that the headlines say nothing."
        )
    if lift.too_wide:
        return N_(
            "No evidence of help, but {over} are too few to rule it out: up to {most} is still possible."
        )
    return N_("No evidence of help over {over}, and room for {most} at the most with these models.")
