"""The whole way from a dataset and its vectors to a run, in named steps."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.effective_size import effective_size
from core.evaluate.ledger_rows import Rows
from core.evaluate.lift import Lift
from core.evaluate.scoring import Scored
from core.jobs import Report, silent
from core.locale import N_
from core.train.context import Bench, Learned
from core.train.fold_results import HOLDOUT, Tested, fit_splits, joined, tested_rows
from core.train.models.combinations import MEAN
from core.train.models.ensemble import part
from core.train.models.sample import Parameters
from core.train.models.tuning import Tuned, parameters, tune
from core.train.run import Fitted, Fold, Run, SplitSummary, Walk
from core.train.run_warnings import warnings_of
from core.train.settings import TrainSettings
from core.train.splits.outcome import known_outcome
from core.train.splits.split import Split, folds, make_split, require_learnable, require_learnable_folds


def train(
    dataset: Dataset,
    vectors: np.ndarray | None,
    settings: TrainSettings,
    report: Report = silent,
    begin: Parameters | None = None,
) -> Run:
    """Fit the models and score them on rows that nothing was fitted on.

    `vectors` is `(rows, dim)` float32, one per row of the dataset, or None for the table alone. With folds the
    models also walk forward over the sessions before the holdout; a sealed holdout is not even predicted.
    `begin` are parameters that a search tries first. Raises `UserError` where the table cannot be trained on,
    and whatever `report` raises, in a search as `SearchCancelled`. The run is not saved.
    """
    watch = Stopwatch()
    outcome = known_outcome(dataset, settings)
    classes = dataset.classes if settings.task == "classify" else ()

    with watch("split"):
        report(0.0, N_("Splitting into training and test"))
        _require_order(settings)
        split = make_split(dataset, settings, ~np.isnan(outcome))
        walk = folds(dataset, settings, split.development)
        require_learnable(outcome, split.train, classes)
        require_learnable_folds(outcome, walk, classes)

    with watch("prepare"):
        bench = Bench.of(dataset, vectors, outcome, settings, part(report, 0.0, 0.02))

    with watch("tune"):
        tuned = _tuned(bench, walk[0] if walk else split, part(report, 0.02, 0.3), begin)
        bench = replace(bench, parameters=parameters(tuned))

    begun = 0.3 if tuned else 0.02
    with watch("fit"):
        tested = fit_splits(bench, [*walk, split], part(report, begun, 0.9))
    holdout, walked = tested[-1], tested[:-1]
    watch.seconds |= holdout.learned.ensemble.seconds

    with watch("score"):
        shown = [*walked, holdout][: len(walked) if settings.sealed else None]
        held = _board(bench, [holdout]) if not settings.sealed else None
        board = _board(bench, walked) if walked else None
        scores = {} if held is None else held.scores(settings, part(report, 0.9, 0.95))
        walk_scores = {} if board is None else board.scores(settings, part(report, 0.95, 0.99))
        lift = _lift(bench, shown, holdout.learned)

    created = datetime.now(UTC).isoformat()
    report(1.0, N_("Trained"))
    main = scores or walk_scores
    return Run(
        id=_run_id(dataset, settings, created),
        created=created,
        dataset_id=dataset.id,
        dataset_name=dataset.name,
        settings=settings,
        classes=classes,
        split=_summary(dataset, split),
        scores={name: main[name] for name in holdout.predictions or walked[0].predictions if name in main},
        baselines={name: main[name] for name in main if name in _baseline_names(tested)},
        seconds=watch.seconds,
        sizes={name: model.size for name, model in holdout.learned.ensemble.models.items()},
        warnings=(*_notes(tested), *_warnings(bench, split, shown, holdout.learned)),
        walk=_walk(dataset, walked, walk_scores) if walked else None,
        lift=lift,
        effective=effective_size(dataset, outcome, np.flatnonzero(~np.isnan(outcome))),
        tuned=tuned,
        holdout=Rows.of(dataset, split.test).name,
        parts=Fitted(
            holdout.learned.preparation,
            holdout.learned.ensemble.models,
            _table(dataset, outcome, shown, walked, classes),
            holdout.learned.ensemble.combiners,
            holdout.learned.calibrators,
        ),
    )


def _require_order(settings: TrainSettings) -> None:
    if settings.folds and settings.split != "time":
        raise UserError(
            N_("Walk-forward folds need a split by time: choose it, or train without folds ({split})."),
            split=settings.split,
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


def _tuned(bench: Bench, split: Split, report: Report, begin: Parameters | None) -> tuple[Tuned, ...]:
    """Search on the rows before the first test, so that no test takes part in the choice."""
    if not bench.settings.tune_seconds:
        return ()
    _, sample = bench.prepare(split.train, inner=True)
    return tune(sample, bench.settings.tune_seconds, report, begin=begin)


def _board(bench: Bench, tested: Sequence[Tested]) -> Scored:
    rows, number = tested_rows(tested)
    return Scored.of(bench.dataset, rows, bench.outcome, joined(tested), bench.settings, number)


def _lift(bench: Bench, tested: Sequence[Tested], learned: Learned) -> Lift | None:
    """Return what the headlines add over all tests that may be shown: to the table, or to guessing a class.

    None without headlines, and for returns without a table, as a constant has no rank correlation.
    """
    said = learned.preparation.of_headline
    if not said.any():
        return None
    plain = [replace(t, predictions=t.uncalibrated) for t in tested]
    return _board(bench, plain).lift(bench.settings, MEAN, "majority" if said.all() else "table_only")


def _warnings(bench: Bench, split: Split, shown: Sequence[Tested], learned: Learned) -> tuple[Message, ...]:
    """Return the warnings about the tests that may be shown; a sealed holdout's outcomes are not looked at."""
    seen = replace(split, test=tested_rows(shown)[0]) if bench.settings.sealed else split
    return warnings_of(bench.dataset, bench.settings, seen, bench.outcome, learned.preparation)


