"""What a leakage staircase says in words, step by step and as a whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.errors import Message
from core.evaluate.leakage import GROUPS, ORDERED, PURGE, RANDOM, Step
from core.evaluate.metrics import METRICS
from core.evaluate.verdict import Evidence
from core.locale import N_

MANY = 10_000  # blocks: the interval of a step was widened for its own already
SLIGHT = 0.05  # a drop that nobody would act on

_ONCE = {
    ORDERED: N_("Once the model may learn from earlier days only"),
    GROUPS: N_(
        "Once headlines that return in a test, word for word or nearly, are taken from the training too"
    ),
    PURGE: N_(
        "Once the days just before each test (horizon {horizon}, embargo {embargo}), whose outcome was not "
        "known yet, are taken from the training too"
    ),
}
_WHY = {
    ORDERED: N_("That part cannot be had in real use, where the outcome of later days is not known."),
    GROUPS: N_("That part was recognising headlines, not reading them."),
    PURGE: N_("That part came from outcomes that nobody knew on the day."),
}
_NOTHING = {
    GROUPS: N_("No headline of a test stands in its training, not even nearly"),
    PURGE: N_("There was no training row in the days just before a test"),
}


def sentence(step: Step) -> Message:
    """Say what a step forbids and what that cost, or that it cost nothing."""
    values = _values(step)
    if math.isnan(step.value):
        return Message(
            N_("The {metric} is undefined here: all rows that are tested have the same outcome."), values
        )
    if step.step == RANDOM:
        return Message(
            N_(
                "With rows split at random the model learns from the very days that it is tested on, and from "
                "later ones: {metric} {score}. This is what a careless test shows on as many rows as the steps below have."
            ),
            values,
        )
    if step.taken == 0 and step.step in _NOTHING:
        return Message(
            N_("{nothing}, so this step cost nothing here: the {metric} stays at {score}."),
            values | {"nothing": Message(_NOTHING[step.step])},
        )
    once = Message(_ONCE[step.step], {"horizon": step.horizon, "embargo": step.embargo})
    return Message(_effect(step), values | {"once": once, "why": Message(_WHY[step.step])})


def _effect(step: Step) -> str:
    """Return the template that the interval of the drop allows."""
    if math.isnan(step.drop_low):
        return N_(
            "{once}, the {metric} goes from {before:.3f} to {value:.3f}; there are too few days to say whether "
            "that is chance."
        )
    if step.drop_low > 0:
        return N_("{once}, the {metric} falls from {before:.3f} to {value:.3f}, by {fall}. {why}")
    if step.drop_high < SLIGHT:
        return N_(
            "{once}, the {metric} goes from {before:.3f} to {value:.3f} (a change of {change}): this step cost "
            "nothing here."
        )
    return N_(
        "{once}, the {metric} goes from {before:.3f} to {value:.3f}. That may be chance (a change of {change}), "
        "so it cannot be said that this step cost anything here."
    )


def summary(steps: Sequence[Step], looks: int = 1) -> Message:
    """Say in one sentence what a careless test shows and what an honest one leaves of it.

    `looks` is how often the rows have been tested.
    """
    careless, honest = steps[0], steps[-1]
    guess = METRICS[honest.metric].guessing
    if math.isnan(honest.value) or math.isnan(careless.value):
        return sentence(honest)
    values = _values(honest) | {"careless": careless.value, "guess": guess}
    if math.isnan(honest.low):
        return Message(
            N_(
                "Learning from as many rows, a careless test shows {metric} {careless:.3f}, an honest one {value:.3f}. There "
                "are too few days for an interval."
            ),
            values,
        )
    sign = Evidence(MANY, looks=looks).against(honest.interval, guess)
    if sign > 0:
        template = N_(
            "Learning from as many rows, a careless test shows {metric} {careless:.3f}, an honest one {score}: "
            "better than guessing ({guess:.3f})."
        )
    elif sign < 0:
        template = N_(
            "Learning from as many rows, a careless test shows {metric} {careless:.3f}, an honest one {score}: "
            "worse than guessing ({guess:.3f}). What was learned turned round in the tests."
        )
    else:
        template = N_(
            "Learning from as many rows, a careless test shows {metric} {careless:.3f}, an honest one {score}: "
            "no evidence of anything better than guessing ({guess:.3f})."
        )
    return Message(template, values)


def _values(step: Step) -> dict[str, object]:
    return {
        "metric": Message(METRICS[step.metric].title),
        "value": step.value,
        "before": step.value + (0 if math.isnan(step.drop) else step.drop),
        "score": _with_interval(step.value, step.low, step.high),
        "fall": _with_interval(step.drop, step.drop_low, step.drop_high),
        "change": _with_interval(-step.drop, -step.drop_high, -step.drop_low, "+"),
    }


def _with_interval(value: float, low: float, high: float, sign: str = "") -> str:
    texts = [f"{round(number, 3) + 0.0:{sign}.3f}" for number in (value, low, high)]  # no -0.000
    return texts[0] if math.isnan(low) else "{} [{}, {}]".format(*texts)
