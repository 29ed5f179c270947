"""From a dataset and its vectors to a run, in named steps."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.pipeline import evaluate, scores_of
from core.evaluate.predictions import FUSION, MEAN
from core.jobs import Report, part, silent
from core.locale import N_
from core.train.cautions import training_cautions
from core.train.context import TrainingContext
from core.train.fold_results import FoldResult, fit_folds, predictions_of, uncalibrated_of
from core.train.models.sample import Parameters
from core.train.models.tuning import TABLE, Tuned, parameters, tune_arms
from core.train.partitioned.context import placed
from core.train.run import FittedParts, Run, Walk
from core.train.seen import SeenTests, cautions_of, reason_of, require_sealable, seen_tests
from core.train.settings import TrainSettings
from core.train.splits.plan import SplitPlan, plan_splits
from core.train.splits.summary import summary_of_fold
from core.train.versions import versions
from core.train.withheld import withheld, without_verdict

SCORING = 0.86  # share of a training's time after which it is scored, as measured


def train(
    dataset: Dataset,
    vectors: np.ndarray | None,
    settings: TrainSettings,
    report: Report = silent,
    begin: Parameters | None = None,
    plan: SplitPlan | None = None,
    holdout_alone: bool = False,
    found: tuple[Tuned, ...] = (),
) -> Run:
    """Fit the models and have them evaluated on rows that nothing was fitted on.

    `vectors` is `(rows, dim)` float32, one per row of the dataset, or None for the table alone. With folds the
    models also walk forward over the sessions before the holdout; a sealed holdout is not even predicted.
    `begin` are parameters that a search tries first; `plan` are the splits where they are made already, and
    `found` is what a search has found, instead of another one. With
    `holdout_alone` what the headlines add is measured without the walk-forward. Raises
    `UserError` where the table cannot be trained on or a holdout that the encoder was tuned on is to be sealed, and
    whatever `report` raises, in a search as `SearchCancelled`. The run is not saved.
    """
    watch = Stopwatch()
    with watch("split"):
        report(0.0, N_("Splitting into training and test"))
        plan = plan or plan_splits(dataset, settings)
        plan.require_learnable()
        seen = seen_tests(plan, settings, vectors is not None and settings.reads_headline)
        require_sealable(seen, settings)

    with watch("prepare"):
        context = TrainingContext.of(dataset, vectors, plan.outcome, settings, part(report, 0.0, 0.02))

    with placed(context, plan) as context:
        with watch("tune"):
            tuned = found or _tuned(context, plan, part(report, 0.02, 0.3), begin)
            context = replace(
                context, parameters=parameters(tuned), table_parameters=parameters(tuned, TABLE)
            )

        begun = 0.3 if tuned else 0.02
        with watch("fit"):
            results = fit_folds(context, plan.walk, plan.holdout, part(report, begun, SCORING))
    made = assemble(plan, results, seen, watch.seconds, part(report, SCORING, 1), holdout_alone)
    return replace(made, tuned=tuned)


def assemble(
    plan: SplitPlan,
    results: Sequence[FoldResult],
    seen: SeenTests | None,
    seconds: Mapping[str, float],
    report: Report = silent,
    holdout_alone: bool = False,
) -> Run:
    """Make a run of its splits' results, the holdout's last, and have its predictions evaluated.

    `seconds` are those of the stages before, to which the models' and the scoring's are added. The run is not saved.
    """
    dataset, settings = plan.dataset, plan.settings
    last = results[-1].fitted
    assert last is not None
    watch = Stopwatch()
    with watch("score"):
        predictions = predictions_of(plan, results)
        plain = uncalibrated_of(plan, results)
        evaluation = evaluate(
            predictions,
            dataset,
            settings.evaluation,
            part(report, 0, 0.9),
            arms=arms_of(plan, results),
            uncalibrated=(plain or predictions).test if holdout_alone else plain,
        )

    split = plan.summary
    created = datetime.now(UTC).isoformat()
    report(1.0, N_("Trained"))
    baselines = dict.fromkeys(name for r in reversed(results) for name in r.baselines)
    models = [name for name in predictions.names if name not in baselines]
    shown = evaluation.scores or evaluation.walk_scores
    walk = Walk(
        scores_of(evaluation.walk_scores, models),
        scores_of(evaluation.walk_scores, baselines),
        tuple(summary_of_fold(dataset, fold) for fold in plan.walk),
    )
    return Run(
        id=_run_id(dataset, settings, created),
        created=created,
        dataset_id=dataset.id,
        dataset_name=dataset.name,
        settings=settings,
        classes=plan.classes,
        split=split,
        scores=scores_of(shown, models),
        baselines=scores_of(shown, baselines),
        seconds={**seconds, **last.ensemble.seconds, **watch.seconds},
        sizes={name: model.size for name, model in last.ensemble.models.items()},
        warnings=(
            *cautions_of(seen),
            *_notes(results),
            *training_cautions(plan, last.preparation, evaluation.cautions),
        ),
        walk=walk if plan.walk else None,
        lift=without_verdict(evaluation.lift, withheld(settings.split, split) or reason_of(seen)),
        evidence=evaluation.evidence,
        effective=evaluation.effective,
        holdout=plan.holdout_rows.name,
        seen=seen,
        versions=versions(),
        parts=FittedParts(
            last.preparation,
            last.ensemble.models,
            predictions,
            last.ensemble.combiners,
            last.calibrators,
            last.fusion,
        ),
    )


class Stopwatch:
    """Seconds per named stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Time what runs inside."""
        start = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - start


def _tuned(
    context: TrainingContext, plan: SplitPlan, report: Report, begin: Parameters | None
) -> tuple[Tuned, ...]:
    """Search on the rows before the first test, so that no test takes part in the choice."""
    if not context.settings.tune_seconds or not context.searches:
        return ()
    preparation, sample = context.prepare(plan.splits[0].train, inner=True)
    return tune_arms(sample, preparation.of_headline, context.settings.tune_seconds, report, begin)


def arms_of(plan: SplitPlan, results: Sequence[FoldResult]) -> tuple[str, str]:
    """Return what the lift compares, by a rule that knows no test: the fusion wherever every split has one.

    It differs from the table alone by the headline and by nothing else. Where there is none, it is the mean of the
    models of all columns; where the table has no column, guessing stands for it.
    """
    last = results[-1].fitted
    assert last is not None
    guess = "majority" if plan.classes else "average"
    without = guess if last.preparation.of_headline.all() else "table_only"
    return FUSION if all(result.fused for result in results) else MEAN, without


def _notes(results: Sequence[FoldResult]) -> list[Message]:
    found: list[Message] = []
    for note in (note for result in results for note in result.notes):
        found += [note] if note not in found else []
    return found


def _run_id(dataset: Dataset, settings: TrainSettings, created: str) -> str:
    text = json.dumps([dataset.id, settings.as_dict(), created])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
