"""What the workers do. Each task needs what it is given and nothing of the machine that asks.

A task tells how far it is by events of a topic, which the client listens to.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from core.data.dataset import Dataset
from core.embed.elsewhere import encode_as
from core.embed.store.vector_file import Space
from core.jobs import Report, part, silent
from core.train.context import TrainingContext
from core.train.fold_results import FoldResult, fit_fold, numbered
from core.train.pipeline import assemble
from core.train.run_record import to_record
from core.train.runs import large_files
from core.train.seen import SeenTests
from core.train.settings import TrainSettings
from core.train.splits.plan import plan_splits

SECONDS_BETWEEN_EVENTS = 0.5
_READ = 0.05  # share of a split's time after which the texts are read

T = TypeVar("T")


class Vectors(NamedTuple):
    """The vectors `(texts, dim)` of distinct texts, and the number of each row's text, `(rows,)`."""

    distinct: np.ndarray
    rows: np.ndarray


class Made(NamedTuple):
    """A run as it is saved: its record, and its large parts by the names of their files."""

    record: dict[str, object]
    files: dict[str, bytes]


def hold(value: T) -> T:
    """Return what is given: large things that many tasks need are sent once, and again if a worker dies with them."""
    return value


def embed_batch(
    encoder: str, space: Space, dtype: str, texts: Sequence[str], topic: str, key: str
) -> np.ndarray:
    """Return the vectors `(poolings, n, dim)` of some texts; raises `UserError` as `encode_as` does."""
    telling(topic, key)(0.0, "")
    return encode_as(encoder, space, dtype, texts)


def fit_split(
    data: Dataset, vectors: Vectors | None, settings: TrainSettings, fold: int, topic: str, key: str
) -> FoldResult:
    """Fit one split of a training, 0 being the holdout's, and predict its test rows."""
    report = telling(topic, key)
    report(0.0, "")
    plan = plan_splits(data, settings)
    of_rows = None if vectors is None else vectors.distinct[vectors.rows]
    context = TrainingContext.of(data, of_rows, plan.outcome, settings, part(report, 0, _READ))
    split = dict(numbered(plan.walk, plan.holdout))[fold]
    return fit_fold(context, fold, split, part(report, _READ, 1))


def assemble_run(
    data: Dataset, settings: TrainSettings, seen: SeenTests | None, results: Sequence[FoldResult]
) -> Made:
    """Make a run of its splits' results, the holdout's last."""
    plan = plan_splits(data, settings)
    run = assemble(plan, results, seen, {"fit": sum(result.seconds for result in results)}, silent)
    return Made(to_record(run), large_files(run))


def telling(topic: str, key: str) -> Report:
    """Return a report that tells a topic's listeners how far a task is, every half second at most."""
    from distributed import get_worker

    worker, last = get_worker(), [0.0]

    def report(fraction: float, template: str, /, **params: object) -> None:
        now = time.monotonic()
        if now - last[0] >= SECONDS_BETWEEN_EVENTS:
            last[0] = now
            worker.log_event(topic, {"key": key, "fraction": float(fraction)})

    return report