def _notes(tested: Sequence[Tested]) -> list[Message]:
    found: list[Message] = []
    for note in (note for t in tested for note in t.learned.notes):
        found += [note] if note not in found else []
    return found


def _baseline_names(tested: Sequence[Tested]) -> set[str]:
    return {name for t in tested for name in t.baselines}


def _walk(dataset: Dataset, tested: Sequence[Tested], scores: dict) -> Walk:
    names = _baseline_names(tested)
    return Walk(
        scores={name: row for name, row in scores.items() if name not in names},
        baselines={name: row for name, row in scores.items() if name in names},
        folds=tuple(_fold(dataset, t.split) for t in tested),
    )


def _fold(dataset: Dataset, split: Split) -> Fold:
    session = dataset.frame["session"]
    days = session.iloc[split.test]
    return Fold(
        first=days.min().date().isoformat(),
        last=days.max().date().isoformat(),
        train_rows=len(split.train),
        test_rows=len(split.test),
        train_sessions=int(session.iloc[split.train].nunique()),
        test_sessions=int(days.nunique()),
    )


def _summary(dataset: Dataset, split: Split) -> SplitSummary:
    session = dataset.frame["session"]
    return SplitSummary(
        rows=len(dataset),
        distinct_headlines=dataset.distinct_headlines,
        train_rows=len(split.train),
        test_rows=len(split.test),
        purged_rows=len(split.purged),
        embargoed_rows=len(split.embargoed),
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
    outcome: np.ndarray,
    shown: Sequence[Tested],
    walked: Sequence[Tested],
    classes: tuple[str, ...],
) -> pd.DataFrame:
    rows, number = tested_rows(shown)
    numbers = np.array([walked.index(t) + 1 if t in walked else HOLDOUT for t in shown])
    table = dataset.frame[["row", "session"]].iloc[rows].reset_index(drop=True)
    table.insert(0, "position", rows)
    table.insert(1, "fold", numbers[number])
    columns = {"actual": outcome[rows]}
    for name, p in joined(shown, missing=True).items():
        columns |= {f"{name}:{label}": p[:, k] for k, label in enumerate(classes)} if classes else {name: p}
    return table.assign(**columns)


def _run_id(dataset: Dataset, settings: TrainSettings, created: str) -> str:
    text = json.dumps([dataset.id, settings.as_dict(), created])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
