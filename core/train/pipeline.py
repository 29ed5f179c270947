"""The whole way from a dataset and its vectors to a run, in named steps."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.train.baselines import know_nothing, table_only
from core.train.bootstrap import blocks, intervals
from core.train.checks import warnings_of
from core.train.ensemble import Ensemble, part
from core.train.features import Inputs, Preparation
from core.train.metrics import METRICS
from core.train.models import Sample
from core.train.run import Fitted, Run, Scores, SplitSummary
from core.train.settings import TrainSettings
from core.train.split import (
    Split,
    inner_validation,
    make_split,
    require_learnable,
    require_outcomes,
    require_sessions,
)


def train(
    dataset: Dataset, vectors: np.ndarray | None, settings: TrainSettings, report: Report = silent
) -> Run:
    """Fit the three models and score them on rows that nothing was fitted on.

    `vectors` is `(rows, dim)` float32, one per row of the dataset, or None for the table alone. Raises
    `UserError` where the table cannot be trained on, and whatever `report` raises. The run is not saved.
    """
    watch = Stopwatch()
    outcome = known_outcome(dataset, settings)
    classes = dataset.classes if settings.task == "classify" else ()

    with watch("split"):
        report(0.0, N_("Splitting into training and test"))
        split = make_split(dataset, settings, ~np.isnan(outcome))
        require_learnable(outcome, split.train, classes)
        fit, valid = inner_validation(dataset, split.train, settings)

    with watch("prepare"):
        inputs = Inputs.of(dataset, vectors, settings.use_press)
        preparation = Preparation.fit(*inputs.take(split.train), settings.outlets)
        require_columns(preparation)
        X_train = preparation.matrix(*inputs.take(split.train))
        X_test = preparation.matrix(*inputs.take(split.test))
        sample = Sample(
            X_train,
            outcome[split.train],
            np.searchsorted(split.train, fit),
            np.searchsorted(split.train, valid),
            len(classes),
            settings.seed,
        )

    ensemble = Ensemble.fit(sample, part(report, 0.02, 0.6))
    watch.seconds |= ensemble.seconds

    with watch("baselines"):
        predictions = ensemble.predict(X_test)
        name, constant = know_nothing(sample.y, len(classes), len(split.test))
        baselines = {name: constant}
        if 0 < preparation.dim < X_train.shape[1]:
            baselines["table_only"] = table_only(sample, X_test, preparation.dim, part(report, 0.6, 0.85))

    with watch("score"):
        truth = outcome[split.test]
        scores = _scores(dataset, split, truth, predictions | baselines, settings, part(report, 0.85, 1))
        warnings = warnings_of(dataset, settings, split, outcome, preparation)

    created = datetime.now(UTC).isoformat()
    report(1.0, N_("Trained"))
    return Run(
        id=_run_id(dataset, settings, created),
        created=created,
        dataset_id=dataset.id,
        dataset_name=dataset.name,
        settings=settings,
        classes=classes,
        split=_summary(dataset, split),
        scores={name: scores[name] for name in predictions},
        baselines={name: scores[name] for name in baselines},
        seconds=watch.seconds,
        sizes={name: model.size for name, model in ensemble.models.items()},
        warnings=warnings,
        parts=Fitted(
            preparation, ensemble.models, _table(dataset, split, truth, predictions | baselines, classes)
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


def known_outcome(dataset: Dataset, settings: TrainSettings) -> np.ndarray:
    """Return what happened, `(rows,)`, NaN where unknown; raises `UserError` where nothing can be learned."""
    if not dataset.target_kind:
        raise UserError(
            N_("The table has no target: choose the column with the return or the 승/패 on the data page.")
        )
    if settings.task == "regress" and dataset.target_kind != "return":
        raise UserError(
            N_("The target holds labels, not returns: choose classification, or a column of returns.")
        )
    outcome = dataset.outcome(settings.task)
    if settings.split == "time" and dataset.has_sessions:
        require_sessions(dataset, np.flatnonzero(~np.isnan(outcome)))
    require_outcomes(outcome, dataset.classes if settings.task == "classify" else ())
    return outcome


def require_columns(preparation: Preparation) -> None:
    """Raise `UserError` where there is nothing to learn from."""
    if not preparation.groups:
        raise UserError(
            N_("There is nothing to learn from: no vectors, no varying feature and no outlet. Embed first.")
        )


def _scores(
    dataset: Dataset,
    split: Split,
    truth: np.ndarray,
    predictions: dict[str, np.ndarray],
    settings: TrainSettings,
    report: Report,
) -> Scores:
    ids = blocks(dataset, split.test)
    scores: Scores = {}
    for number, (name, p) in enumerate(predictions.items()):
        report(number / len(predictions), N_("Scoring with intervals"))
        scores[name] = intervals(truth, p, ids, METRICS[settings.task], settings.seed)
    return scores


def _summary(dataset: Dataset, split: Split) -> SplitSummary:
    session = dataset.frame["session"]
    return SplitSummary(
        rows=len(dataset),
        distinct_headlines=dataset.distinct_headlines,
        train_rows=len(split.train),
        test_rows=len(split.test),
        purged_rows=len(split.purged),
        grouped_rows=len(split.grouped),
        left_out_rows=len(split.left_out),
        sessions=dataset.sessions,
        train_sessions=int(session.iloc[split.train].nunique()),
        test_sessions=int(session.iloc[split.test].nunique()),
        events=dataset.events,
        cut=None if split.cut is None else split.cut.date().isoformat(),
    )


def _table(
    dataset: Dataset,
    split: Split,
    truth: np.ndarray,
    predictions: dict[str, np.ndarray],
    classes: tuple[str, ...],
) -> pd.DataFrame:
    table = dataset.frame[["row", "session"]].iloc[split.test].reset_index(drop=True)
    table.insert(0, "position", split.test)
    columns = {"actual": truth}
    for name, p in predictions.items():
        columns |= {f"{name}:{label}": p[:, k] for k, label in enumerate(classes)} if classes else {name: p}
    return table.assign(**columns)


def _run_id(dataset: Dataset, settings: TrainSettings, created: str) -> str:
    text = json.dumps([dataset.id, settings.as_dict(), created])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
