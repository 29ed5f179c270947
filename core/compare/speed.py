"""How long a run takes for a headline on this machine: measured once, and kept beside the run."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from core.data.dataset import Dataset
from core.embed.typed import encode_typed
from core.errors import Message, UserError
from core.evaluate.predictions import FUSION, MEAN
from core.files import write_atomic
from core.jobs import Report, part, silent
from core.locale import N_
from core.train.features.inputs import Inputs
from core.train.run import Run
from core.train.runs import run_folder

log = logging.getLogger(__name__)

BATCH, REPEATS = 32, 3  # headlines at a time, and how often they are timed
FILE = "speed.json"


@dataclass(frozen=True)
class Speed:
    """Milliseconds a headline, in batches: of the encoder (0 where the run reads no headline), and of each model.

    Of a model it is the time from vectors and numbers to a prediction; `models` has the mean of them and the fusion too.
    """

    encoder: float
    models: dict[str, float]

    def of(self, model: str) -> float:
        """Return the milliseconds from a headline to the prediction of a model, NaN where that was not measured."""
        return self.encoder + self.models.get(model, math.nan)


def measure_speeds(runs: Sequence[Run], data: Dataset, report: Report = silent) -> list[tuple[Run, Message]]:
    """Time the runs that were not timed on this machine, each encoder once; return those that cannot be, and why."""
    failed = []
    encoders = {run.settings.encoder: known.encoder for run in runs if (known := saved_speed(run))}
    for number, run in enumerate(runs):
        own = part(report, number / len(runs), (number + 1) / len(runs))
        try:
            made = measure_speed(run, data, own, encoders.get(run.settings.encoder))
            encoders[run.settings.encoder] = made.encoder
        except UserError as error:
            failed.append((run, error.message))
    return failed


def measure_speed(run: Run, data: Dataset, report: Report = silent, of_encoder: float | None = None) -> Speed:
    """Time a saved run on headlines of its table, and keep what was found beside the run.

    What was measured on this machine before is returned as it is; `of_encoder` are the encoder's milliseconds where they
    are known. Raises `UserError` where the encoder is not on this machine or the run's files are damaged, and whatever
    `report` raises.
    """
    known = saved_speed(run)
    if known is not None:
        return known
    report(0.0, N_("Timing the encoder"))
    texts = list(dict.fromkeys(data.headlines))[:BATCH]
    first = {text: place for place, text in reversed(list(enumerate(data.headlines)))}
    rows = np.array([first[text] for text in texts])
    settings, vectors, encoder = run.settings, None, 0.0
    if settings.reads_headline:
        vectors = encode_typed(texts, settings.encoder, settings.pooling)  # loaded and warmed up
        encoder = of_encoder or _milliseconds(
            lambda: encode_typed(texts, settings.encoder, settings.pooling), len(texts)
        )
    report(0.7, N_("Timing the models"))
    inputs = Inputs.of(data, None, settings.use_press).take(rows)._replace(vectors=vectors)
    X = run.preparation.matrix(inputs)
    prepare = _milliseconds(lambda: run.preparation.matrix(inputs), len(texts))
    models = {name: _milliseconds(_predicting(model, X), len(texts)) for name, model in run.models.items()}
    models[MEAN] = sum(models.values())
    if run.parts.fusion is not None:
        models[FUSION] = _milliseconds(_predicting(run.parts.fusion, X), len(texts))
    made = Speed(encoder, {name: prepare + spent for name, spent in models.items()})
    _save(run, made)
    return made


def saved_speed(run: Run) -> Speed | None:
    """Return what was measured of a run on this machine before; None where nothing was, or it cannot be read."""
    path = _path(run)
    known = _read(path) if path else {}
    try:
        found = known[_machine()]
        models = {str(name): float(spent) for name, spent in found["models"].items()}
        return Speed(float(found["encoder"]), models)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


class _Predicts(Protocol):
    def predict(self, X: np.ndarray) -> np.ndarray: ...


def _predicting(model: _Predicts, X: np.ndarray) -> Callable[[], object]:
    return lambda: model.predict(X)


def _milliseconds(work: Callable[[], object], headlines: int) -> float:
    """Return the least time of a few, a headline: what else the machine does only adds to it."""
    spent = []
    for _time in range(REPEATS):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return 1000 * min(spent) / max(headlines, 1)


def _save(run: Run, made: Speed) -> None:
    path = _path(run)
    if path is None:
        return
    text = json.dumps(_read(path) | {_machine(): asdict(made)})
    try:
        write_atomic(path, lambda part: part.write_text(text, encoding="utf-8"))
    except (OSError, UserError):
        log.exception("the speed %s could not be saved and will be measured anew", path)


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as error:
        log.warning("the speeds in %s cannot be read: %r", path, error)
        return {}


def _machine() -> str:
    """Return a name of this machine that tells nobody which one it is."""
    told = platform.node(), platform.machine(), os.cpu_count()
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]


def _path(run: Run) -> Path | None:
    try:
        return run_folder(run.id) / FILE
    except UserError:
        return None
