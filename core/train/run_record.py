"""A run as JSON: its record in the workspace, and what the command line prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from core.errors import Message
from core.evaluate.bootstrap import plain_scores, scores_of_plain
from core.evaluate.effective_size import Effective
from core.evaluate.lift import Lift
from core.evaluate.verdict import Evidence
from core.locale import N_
from core.train.models.tuning import Tuned
from core.train.run import Parts, Run, Walk
from core.train.seen import SeenTests
from core.train.settings import TrainSettings
from core.train.splits.summary import FoldSummary, SplitSummary
from core.train.withheld import without_verdict

# Cautions that only runs of earlier versions carry: here so that they are in the catalogs.
RETIRED = (
    N_(
        "The rows were split by group, so the models learn from sessions after those of the test too: "
        "split by time for a score that could have been had on the day."
    ),
    N_(
        "Whole companies were held out, but other companies' headlines of the same sessions were learned "
        "from: the score is one for a new company, not for a new day."
    ),
)


def to_record(run: Run) -> dict[str, Any]:
    """Return all but the large parts as plain values for JSON."""
    return {
        "id": run.id,
        "created": run.created,
        "dataset_id": run.dataset_id,
        "dataset_name": run.dataset_name,
        "settings": run.settings.as_dict(),
        "classes": list(run.classes),
        "split": asdict(run.split),
        "scores": plain_scores(run.scores),
        "baselines": plain_scores(run.baselines),
        "seconds": run.seconds,
        "sizes": run.sizes,
        "warnings": [warning.as_dict() for warning in run.warnings],
        "walk": None if run.walk is None else _plain_walk(run.walk),
        "lift": None if run.lift is None else run.lift.as_dict(),
        "evidence": None if run.evidence is None else asdict(run.evidence),
        "effective": None if run.effective is None else asdict(run.effective),
        "tuned": [found.as_dict() for found in run.tuned],
        "holdout": run.holdout,
        "prepared": run.prepared,
        "seen": None if run.seen is None else asdict(run.seen),
        "versions": run.versions,
    }


def from_record(fields: Mapping[str, Any], parts: Parts) -> Run:
    """Make the run that `to_record` took apart; one saved before rows could be weighed has every row weigh 1."""
    typed = {
        "settings": TrainSettings(**({"weighting": "rows"} | fields["settings"])),
        "classes": tuple(fields["classes"]),
        "split": SplitSummary(**fields["split"]),
        "scores": scores_of_plain(fields["scores"]),
        "baselines": scores_of_plain(fields["baselines"]),
        "warnings": tuple(Message.from_dict(warning) for warning in fields["warnings"]),
        "tuned": tuple(Tuned.from_dict(found) for found in fields.get("tuned", ())),
    }
    for name, made in (
        ("walk", _walk),
        ("lift", Lift.from_dict),
        ("evidence", _evidence),
        ("effective", _effective),
        ("seen", _seen),
    ):
        typed[name] = made(fields[name]) if fields.get(name) else None
    run = Run(**(dict(fields) | typed), parts=parts)
    return replace(run, lift=without_verdict(run.lift, run.withheld))


def run_table(run: Run) -> dict[str, Any]:
    """Return a run as `headline-lab run --json` prints it."""
    return {
        "run_id": run.id,
        "task": run.task,
        "split": run.settings.split,
        "rows": run.split.rows,
        "distinct_headlines": run.split.distinct_headlines,
        "train_rows": run.split.train_rows,
        "test_rows": run.split.test_rows,
        "sessions": run.split.sessions,
        "events": run.split.events,
        "encoder": run.settings.encoder,
        "pooling": run.settings.pooling,
        "features": run.settings.features,
        "models": plain_scores(run.scores),
        "baselines": plain_scores(run.baselines),
        "walk_forward": None if run.walk is None else _plain_walk(run.walk),
        "sealed": run.settings.sealed,
        "horizon": run.settings.horizon,
        "blocks": None
        if run.evidence is None
        else {"number": run.evidence.blocks, "length": run.evidence.length},
        "effective_n": None if run.effective is None else run.effective.effective_n,
        "seconds": run.seconds,
    }


def _plain_walk(walk: Walk) -> dict[str, Any]:
    return {
        "models": plain_scores(walk.scores),
        "baselines": plain_scores(walk.baselines),
        "folds": [asdict(fold) for fold in walk.folds],
    }


def _walk(fields: Mapping[str, Any]) -> Walk:
    folds = tuple(FoldSummary(**fold) for fold in fields["folds"])
    return Walk(scores_of_plain(fields["models"]), scores_of_plain(fields["baselines"]), folds)


def _evidence(fields: Mapping[str, Any]) -> Evidence:
    return Evidence(**fields)


def _effective(fields: Mapping[str, Any]) -> Effective:
    return Effective(**fields)


def _seen(fields: Mapping[str, Any]) -> SeenTests:
    return SeenTests(**fields)
