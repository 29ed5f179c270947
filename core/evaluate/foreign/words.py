"""What is said of predictions that were made elsewhere: how they were matched, what limits them, and what they add."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from core.data.dataset import Dataset
from core.data.target.leaks import gives_away
from core.errors import Message
from core.evaluate.blocks import FEWEST_BLOCKS
from core.evaluate.bootstrap import Interval
from core.evaluate.foreign.assemble import Foreign
from core.evaluate.foreign.settings import ForeignSettings
from core.evaluate.lift import Lift, numbers
from core.evaluate.metrics import main_metric, shown
from core.evaluate.verdict import Evidence
from core.locale import N_, P_


def matched(counts: dict[str, int]) -> list[Message]:
    """Say how the two tables fit together and what was left out."""
    told = [
        Message(
            P_(
                "{matched:,} of {n:,} row of predictions was matched to the table.",
                "{matched:,} of {n:,} rows of predictions were matched to the table.",
            ),
            {"n": counts["rows"], "matched": counts["matched"]},
            "matched",
        )
    ]
    templates = {
        "unmatched": P_(
            "{n:,} row of the file is not in the table.", "{n:,} rows of the file are not in the table."
        ),
        "duplicates": P_(
            "{n:,} row speaks of a row that an earlier one speaks of; the first counts.",
            "{n:,} rows speak of rows that earlier ones speak of; the first counts.",
        ),
        "ambiguous": P_(
            "{n:,} row fits several rows of the table that ended differently, so it was left out: an id or the company "
            "would tell them apart.",
            "{n:,} rows fit several rows of the table that ended differently, so they were left out: an id or the "
            "company would tell them apart.",
        ),
        "without_outcome": P_(
            "{n:,} matched row has no outcome yet, so it is not judged.",
            "{n:,} matched rows have no outcome yet, so they are not judged.",
        ),
        "without_prediction": P_(
            "{n:,} matched row lacks a prediction, so it is not judged.",
            "{n:,} matched rows lack a prediction, so they are not judged.",
        ),
        "not_predicted": P_(
            "{n:,} row of the table with a known outcome has no prediction.",
            "{n:,} rows of the table with a known outcome have no prediction.",
        ),
    }
    told += [
        Message(template, {"n": counts[name]}, name) for name, template in templates.items() if counts[name]
    ]
    return told


def warnings(foreign: Foreign, dataset: Dataset, settings: ForeignSettings) -> list[Message]:
    """Return what a reader must know before believing the scores of a model that nobody here trained."""
    counts, found = foreign.counts, []
    if not settings.trained_until:
        found.append(
            Message(
                N_(
                    "Nobody has said from when to when this model learned. If sessions of this test are among them, the scores "
                    "are too good: give its training period, that of a language model's texts too."
                ),
                code="no_training_period",
            )
        )
    elif not dataset.has_sessions:
        found.append(
            Message(
                N_("The table has no dates, so rows inside the training period cannot be told apart."),
                code="undated",
            )
        )
    if counts["inside_training"]:
        found.append(
            Message(
                P_(
                    "{n:,} row lies in the training period that was given (or within {horizon} of its end) and is scored "
                    "apart: its score says nothing about unseen days.",
                    "{n:,} rows lie in the training period that was given (or within {horizon} of its end) and are scored "
                    "apart: their score says nothing about unseen days.",
                ),
                {
                    "n": counts["inside_training"],
                    "horizon": Message(
                        P_("{n:,} session", "{n:,} sessions"), {"n": foreign.settings.horizon}
                    ),
                },
                "inside_training",
            )
        )
    if counts["before_training"]:
        found.append(
            Message(
                P_(
                    "{n:,} scored row lies before the training period: the model knew what came after it.",
                    "{n:,} scored rows lie before the training period: the model knew what came after them.",
                ),
                {"n": counts["before_training"]},
                "before_training",
            )
        )
    found.append(
        Message(
            N_(
                "Whether the model learned from nearly the same headlines cannot be seen from here; repeated stories may make "
                "it look better than it is."
            ),
            code="near_duplicates",
        )
    )
    return found + [
        Message(
            N_(
                "{model} orders the outcomes almost without a fault: it may have known them. Check how it was made."
            ),
            {"model": name},
            "too_good",
        )
        for name in foreign.predictions.models
        if _too_good(foreign, name)
    ]


def adds(lift: Lift, model: str) -> Message:
    """Say whether the predictions know more than the table's own numbers, as ready to deny it as to affirm it."""
    return Message(_adds(lift), {"model": model, **numbers(lift)})


