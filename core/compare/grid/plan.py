"""What a grid has to do, and what that costs, before anything is begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from core.compare.grid.settings import GridSettings
from core.data.dataset import Dataset
from core.embed.elsewhere import count_missing
from core.errors import Message, UserError
from core.locale import N_
from core.pace import Paces
from core.settings import settings as app_settings
from core.train.run import Run
from core.train.runs import list_runs
from core.train.settings import ALL, TABLE, TrainSettings

EMBEDDED_PER_SECOND = 60  # headlines, where nothing is known: the bundled encoder on two cores
TABLE_SHARE = 0.4  # of a run's seconds that one of the table alone takes, where none was made yet


@dataclass(frozen=True)
class Cost:
    """What a grid costs: how many runs, headlines to embed by encoder, and tests of the holdout (looks).

    `seconds` is how long it takes on this machine, None where no run tells it yet.
    """

    runs: int
    headlines: dict[str, int]
    tests: int
    seconds: float | None

    @property
    def sentence(self) -> Message:
        """The costs in words."""
        if not self.runs:
            return Message(N_("Every run of this grid is there already: nothing has to be made."))
        params = {"runs": self.runs, "headlines": sum(self.headlines.values()), "tests": self.tests}
        if self.seconds is None:
            return Message(
                N_(
                    "New runs: {runs:,} · headlines to embed: {headlines:,} · tests of these rows: {tests:,}. How long it "
                    "takes is not known before the first run."
                ),
                params,
            )
        return Message(
            N_(
                "New runs: {runs:,} · headlines to embed: {headlines:,} · tests of these rows: {tests:,}. It takes about "
                "{minutes:,} min on this machine."
            ),
            params | {"minutes": max(1, round(self.seconds / 60))},
        )


@dataclass(frozen=True, eq=False)
class GridPlan:
    """The runs of a grid on a dataset; `known` are those that there are already, by their settings."""

    data: Dataset
    settings: GridSettings
    known: dict[TrainSettings, Run] = field(default_factory=dict)

    @property
    def new(self) -> tuple[TrainSettings, ...]:
        """The settings of the runs that have to be made."""
        return tuple(each for each in self.settings.runs() if each not in self.known)

    def tests_of(self, settings: TrainSettings) -> int:
        """Return how many tests a run is likely to be: its models, their mean, and the fusion where there is one."""
        models = len(settings.models)
        table = bool(self.data.roles.numeric) or (settings.use_press and bool(self.data.roles.press))
        return models + (models > 1) + (settings.features == ALL and table)

    @cached_property
    def headlines(self) -> dict[str, int]:
        """How many headlines the store lacks, by encoder; one that is not known here counts all of them."""
        found = {}
        for encoder in dict.fromkeys(each.encoder for each in self.new if each.reads_headline):
            try:
                found[encoder] = count_missing(self.data.headlines, encoder, self.settings.poolings)
            except UserError:
                found[encoder] = self.data.distinct_headlines
        return found

    @cached_property
    def cost(self) -> Cost:
        """What the grid costs."""
        return Cost(
            len(self.new), self.headlines, sum(self.tests_of(each) for each in self.new), self._seconds()
        )

    def _seconds(self) -> float | None:
        """Estimate the seconds from earlier runs, of this dataset where there are some, and from earlier embeddings."""
        paces = Paces(app_settings().home / "jobs" / "paces")
        total = 0.0
        for encoder, number in self.headlines.items():
            curves = paces.curves(f"embed-{encoder}")
            speed = [curve.size / curve.whole for curve in curves if curve.size] or [EMBEDDED_PER_SECOND]
            total += number / float(np.median(speed))
        earlier = list_runs(self.data.id)
        curves = paces.curves("train")
        of_others = [curve.whole / curve.size for curve in curves if curve.size]
        for each in self.new:
            taken = _seconds_of(each, earlier)
            if taken is None and not of_others:
                return None
            share = TABLE_SHARE if each.features == TABLE else 1.0
            size = len(self.data) * (each.folds + 1)
            total += share * float(np.median(of_others)) * size if taken is None else taken
        return total


def plan_grid(data: Dataset, settings: GridSettings) -> GridPlan:
    """Return what a grid has to do: a run with the same settings of the same dataset is not made again."""
    wanted = set(settings.runs())
    known = {run.settings: run for run in reversed(list_runs(data.id)) if run.settings in wanted}
    return GridPlan(data, settings, known)


def _seconds_of(settings: TrainSettings, earlier: Sequence[Run]) -> float | None:
    """Return the seconds of an earlier run per split, times the splits; of one with the same features if there is."""
    same = [run for run in earlier if run.settings.features == settings.features]
    shares = [
        TABLE_SHARE if settings.features == TABLE and run.settings.features != TABLE else 1.0
        for run in same or earlier
    ]
    taken = [
        share
        * sum(run.seconds.get(stage, 0.0) for stage in ("split", "prepare", "fit", "score"))
        / (run.settings.folds + 1)
        for share, run in zip(shares, same or earlier, strict=True)
    ]
    return float(np.median(taken)) * (settings.folds + 1) if taken else None
