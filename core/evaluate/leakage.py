"""The leakage staircase: one model, scored on the same rows under stricter and stricter rules.

What a random split inflates is named in López de Prado, "Advances in Financial Machine Learning" (2018),
chapter 7; each step forbids one way in which training may know of the test, and its drop is what that way
was worth. Scores are means over the folds, since predictions of different models are not on one scale: pooled
over folds, pure noise scores below guessing (Forman & Scholz, "Apples-to-apples in cross-validation studies",
2010).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.bootstrap import Interval, intervals, paired
from core.evaluate.metrics import METRICS, main_metric
from core.evaluate.predictions import Predictions
from core.evaluate.scoring import Scored, mean_over
from core.evaluate.settings import EvaluateSettings
from core.locale import N_

RANDOM, ORDERED, GROUPS, PURGE = "random", "ordered", "ordered+groups", "ordered+groups+purge"
STEPS = {
    RANDOM: N_("Rows at random"),
    ORDERED: N_("Earlier days only"),
    GROUPS: N_("… and no headline seen before"),
    PURGE: N_("… and only outcomes known by then"),
}
SHORT = {
    RANDOM: N_("random"),
    ORDERED: N_("in order"),
    GROUPS: N_("+ new headlines"),
    PURGE: N_("+ known outcomes"),
}
SLIGHT = 0.05  # a drop that nobody would act on
NO_DROP = Interval(math.nan, math.nan, math.nan)

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


@dataclass(frozen=True)
class Step:
    """The score of one step on the main metric, a mean over the folds, and how much lower it is than the last.

    `low` to `high` is the 95% interval of `value`, `drop_low` to `drop_high` that of `drop`, from the same
    resamples of sessions; NaN where undefined, as is the drop of the first step. `rows` are the rows (or
    events) scored, the same at each step; `train_rows` the mean number of training rows of a fold; `taken` how
    many training rows, over all folds, the step has fewer than the one before. `metric` is the score's key.
    """

    step: str
    value: float
    low: float
    high: float
    drop: float
    drop_low: float
    drop_high: float
    rows: int
    train_rows: int
    metric: str = "auc"
    taken: int = 0
    horizon: int = 0
    embargo: int = 0

    def as_dict(self) -> dict[str, str | float | None]:
        """Return plain values for JSON, which has no NaN."""
        fields = asdict(self)
        return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in fields.items()}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Step:
        """Make the step that `as_dict` took apart."""
        filled: dict[str, Any] = {k: math.nan if v is None else v for k, v in fields.items()}
        return cls(**filled)


def leakage(
    predictions: Predictions,
    dataset: Dataset,
    settings: EvaluateSettings,
    train_rows: Mapping[str, Sequence[int]],
    embargo: int = 0,
) -> list[Step]:
    """Score each step of the staircase and what it is lower than the one before.

    `predictions` has the steps where other tables have models, all of the same rows in the same walk-forward
    folds; `train_rows` are the numbers of rows that each fold of a step learned from.
    """
    test = Scored.of(predictions, dataset, settings)
    metric = mean_over(test.fold, main_metric(settings.task))
    steps: list[Step] = []
    before = None
    for step, p in test.predictions.items():
        score = intervals(test.y, p, test.blocks, [metric], settings.seed)[metric.name]
        drop = NO_DROP if before is None else paired(test.y, before, p, test.blocks, metric, settings.seed)
        learned = sum(train_rows[step])
        steps.append(
            Step(
                step,
                *(score.value, score.low, score.high),
                *(drop.value, drop.low, drop.high),
                rows=len(test),
                train_rows=round(learned / len(train_rows[step])),
                metric=metric.name,
                taken=0 if before is None else sum(train_rows[steps[-1].step]) - learned,
                horizon=settings.horizon,
                embargo=embargo,
            )
        )
        before = p
    return steps


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
                "later ones: {metric} {score}. This is what a careless test shows."
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


def summary(steps: Sequence[Step]) -> Message:
    """Say in one sentence what a careless test shows and what an honest one leaves of it."""
    careless, honest = steps[0], steps[-1]
    guess = METRICS[honest.metric].guessing
    if math.isnan(honest.value) or math.isnan(honest.low):
        return sentence(honest)
    values = _values(honest) | {"careless": careless.value, "guess": guess}
    if honest.low > guess:
        template = N_(
            "A careless test shows {metric} {careless:.3f}, an honest one {score}: better than guessing "
            "({guess:.3f})."
        )
    elif honest.high < guess:
        template = N_(
            "A careless test shows {metric} {careless:.3f}, an honest one {score}: worse than guessing "
            "({guess:.3f}). What was learned turned round in the tests."
        )
    else:
        template = N_(
            "A careless test shows {metric} {careless:.3f}, an honest one {score}: no evidence of anything better "
            "than guessing ({guess:.3f})."
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
