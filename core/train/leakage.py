"""The staircase of a training, drawn with the fastest of the models, counted, and kept beside the run."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate import ledger
from core.evaluate.ledger_rows import Rows
from core.files import write_atomic
from core.jobs import Report, silent
from core.train.context import Bench
from core.train.leakage_splits import Step, staircase, tested_rows
from core.train.models.ensemble import part
from core.train.models.registry import fastest
from core.train.run import Run
from core.train.runs import run_folder
from core.train.settings import TrainSettings
from core.train.splits.outcome import known_outcome

log = logging.getLogger(__name__)

FILE = "staircase.json"


def staircase_rows(dataset: Dataset, settings: TrainSettings) -> Rows:
    """Return the rows that a staircase of these settings would score.

    Raises `UserError` where the table allows none or one of the rows is sealed: ask before a long training.
    """
    rows = Rows.of(dataset, tested_rows(dataset, known_outcome(dataset, settings), settings))
    ledger.require_unsealed(rows)
    return rows


def draw_staircase(
    run: Run, dataset: Dataset, vectors: np.ndarray | None, report: Report = silent
) -> list[Step]:
    """Score a run's staircase, count the look at its rows, and keep it in the run's folder; raises as it does."""
    steps = staircase_of(dataset, vectors, run.settings, report)
    ledger.record_look(dataset.id, run.id, staircase_rows(dataset, run.settings))
    keep_staircase(run, steps)
    return steps


def staircase_of(
    dataset: Dataset, vectors: np.ndarray | None, settings: TrainSettings, report: Report = silent
) -> list[Step]:
    """Score the fastest model on these settings' features under each rule of the staircase.

    Raises `UserError` as `staircase_rows` does, and whatever `report` raises.
    """
    staircase_rows(dataset, settings)
    outcome = known_outcome(dataset, settings)
    bench = Bench.of(dataset, vectors, outcome, settings, part(report, 0, 0.1))

    def fit_predict(train: np.ndarray, test: np.ndarray, reported: Report) -> np.ndarray:
        preparation, sample = bench.prepare(train)
        model = fastest().fit(sample, reported)
        return model.predict(preparation.matrix(bench.inputs.take(test)))

    return staircase(dataset, outcome, settings, fit_predict, part(report, 0.1, 1))


def keep_staircase(run: Run, steps: Sequence[Step]) -> None:
    """Keep a staircase in the run's folder."""
    text = json.dumps([step.as_dict() for step in steps], indent=1)
    write_atomic(run_folder(run.id) / FILE, lambda path: path.write_text(text, encoding="utf-8"))


def kept_staircase(run: Run) -> list[Step] | None:
    """Return the staircase kept beside a run; None where there is none, or none that can be read."""
    try:
        path: Path = run_folder(run.id) / FILE
        return [Step.from_dict(fields) for fields in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, UserError):
        return None
    except (ValueError, TypeError, AttributeError) as error:
        log.warning("the staircase of run %s cannot be read: %r", run.id, error)
        return None
