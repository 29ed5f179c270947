"""A grid from its settings to its cells; one that is stopped goes on where it was."""

from __future__ import annotations

import time

from core.compare.cluster import cluster_address, connected
from core.compare.grid.cells import Failure, Grid, cells_of, working_seconds
from core.compare.grid.making import split_alone
from core.compare.grid.plan import plan_grid
from core.compare.grid.record import DONE, REUSED, Step, Steps
from core.compare.grid.settings import GridSettings
from core.compare.grid.work import Work
from core.data.dataset import Dataset
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.train.recording import admitted
from core.train.run import Run
from core.train.runs import load_run
from core.train.settings import TrainSettings
from core.train.splits.plan import SplitPlan


def run_grid(
    data: Dataset,
    settings: GridSettings,
    report: Report = silent,
    cluster: str = "",
    workers: int | None = None,
) -> Grid:
    """Make the runs of a grid that are not there yet, and return the cells of all.

    The work is done by the workers of a scheduler (`cluster`, else the one of the app's settings), or by `workers` on
    this machine, by default as many as it has room for; with 0 by a thread of this process. A run that fails does not
    stop the others. Raises `UserError` before anything is begun where the table cannot be split or learned from, a row
    that would be scored is sealed or the cluster cannot be used, and later where the cluster is lost; `report` may raise
    `Cancelled`. What was finished before is saved, and the same grid goes on from there.
    """
    start = time.perf_counter()
    address = cluster_address(cluster)
    report(0.0, N_("Planning the grid"))
    plan = plan_grid(data, settings)
    splits = {each: _admitted(data, each) for each in dict.fromkeys(map(split_alone, plan.new))}
    reused = tuple(run.id for run in plan.known.values())
    steps = Steps(
        settings,
        data.id,
        [_known(plan.known[each]) if each in plan.known else Step(each) for each in settings.runs()],
    )
    if plan.new:
        report(0.0, N_("Starting the workers"))
        with connected(address, workers) as client:
            Work(plan, splits, steps, client, report).go()
    grid = _found(steps, reused, time.perf_counter() - start)
    if not grid.cells:
        raise UserError(grid.failures[0].reason.template, **grid.failures[0].reason.params)
    report(1.0, N_("The grid is done"))
    return grid


def _known(run: Run) -> Step:
    return Step(run.settings, REUSED, run.id, seconds=working_seconds(run))


def _admitted(data: Dataset, settings: TrainSettings) -> SplitPlan:
    plan = admitted(data, settings)
    plan.require_learnable()
    return plan


def _found(steps: Steps, reused: tuple[str, ...], seconds: float) -> Grid:
    runs = [(step, load_run(step.run)) for step in steps.all if step.state in (DONE, REUSED)]
    return Grid(
        steps.id,
        tuple(cell for _step, run in runs for cell in cells_of(run)),
        tuple(step.run for step, _run in runs if step.state == DONE),
        reused,
        tuple(Failure(step.settings, step.reason) for step in steps.all if step.reason is not None),
        seconds,
    )
