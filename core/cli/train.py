"""The `run` command: train, score and record, as the train page does."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from core.cli.shell import chosen_pooling, progress
from core.data.dataset import Dataset
from core.data.library import Source, save_dataset
from core.errors import UserError
from core.locale import shell_language, translate_message
from core.train.settings import TrainSettings
from core.train.splits.registry import default_split

CHOICES = (
    "folds",
    "window",
    "embargo",
    "sealed",
    "unit",
    "weighting",
    "components",
    "winsor",
    "class_weight",
    "calibrate",
)


def run(options: argparse.Namespace, sources: Sequence[Source], data: Dataset, read: float) -> dict[str, Any]:
    """Train on a dataset that took `read` seconds to make; return what `--json` prints."""
    from core.embed import embed
    from core.train.leakage import require_staircase
    from core.train.recording import train_and_record

    pooling = chosen_pooling(options)
    settings = _settings(options, data, pooling)
    if options.staircase:
        require_staircase(data, settings)  # what it lacks is said before the training
    start = time.perf_counter()
    vectors = embed(data.headlines, options.encoder, pooling, progress()).vectors
    embedded = time.perf_counter() - start
    save_dataset(data, sources)
    made = train_and_record(data, vectors, settings, progress(), open_sealed=options.open)
    made = replace(made, seconds={"read": read, "embed": embedded, **made.seconds})
    for warning in made.warnings:
        _tell(warning)
    return _table(made, data, vectors, options)


def _settings(options: argparse.Namespace, data: Dataset, pooling: str) -> TrainSettings:
    given = {name: getattr(options, name) for name in CHOICES if getattr(options, name) is not None}
    extras = tuple(name.strip() for name in (options.extras or "").split(",") if name.strip())
    horizon = data.plan.target.horizon if data.plan else 1
    return TrainSettings(
        task=options.task,
        split=options.split or default_split(data),
        horizon=horizon,
        encoder=options.encoder,
        pooling=pooling,
        seed=options.seed,
        extras=extras,
        tune_seconds=options.tune,
        **given,
    )


def _table(made: Any, data: Dataset, vectors: np.ndarray, options: argparse.Namespace) -> dict[str, Any]:
    from core.evaluate.ledger import accesses
    from core.evaluate.lift import sentence
    from core.train.run_record import run_table

    table = run_table(made)
    table["looks"] = len(accesses(data.id, made.holdout))
    table["text_lift"] = None
    if made.lift is not None:
        plain = made.lift.as_dict()
        table["text_lift"] = {key: plain[key] for key in ("metric", "value", "low", "high", "verdict")}
        if options.lift:
            _tell(sentence(made.lift))
    if options.staircase:
        table["staircase"] = _staircase(made, data, vectors)
    return table


def _staircase(made: Any, data: Dataset, vectors: np.ndarray) -> list[dict[str, Any]] | None:
    """Draw and explain the staircase; None, with the reason said, where the finished run has none."""
    from core.evaluate.leakage import sentence
    from core.train.leakage import draw_staircase

    try:
        steps = draw_staircase(made, data, vectors, progress())
    except UserError as error:
        _tell(error.message)
        return None
    for step in steps:
        _tell(sentence(step))
    return [{key: step.as_dict()[key] for key in ("step", "value", "low", "high")} for step in steps]


def _tell(message: Any) -> None:
    print(translate_message(message, shell_language()), file=sys.stderr)
