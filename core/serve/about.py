"""The run that is asked, with how far it can be believed: nobody is to mistake a coin flip for a signal."""

from __future__ import annotations

from typing import Any

from core.errors import Message
from core.evaluate.foreign.words import judgement
from core.evaluate.lift import sentence
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN
from core.locale import N_, translate_message
from core.train.run import Run


def about(run: Run, language: str) -> dict[str, Any]:
    """Return what every answer says of its run, its sentences in a language."""
    metric = main_metric(run.task).name
    score = run.scores.get(MEAN, {}).get(metric)
    said = translate_message(verdict(run), language)
    return {
        "id": run.id,
        "dataset": run.dataset_name,
        "created": run.created,
        "task": run.task,
        "classes": list(run.classes),
        "features": list(run.preparation.features),
        "reads_press": bool(run.preparation.outlets),
        "encoder": run.settings.encoder,
        "metric": None if score is None else {"name": metric} | score.as_dict(),
        "verdict": said[:1].upper() + said[1:],
        "text_lift": _lift(run, language),
    }


def verdict(run: Run) -> Message:
    """Say in one sentence whether the ensemble beats chance, or why that cannot be told."""
    score = run.scores.get(MEAN, {}).get(main_metric(run.task).name)
    if run.withheld:
        template = N_("Whether the ensemble beats chance cannot be told from this test: {why}.")
        return Message(template, {"why": Message(run.withheld)})
    if score is None:
        return Message(N_("The run has no score yet: its holdout is sealed."))
    return judgement(score, run.basis, run.task, Message(N_("the ensemble")))


def _lift(run: Run, language: str) -> dict[str, Any] | None:
    if run.lift is None:
        return None
    told = run.lift.told()
    return {key: told[key] for key in ("metric", "value", "low", "high", "verdict")} | {
        "sentence": translate_message(sentence(run.lift), language)
    }
