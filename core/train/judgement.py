"""How a run's ensemble stands to chance: the state of the verdict, and the sentence that says why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.errors import Message
from core.evaluate.blocks import FEWEST_BLOCKS
from core.evaluate.bootstrap import Interval
from core.evaluate.lift_text import HELP, NOTHING, UNSURE
from core.evaluate.metrics import METRICS, main_metric
from core.evaluate.predictions import MEAN
from core.evaluate.written import written
from core.locale import N_
from core.train.run import Run

STATES = {
    HELP: N_("The models beat chance"),
    UNSURE: N_("Whether the models beat chance cannot be told"),
    NOTHING: N_("The models do not beat chance"),
}


def state(run: Run) -> str:
    """Return how the models stand to chance, a key of `STATES`."""
    sign = run.against_chance
    return HELP if sign > 0 else NOTHING if sign < 0 else UNSURE


def judgement(run: Run) -> Message:
    """Say in one sentence how the ensemble stands to chance."""
    metric = main_metric(run.task).name
    score, chance = run.scores[MEAN][metric], METRICS[metric].guessing
    if run.withheld:
        template = N_(
            "Whether the ensemble beats chance cannot be told from this test: {why} ({name} {score})."
        )
    elif not np.isfinite(score.value):
        template = N_("The score is undefined: the test holds too few outcomes.")
    elif not np.isfinite(score.low):
        template = N_("The test is a single session, so the score has no interval: {name} {score}.")
    else:
        template = _against_chance(run, score, chance)
    params = {
        "name": Message(METRICS[metric].titled(len(run.classes))),
        "score": written(metric, score, run.believable),
        "unseen": unseen(run),
        "why": Message(run.withheld),
        "looks": run.looks,
        "needed": FEWEST_BLOCKS,
    }
    return Message(template, params)


def unseen(run: Run) -> Message:
    """Say on what the scores were taken: sessions, or rows, that the models never saw."""
    if run.walk is not None and run.scored_by_walk:
        return Message(N_("{n:,} walk-forward sessions that it never saw"), {"n": run.walk.sessions})
    rule = run.rule
    return Message(rule.unseen, {"n": run.split.test_sessions if rule.ordered else run.split.test_rows})


def _against_chance(run: Run, score: Interval, chance: float) -> str:
    """Return the template that the interval allows: enough blocks, and a level for tests made before."""
    evidence = run.basis
    if not evidence.enough:
        return N_(
            "On {unseen} it cannot be told whether the ensemble beats chance: they hold fewer than {needed} "
            "independent stretches of time ({name} {score})."
        )
    sign = evidence.against(score, chance)
    if sign > 0:
        return N_("On {unseen} the ensemble is better than chance: {name} {score}.")
    if sign < 0:
        return N_("On {unseen} the ensemble is worse than chance: {name} {score}.")
    if replace(evidence, looks=1).against(score, chance) > 0:
        return N_(
            "On {unseen} it cannot be told whether the ensemble beats chance: {name} {score} would be evidence in a "
            "first test, but the rows have been tested {looks} times."
        )
    return N_("On {unseen} there is no evidence that the ensemble beats chance: {name} {score}.")
