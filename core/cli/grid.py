"""`headline-lab grid`: encoders, poolings, feature sets, models and seeds, each with each, on one machine or many."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

from core.cli.arguments import names, takes_file, takes_second_file
from core.cli.command import Command
from core.cli.data import read_dataset
from core.cli.shell import _, progress, tell, translated
from core.cli.train import takes_training, training_settings
from core.data.dataset import Dataset
from core.data.library import save_dataset
from core.errors import Message, UserError
from core.locale import N_

if TYPE_CHECKING:
    from core.compare.candidate import Candidate
    from core.compare.grid import Cell, Grid, GridSettings


def _grid(options: argparse.Namespace) -> dict[str, Any]:
    from core.compare.grid import plan_grid, run_grid
    from core.compare.mlflow_mirror import mirror_if_asked
    from core.train.runs import load_run

    start = time.perf_counter()
    sources, data = read_dataset(options)
    settings = _settings(options, data)
    save_dataset(data, sources)
    tell(plan_grid(data, settings).cost.sentence)
    grid = run_grid(data, settings, progress(), options.cluster, options.workers)
    for failure in grid.failures:
        tell(
            Message(
                N_("Not done: {encoder} {pooling}, features {features}, seed {seed}. {reason}"),
                {name: getattr(failure.settings, name) for name in ("encoder", "pooling", "features", "seed")}
                | {"reason": failure.reason},
            )
        )
    if refusal := mirror_if_asked(map(load_run, grid.made)):
        tell(refusal)
    return _table(data, grid) | {"seconds": time.perf_counter() - start}


def _settings(options: argparse.Namespace, data: Dataset) -> GridSettings:
    from core.compare.grid import GridSettings

    try:
        seeds = tuple(int(seed) for seed in names(options.seeds))
    except ValueError as error:
        raise UserError(
            N_("The seeds are {seeds}; give whole numbers, separated by commas."), seeds=options.seeds
        ) from error
    return GridSettings(
        training_settings(options, data),
        names(options.encoders),
        names(options.poolings),
        names(options.features),
        names(options.models),
        seeds,
    )


def _table(data: Dataset, grid: Grid) -> dict[str, Any]:
    from core.compare.leaderboard import leaderboard
    from core.compare.recommendation import recommend
    from core.train.runs import load_run

    cells = [_cell(cell) for cell in grid.cells]
    table = {"cells": cells, "best": None, "cheapest_equal": None, "recommendation": ""}
    try:
        found = recommend(
            leaderboard(data, [load_run(run) for run in dict.fromkeys(cell.run_id for cell in grid.cells)])
        )
    except UserError as error:  # nothing that could be compared
        tell(error.message)
        return table
    return table | {
        "best": _of(found.best, cells),
        "cheapest_equal": _of(found.cheapest_equal, cells),
        "recommendation": " ".join(translated(sentence) for sentence in found.sentences),
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "encoder": cell.encoder,
        "pooling": cell.pooling,
        "features": cell.features,
        "model": cell.model,
        "seed": cell.seed,
        "metric": {"name": cell.metric} | cell.score.as_dict(),
        "text_lift": None if cell.lift is None else cell.lift.told(),
        "seconds": cell.seconds,
        "run_id": cell.run_id,
    }


def _of(candidate: Candidate, cells: list[dict[str, Any]]) -> dict[str, Any] | None:
    wanted = candidate.run.id, candidate.model
    return next((cell for cell in cells if (cell["run_id"], cell["model"]) == wanted), None)


def _arguments(parser: argparse.ArgumentParser) -> None:
    from core.embed.checkpoint.bundled import NAME
    from core.embed.pooling import MEAN, POOLINGS
    from core.train.models.registry import MODELS
    from core.train.settings import ALL, FEATURES

    takes_file(parser)
    takes_second_file(parser)
    takes_training(parser)
    add = parser.add_argument
    add("--encoders", default=NAME, metavar="A,B", help=_("encoders of the catalog or local folders"))
    for flag, default, known in (
        ("--poolings", MEAN, POOLINGS),
        ("--features", ALL, FEATURES),
        ("--models", ",".join(MODELS), MODELS),
    ):
        add(flag, default=default, metavar="A,B", help=_("of these: {known}", known=", ".join(known)))
    add("--seeds", default="0", metavar="A,B", help=_("the same seed gives the same run"))
    add(
        "--cluster",
        default="",
        metavar="tcp://HOST:PORT",
        help=_("a Dask scheduler whose workers do the work; HEADLINE_LAB_CLUSTER if not given"),
    )
    add(
        "--workers",
        type=int,
        metavar="N",
        help=_("workers on this machine, where no cluster is given; 0 does all in this process"),
    )


COMMANDS = (
    Command(
        "grid",
        N_("compare encoders, poolings, feature sets, models and seeds, each with each"),
        _arguments,
        _grid,
    ),
)
