"""`headline-lab run`: train, score and record, as the train page does."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.cli.arguments import (
    chosen_pooling,
    names,
    takes_encoder,
    takes_file,
    takes_second_file,
    takes_seed,
)
from core.cli.command import Command
from core.cli.data import read_dataset
from core.cli.shell import _, progress, tell, warnings_of
from core.data.dataset import Dataset
from core.data.library import save_dataset
from core.errors import UserError
from core.locale import N_

if TYPE_CHECKING:
    from core.train.run import Run
    from core.train.settings import TrainSettings

_SETTINGS = (
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


def _run(options: argparse.Namespace) -> dict[str, Any]:
    from core.compare.mlflow_mirror import mirror_if_asked
    from core.embed import embed
    from core.train.leakage import staircase_rows
    from core.train.recording import train_and_record

    start = time.perf_counter()
    sources, data = read_dataset(options)
    read = time.perf_counter() - start
    settings = _settings(options, data)
    if options.staircase:
        staircase_rows(data, settings)  # what it lacks is said before the training
    start = time.perf_counter()
    vectors = None
    if settings.reads_headline:
        vectors = embed(data.headlines, settings.encoder, settings.pooling, progress()).vectors
    embedded = time.perf_counter() - start
    save_dataset(data, sources)
    made = train_and_record(data, vectors, settings, progress(), open_sealed=options.open)
    made = replace(made, seconds={"read": read, "embed": embedded, **made.seconds})
    for warning in made.warnings:
        tell(warning)
    if refusal := mirror_if_asked([made]):
        tell(refusal)
    return _table(made, data, vectors, options)


def _settings(options: argparse.Namespace, data: Dataset) -> TrainSettings:
    from core.train.settings import TABLE, TrainSettings

    table = options.features == TABLE
    return training_settings(
        options,
        data,
        encoder=options.encoder,
        pooling=TrainSettings.pooling if table else chosen_pooling(options),
        seed=options.seed,
        tune_seconds=options.tune,
        models=names(options.models),
        **{} if options.features is None else {"features": options.features},
    )


def training_settings(options: argparse.Namespace, data: Dataset, **given: Any) -> TrainSettings:
    """Return the settings of a training from what `takes_training` has added, and from what is given beside it."""
    from core.evaluate.settings import default_unit
    from core.train.settings import TrainSettings
    from core.train.splits.registry import default_split

    given |= {name: getattr(options, name) for name in _SETTINGS if getattr(options, name) is not None}
    given.setdefault("unit", default_unit(data))
    return TrainSettings(
        task=options.task,
        split=options.split or default_split(data),
        horizon=data.horizon,
        extras=(*names(options.extras), *["classifier"] * bool(options.classifier)),
        classifier=options.classifier,
        **given,
    )


def _table(
    made: Run, data: Dataset, vectors: np.ndarray | None, options: argparse.Namespace
) -> dict[str, Any]:
    from core.evaluate.arms import arms_sentence
    from core.evaluate.ledger import accesses
    from core.evaluate.lift import sentence
    from core.train.run_record import run_table

    table = run_table(made)
    table["looks"] = len(accesses(data.id, made.holdout))
    table["text_lift"] = None
    if made.lift is not None:
        table["text_lift"] = made.lift.told() | {"arm": made.lift.arm, "arms": made.lift.as_dict()["arms"]}
        if options.lift:
            tell(sentence(made.lift))
            if arms := arms_sentence(made.lift.metric, dict(made.lift.arms), made.lift.arm):
                tell(arms)
    table["warnings"] = warnings_of(made.warnings)
    if options.staircase:
        table["staircase"] = _staircase(made, data, vectors)
    return table


def _staircase(made: Run, data: Dataset, vectors: np.ndarray | None) -> list[dict[str, Any]] | None:
    """Draw and explain the staircase; None, with the reason said, where the finished run has none."""
    from core.evaluate.leakage_text import sentence
    from core.train.leakage import draw_staircase

    try:
        steps = draw_staircase(made, data, vectors, progress())
    except UserError as error:
        tell(error.message)
        return None
    for step in steps:
        tell(sentence(step))
    return [{key: step.as_dict()[key] for key in ("step", "value", "low", "high")} for step in steps]


def _arguments(parser: argparse.ArgumentParser) -> None:
    from core.train.models.registry import MODELS
    from core.train.settings import FEATURES

    takes_file(parser)
    takes_second_file(parser)
    takes_encoder(parser)
    takes_seed(parser)
    add = parser.add_argument
    add(
        "--features",
        choices=FEATURES,
        help=_(
            "what the models are given: headline and table, or one of them alone; the table needs no encoder"
        ),
    )
    add(
        "--models",
        metavar="A,B",
        help=_("the models to fit, all if not given: {models}", models=", ".join(MODELS)),
    )
    takes_training(parser)
    add("--tune", type=int, default=0, metavar="SECONDS", help=_("time to search for better hyperparameters"))
    add("--open", action="store_true", help=_("open a sealed holdout, once"))
    add("--staircase", action="store_true", help=_("what each safeguard against leakage costs"))
    add("--lift", action="store_true", help=_("say whether the headlines add anything"))


def takes_training(parser: argparse.ArgumentParser) -> None:
    """Add what every training of a grid has in common: the task, the tests, and how the models learn."""
    from core.evaluate.settings import TASKS, UNITS
    from core.train.features.registry import EXTRAS
    from core.train.settings import CALIBRATIONS, CLASS_WEIGHTS, WEIGHTINGS
    from core.train.splits.registry import SPLITS
    from core.train.splits.splitters import WINDOWS

    add = parser.add_argument
    add("--task", choices=TASKS, default="classify", help=_("a class or a return"))
    add("--split", choices=SPLITS, help=_("by time where the file has dates, else by story"))
    add("--folds", type=int, help=_("number of walk-forward folds before the holdout"))
    add(
        "--window",
        choices=WINDOWS,
        help=_("learn from all earlier sessions, or from the same number each time"),
    )
    add("--embargo", type=int, help=_("further sessions left out between training and test"))
    add(
        "--unit",
        choices=UNITS,
        help=_("score headlines, or events (the default with dates): their mean per company and session"),
    )
    add(
        "--weighting",
        choices=WEIGHTINGS,
        help=_("give every event the same weight in training, or every row"),
    )
    add("--components", type=int, help=_("principal components in place of the vector"))
    add("--winsor", type=float, metavar="SHARE", help=_("clip features at this share of each tail"))
    add(
        "--extras",
        metavar="A,B",
        help=_("features made from the headline: {extras}", extras=", ".join(EXTRAS)),
    )
    add(
        "--classifier",
        metavar="ENCODER",
        default="",
        help=_("an encoder tuned here by classify, whose probabilities become features"),
    )
    add("--class-weight", choices=CLASS_WEIGHTS, help=_("give every class the same weight"))
    add("--calibrate", choices=CALIBRATIONS, help=_("calibrate probabilities on later inner sessions"))
    add("--sealed", action="store_true", default=None, help=_("do not score the holdout until it is opened"))


COMMANDS = (Command("run", N_("train and score the models on the file"), _arguments, _run),)
