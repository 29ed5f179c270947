"""What a grid has found: a cell for each model of each run, and the runs that failed."""

from __future__ import annotations

from dataclasses import dataclass

from core.compare.candidate import candidates
from core.errors import Message
from core.evaluate.bootstrap import Interval
from core.evaluate.lift import Lift
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import FUSION, MEAN
from core.train.run import Run
from core.train.settings import TrainSettings


@dataclass(frozen=True)
class Cell:
    """One model of one run, or the mean of its models, or the table fused with the headline.

    `encoder` and `pooling` are empty for the table alone. `seconds` are those of the model's last fit, of its
    mean those of all models, of the fusion those of the whole run. `metric` is the run's main one and `score` the
    cell's; `lift` is what the headlines add in this run, None where it has no headlines or no comparison.
    """

    encoder: str
    pooling: str
    features: str
    model: str
    seed: int
    run_id: str
    seconds: float
    metric: str
    score: Interval
    lift: Lift | None = None


@dataclass(frozen=True)
class Failure:
    """A run that could not be made, and why."""

    settings: TrainSettings
    reason: Message


@dataclass(frozen=True)
class Grid:
    """The cells of all runs, those that were there before too, in the order of the settings.

    `made` and `reused` are ids of runs; `seconds` is how long it took this time.
    """

    id: str
    cells: tuple[Cell, ...]
    made: tuple[str, ...] = ()
    reused: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    seconds: float = 0.0


def cells_of(run: Run) -> tuple[Cell, ...]:
    """Return the cells of a run: what the leaderboard ranks of it."""
    settings, metric = run.settings, main_metric(run.task).name
    return tuple(
        Cell(
            settings.encoder,
            settings.pooling if settings.reads_headline else "",
            settings.features,
            candidate.model,
            settings.seed,
            run.id,
            seconds_of(run, candidate.model),
            metric,
            candidate.score,
            run.lift,
        )
        for candidate in candidates([run])
    )


def seconds_of(run: Run, model: str) -> float:
    """Return the seconds of a model's last fit, of a combination those of what it is made of."""
    if model in run.seconds:
        return run.seconds[model]
    if model == MEAN:
        return sum(run.seconds.get(name, 0.0) for name in run.settings.models)
    return run.seconds.get("fit", 0.0) if model == FUSION else 0.0


def working_seconds(run: Run) -> float:
    """Return how long all stages of a run took; where its splits were fitted at the same time, all together."""
    return sum(run.seconds.get(stage, 0.0) for stage in ("split", "prepare", "fit", "score"))
