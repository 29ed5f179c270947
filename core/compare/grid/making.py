"""One run of a grid in the making, and what has become of a task."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from core.compare.grid.plan import TABLE_SHARE
from core.errors import Message, UserError
from core.locale import N_
from core.train.fold_results import cost, numbered
from core.train.settings import TABLE, TrainSettings
from core.train.splits.plan import SplitPlan

log = logging.getLogger(__name__)

SECONDS_PER_COST = 0.004  # of a split, see `core.train.fold_results.cost`
SECONDS_TO_ASSEMBLE = 2.0
LOST = N_("The cluster was lost. What was finished is saved: start the grid again to go on.")


def split_alone(settings: TrainSettings) -> TrainSettings:
    """Return settings that are the same for all runs with the same splits."""
    return replace(settings, features=TABLE)


class Task(Protocol):
    """A task that was handed out, as Dask's `Future` stands for it."""

    @property
    def key(self) -> Any:
        """What names the task."""

    @property
    def status(self) -> str:
        """Whether it is "pending", "finished", in "error", "cancelled" or "lost"."""

    def done(self) -> bool:
        """Whether it has ended, however that was."""

    def result(self) -> Any:
        """Return what it returned, or raise what it raised."""

    def exception(self) -> BaseException | None:
        """Return what it raised, None where it raised nothing."""


@dataclass
class Making:
    """A run in the making: the futures of its splits and of the whole, and how far each task is (0 to 1)."""

    settings: TrainSettings
    plan: SplitPlan
    size: float
    folds: list[Task] = field(default_factory=list)
    whole: Task | None = None


def making(settings: TrainSettings, plan: SplitPlan) -> Making:
    """Return a run to be made, of which nothing is begun."""
    costs = sum(cost(split, not number) for number, split in numbered(plan.walk, plan.holdout))
    share = TABLE_SHARE if settings.features == TABLE else 1.0
    return Making(settings, plan, SECONDS_PER_COST * share * costs + SECONDS_TO_ASSEMBLE)


def fault_of(future: Task) -> Message | None:
    """Return why a task that has ended failed, None where it did not; raises `UserError` where the cluster is lost."""
    from distributed import KilledWorker

    if future.status == "finished":
        return None
    if future.status != "error":
        raise UserError(LOST)
    error = future.exception()
    if isinstance(error, UserError):
        return error.message
    log.error("a task of the grid failed: %r", error, exc_info=error)
    if isinstance(error, KilledWorker):
        return Message(
            N_(
                "Every worker that took up a part of this run was lost, perhaps for lack of memory. Start the grid again "
                "with fewer workers, or on machines with more memory."
            )
        )
    template = N_("Something unexpected went wrong: {error}. The details are in the server's log.")
    return Message(template, {"error": repr(error)[:500]})
