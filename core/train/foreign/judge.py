"""From a file of predictions and a dataset to a judgement that is counted in the ledger and saved, in named steps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.reading import Source
from core.errors import UserError
from core.evaluate import ledger
from core.evaluate.bootstrap import Scores
from core.evaluate.effective_size import effective_size
from core.evaluate.foreign import Foreign, ForeignSettings, assemble
from core.evaluate.foreign.words import matched, warnings
from core.evaluate.ledger_rows import Rows
from core.evaluate.lift import Lift
from core.evaluate.metrics import main_metric
from core.evaluate.pipeline import evaluate
from core.evaluate.predictions import Predictions
from core.evaluate.scoring import Scored
from core.evaluate.settings import EvaluateSettings
from core.jobs import Report, part, silent
from core.locale import N_, P_
from core.train.foreign.baseline import TABLE, Baselined, with_baselines
from core.train.foreign.judged import Judged, only_believed
from core.train.foreign.saved import save_evaluation
from core.train.models.baselines import BASELINES
from core.train.recording import recall
from core.train.settings import TrainSettings


def judge_and_record(
    table: pd.DataFrame,
    name: str,
    dataset: Dataset,
    settings: ForeignSettings,
    sources: Sequence[Source] = (),
    report: Report = silent,
) -> Judged:
    """Judge the predictions in a table of text cells, count the test access in the ledger, and save the judgement.

    `name` is the file's; `sources` are the files that the dataset was made from. Raises `UserError` as `assemble`
    does, where a row that would be scored is sealed, or nothing can be written; and whatever `report` raises.
    """
    foreign = assemble(table, dataset, settings, sources, BASELINES)
    recall(dataset)
    holdout = Rows.of(dataset, foreign.predictions.test.positions(dataset))
    scored = require_unsealed(foreign, dataset)
    judged = judge(foreign, name, dataset, settings, holdout, report)
    judged = judged.after(ledger.looks(scored, dataset.id))
    metric = main_metric(judged.task).name
    score = judged.shown[judged.main].get(metric)
    ledger.record_access(dataset.id, judged.id, holdout, scored, metric, score, tests=len(judged.shown))
    save_evaluation(judged)
    return judged


def require_unsealed(foreign: Foreign, dataset: Dataset) -> Rows:
    """Return the rows that would be scored; raise `UserError` where one of them lies in a sealed holdout."""
    scored = Rows.of(
        dataset,
        np.concatenate([foreign.predictions.positions(dataset), foreign.inside.positions(dataset)]),
    )
    if inside := int(ledger.sealed_among(scored).sum()):
        raise UserError(
            P_(
                "{n:,} headline of the file lies in a holdout that is sealed, so no score may be shown of it. Leave its row "
                "out of the file, or open the holdout on the evaluate page of its training first.",
                "{n:,} headlines of the file lie in a holdout that is sealed, so no score may be shown of them. Leave their "
                "rows out of the file, or open the holdout on the evaluate page of its training first.",
            ),
            n=inside,
        )
    return scored


def check(
    table: pd.DataFrame, dataset: Dataset, settings: ForeignSettings, sources: Sequence[Source] = ()
) -> None:
    """Raise the `UserError` that judging these predictions would end in, without scoring anything."""
    foreign = assemble(table, dataset, settings, sources, BASELINES)
    recall(dataset)
    require_unsealed(foreign, dataset)


def judge(
    foreign: Foreign,
    name: str,
    dataset: Dataset,
    settings: ForeignSettings,
    holdout: Rows,
    report: Report = silent,
) -> Judged:
    """Score predictions beside what the table alone would have predicted; nothing is recorded or saved."""
    evaluation, predictions = foreign.settings, foreign.predictions
    training = TrainSettings(
        evaluation.task,
        split="time" if dataset.has_sessions else "group",
        horizon=evaluation.horizon,
        unit=evaluation.unit,
        seed=evaluation.seed,
    )
    baselined = with_baselines(predictions, dataset, training, part(report, 0.0, 0.5))
    made = evaluate(predictions, dataset, evaluation, part(report, 0.5, 0.9))
    created = datetime.now(UTC).isoformat()
    told = [*matched(foreign.counts), *foreign.notes, *([baselined.why] if baselined.why else [])]
    return Judged(
        id=_id(dataset, settings, name, created),
        created=created,
        name=name,
        dataset_id=dataset.id,
        dataset_name=dataset.name,
        settings=settings,
        task=evaluation.task,
        horizon=evaluation.horizon,
        classes=predictions.classes,
        kinds=foreign.kinds,
        main=foreign.main,
        counts=foreign.counts,
        examples=foreign.examples,
        by=foreign.by,
        keys=foreign.keys,
        scores=only_believed(made.scores, foreign.kinds),
        walk_scores=only_believed(made.walk_scores, foreign.kinds),
        baselines=_scores(baselined.predictions, dataset, evaluation, baselined.names),
        lifts=_lifts(baselined, dataset, evaluation, part(report, 0.9, 1.0)),
        inside=only_believed(_scores(foreign.inside, dataset, evaluation), foreign.kinds),
        evidence=made.evidence,
        effective=effective_size(
            dataset,
            dataset.outcome(evaluation.task),
            predictions.positions(dataset),
            evaluation.horizon,
        ),
        notes=tuple(told),
        warnings=(*warnings(foreign, dataset, settings), *made.cautions),
        holdout=holdout.name,
        predictions=_with_columns(predictions, baselined),
    )


def _scores(
    predictions: Predictions,
    dataset: Dataset,
    settings: EvaluateSettings,
    models: Sequence[str] | None = None,
) -> Scores:
    if not len(predictions) or models == ():
        return {}
    return Scored.of(predictions, dataset, settings, models).scores(settings, silent)


def _lifts(
    baselined: Baselined, dataset: Dataset, settings: EvaluateSettings, report: Report
) -> dict[str, Lift]:
    """Return what each model adds to the table alone, on the rows that the table alone predicts."""
    if TABLE not in baselined.names:
        return {}
    models = [name for name in baselined.predictions.models if name not in baselined.names]
    scored = Scored.of(baselined.predictions, dataset, settings, [*models, TABLE])
    apart = scored.apart()
    lifts = {}
    for number, name in enumerate(models):
        report(number / len(models), N_("Scoring with intervals"))
        if lift := scored.lift(settings, name, TABLE):
            lifts[name] = replace(lift, apart=apart.lift(settings, name, TABLE) if apart else None)
    return lifts


def _with_columns(predictions: Predictions, baselined: Baselined) -> Predictions:
    """Add the baselines' columns, NaN where they predict no row; the folds stay those of the file."""
    made = {}
    place = pd.Index(predictions.table["row"]).get_indexer(baselined.predictions.table["row"])
    for name in baselined.names:
        p = baselined.predictions[name]
        made[name] = np.full((len(predictions), *p.shape[1:]), np.nan)
        made[name][place] = p
    return predictions.replace(**made)


def _id(dataset: Dataset, settings: ForeignSettings, name: str, created: str) -> str:
    text = json.dumps([dataset.id, settings.as_dict(), name, created])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
