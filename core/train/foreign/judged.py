"""Judged predictions: what was read, how it was matched, and what it is worth; and the same as a run that can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.bootstrap import Scores, plain_scores
from core.evaluate.calibration import Calibrator
from core.evaluate.effective_size import Effective
from core.evaluate.foreign import ForeignSettings
from core.evaluate.foreign.values import READS
from core.evaluate.foreign.words import adds, judgement
from core.evaluate.lift import Lift
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.verdict import Evidence
from core.train.features.preparation import Preparation
from core.train.models.combinations import Combiners
from core.train.models.fusion import Fusion
from core.train.models.model import Model
from core.train.run import Run, Walk
from core.train.settings import TrainSettings
from core.train.splits.summary import FoldSummary, SplitSummary


@dataclass(frozen=True, eq=False)
class Brought:
    """The large parts of a run whose models were fitted elsewhere: the predictions alone."""

    predictions: Predictions
    combiners: Combiners = field(default_factory=Combiners)
    calibrators: dict[str, Calibrator] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    fusion: Fusion | None = None

    @property
    def preparation(self) -> Preparation:
        """Raises `LookupError`: nothing was prepared here."""
        raise LookupError("predictions that were made elsewhere have no preparation")


@dataclass(frozen=True, eq=False)
class Judged:
    """Predictions of a file, judged.

    `name` is the file's; `kinds` says by model what its numbers are, `main` is the model of the answer. `scores` are
    of the rows of fold 0 and `walk_scores` means over other folds, where the file has such; `baselines` are means
    over stretches of time; `lifts` what each model adds to `base`, over the same. `inside` are the scores of the rows
    within the training period, `effective` what the judged ones are worth. `evidence` is what the intervals rest on,
    every model of the file being a test. `counts`, `examples` and `by` say how the rows were matched, `notes` how
    they were read; `holdout` is the name of the judged rows in the ledger.
    """

    id: str
    created: str
    name: str
    dataset_id: str
    dataset_name: str
    settings: ForeignSettings
    task: str
    horizon: int
    classes: tuple[str, ...]
    kinds: dict[str, str]
    main: str
    counts: dict[str, int]
    examples: dict[str, list[dict[str, Any]]]
    by: str
    keys: tuple[str, ...]
    scores: Scores
    walk_scores: Scores
    baselines: Scores
    lifts: dict[str, Lift]
    inside: Scores
    evidence: Evidence
    effective: Effective
    notes: tuple[Message, ...]
    warnings: tuple[Message, ...]
    holdout: str
    predictions: Predictions = field(repr=False)

    @property
    def shown(self) -> Scores:
        """The scores that the answer is about."""
        return self.scores or self.walk_scores

    def reads(self, model: str) -> tuple[str, ...]:
        """What of a model's predictions may be believed: their order, their choice, their number."""
        return READS[self.kinds[model]]

    def judgement(self, model: str) -> Message:
        """Say whether a model is better than chance."""
        score = self.shown[model][main_metric(self.task).name]
        return judgement(score, self.evidence, self.task, model)

    def after(self, looks: int) -> Judged:
        """Return the same where the rows had been tested so many times before: each model here is one more test."""
        tests = looks + len(self.shown)
        return replace(
            self,
            evidence=replace(self.evidence, looks=tests),
            lifts={name: lift.after(tests) for name, lift in self.lifts.items()},
        )

    def answer(self, model: str) -> Message | None:
        """Say whether a model adds to the table; None where there is nothing to compare it with."""
        return adds(self.lifts[model], model) if model in self.lifts else None


def only_believed(scores: Scores, kinds: Mapping[str, str]) -> Scores:
    """Leave out of the scores what a model's kind of predictions cannot be asked for."""
    from core.evaluate.metrics import METRICS

    return {
        name: {
            metric: score
            for metric, score in row.items()
            if name not in kinds or METRICS[metric].reads in READS[kinds[name]]
        }
        for name, row in scores.items()
    }


def as_run(judged: Judged, dataset: Dataset, model: str) -> Run:
    """Return what the evaluate page shows of a model: a run whose ensemble is that model, and that fits nothing.

    Its `predictions` hold the model as `MEAN` too.
    """
    test = judged.predictions.test
    session = dataset.frame["session"]
    days = test.table["session"].dropna()
    walk = None
    if judged.scores and judged.walk_scores:
        walk = Walk(judged.walk_scores, {}, _folds(judged.predictions.walk))
    ordered = "time" if dataset.has_sessions else "group"
    split = SplitSummary(
        rows=len(dataset),
        distinct_headlines=dataset.distinct_headlines,
        train_rows=0,
        test_rows=len(test),
        purged_rows=judged.counts["near_training"],
        grouped_rows=0,
        left_out_rows=0,
        sessions=int(session.nunique()),
        train_sessions=0,
        test_sessions=int(days.nunique()),
        events=dataset.events,
        cut=None if days.empty else days.min().date().isoformat(),
    )
    settings = TrainSettings(
        judged.task,
        split=ordered,
        horizon=judged.horizon,
        unit=judged.settings.unit,
        seed=judged.settings.seed,
    )
    return Run(
        id=f"{judged.id}-{list(judged.kinds).index(model)}",
        created=judged.created,
        dataset_id=judged.dataset_id,
        dataset_name=judged.dataset_name,
        settings=settings,
        classes=judged.classes,
        split=split,
        scores=judged.shown,
        baselines=judged.baselines,
        seconds={},
        sizes={},
        warnings=judged.warnings,
        parts=Brought(judged.predictions.replace(**{MEAN: judged.predictions[model]})),
        walk=walk,
        lift=judged.lifts.get(model),
        evidence=judged.evidence,
        effective=judged.effective,
        holdout=judged.holdout,
    )


def judged_table(judged: Judged) -> dict[str, Any]:
    """Return judged predictions as `headline-lab evaluate --json` prints them, less what the ledger knows."""
    lift = judged.lifts.get(judged.main)
    return {
        "evaluation_id": judged.id,
        "dataset": judged.dataset_id,
        "task": judged.task,
        "rows": judged.counts["rows"],
        "matched": judged.counts["matched"],
        "unmatched": judged.counts["unmatched"],
        "duplicates": judged.counts["duplicates"],
        "ambiguous": judged.counts["ambiguous"],
        "not_predicted": judged.counts["not_predicted"],
        "without_outcome": judged.counts["without_outcome"],
        "without_prediction": judged.counts["without_prediction"],
        "examples": judged.examples,
        "matched_by": judged.by,
        "inside_training": judged.counts["inside_training"],
        "kinds": judged.kinds,
        "models": plain_scores(judged.shown),
        "walk_forward": plain_scores(judged.walk_scores) if judged.scores and judged.walk_scores else None,
        "inside_models": plain_scores(judged.inside),
        "baselines": plain_scores(judged.baselines),
        "text_lift": None if lift is None else lift.told(),
        "lift_over_table": {name: lift.told() for name, lift in judged.lifts.items()},
        "horizon": judged.horizon,
        "blocks": {"number": judged.evidence.blocks, "length": judged.evidence.length},
        "effective_n": judged.effective.effective_n,
    }


def _folds(walk: Predictions) -> tuple[FoldSummary, ...]:
    made = []
    for number in np.unique(walk.fold):
        days = walk.table["session"][walk.fold == number].dropna()
        rows = int((walk.fold == number).sum())
        first, last = (
            ("", "") if days.empty else (days.min().date().isoformat(), days.max().date().isoformat())
        )
        made.append(FoldSummary(first, last, 0, rows, 0, int(days.nunique())))
    return tuple(made)