def judgement(score: Interval, evidence: Evidence, task: str, model: str | Message) -> Message:
    """Say whether the main score lies on one side of chance."""
    metric = main_metric(task)
    params = {
        "model": model,
        "over": evidence.over,
        "metric": Message(metric.title),
        "value": shown(metric, score.value),
        "low": shown(metric, score.low),
        "high": shown(metric, score.high),
        "needed": FEWEST_BLOCKS,
        "looks": evidence.looks,
    }
    return Message(_against_chance(score, evidence, metric.guessing), params)


def _against_chance(score: Interval, evidence: Evidence, chance: float) -> str:
    if math.isnan(score.value):
        return N_("The score of {model} is undefined: the test holds too few outcomes.")
    if not evidence.enough:
        return N_(
            "Cannot tell whether {model} beats chance: the test holds {over}, and {needed} stretches of time that do not "
            "overlap are needed at the least ({metric} {value})."
        )
    sign = evidence.against(score, chance)
    if sign > 0:
        return N_("{model} is better than chance: {metric} {value} [{low}, {high}] over {over}.")
    if sign < 0:
        return N_("{model} is worse than chance: {metric} {value} [{low}, {high}] over {over}.")
    if replace(evidence, looks=1).against(score, chance) > 0:
        return N_(
            "Cannot tell whether {model} beats chance: {metric} {value} [{low}, {high}] over {over} would be evidence in a "
            "first test, but these rows have been tested {looks} times."
        )
    return N_("No evidence that {model} beats chance: {metric} {value} [{low}, {high}] over {over}.")


def _adds(lift: Lift) -> str:
    if math.isnan(lift.value):
        return N_(
            "Whether {model} adds to the table cannot be said: {metric} is undefined on these test rows."
        )
    if not lift.evidence.enough:
        return N_(
            "Cannot tell whether {model} knows more than the table: the test holds {over}, and {needed} stretches of time "
            "that do not overlap are needed at the least ({metric} {with_text}, for the table alone {without_text})."
        )
    if lift.sign > 0:
        return N_(
            "{model} knows more than the table: {metric} is {with_text}, for the table alone {without_text}, a difference "
            "of {value} [{low}, {high}] over {over}."
        )
    if lift.first_sign > 0:
        return N_(
            "Cannot tell whether {model} knows more than the table: {metric} is {with_text}, for the table alone "
            "{without_text}, a difference of {value} [{low}, {high}] over {over}. In a first test that would be evidence; "
            "these rows have been tested {looks} times, each model counted, and the best of that many looks as good by "
            "chance."
        )
    if lift.sign < 0:
        return N_(
            "{model} does worse than the table alone: {metric} is {with_text}, for the table alone {without_text}, a "
            "difference of {value} [{low}, {high}] over {over}."
        )
    if lift.too_wide:
        return N_(
            "No evidence that {model} knows more than the table: {metric} is {with_text}, for the table alone "
            "{without_text}, a difference of {value} [{low}, {high}]. But {over} are too few to rule it out: a "
            "difference of up to {most} is still possible."
        )
    return N_(
        "No evidence that {model} knows more than the table, and little room for it: {metric} is {with_text}, for the "
        "table alone {without_text}, a difference of {value} [{low}, {high}] over {over}."
    )


def _too_good(foreign: Foreign, name: str) -> bool:
    p = foreign.predictions
    task = foreign.settings.task
    if len(p.classes) > 2 or len(p) < 20:
        return False
    values = p[name][:, -1] if p.classes else p[name]
    return gives_away(p.outcome, np.asarray(values, float), task)
