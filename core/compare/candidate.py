"""A candidate: one model of one run, as the leaderboard ranks it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.evaluate.bootstrap import Interval
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import FUSION, MEAN, Predictions
from core.train.models.registry import MODELS
from core.train.run import Run


@dataclass(frozen=True, eq=False)
class Candidate:
    """A model of a run, the mean of its models (`MEAN`), or the table fused with the headline (`FUSION`)."""

    run: Run
    model: str

    @property
    def key(self) -> str:
        """What it is called in addresses, caches and files."""
        return f"{self.run.id}:{self.model}"

    @property
    def score(self) -> Interval:
        """Its score on the run's main metric, with its interval; of the walk-forward where the holdout is sealed."""
        return self.run.scores[self.model][main_metric(self.run.task).name]

    @property
    def predictions(self) -> Predictions:
        """The run's out-of-sample predictions; none of a sealed holdout."""
        return self.run.predictions

    @property
    def values(self) -> np.ndarray:
        """Its own out-of-sample predictions, `(n, classes)` or `(n,)`."""
        return self.run.predictions[self.model]


def candidates(runs: Iterable[Run]) -> tuple[Candidate, ...]:
    """Return what each run offers: its models, their mean where there are several, and the fusion where there is one."""
    found = []
    for run in runs:
        names = [name for name in MODELS if name in run.scores]
        names += [
            name for name in (MEAN, FUSION) if name in run.scores and (len(names) > 1 or name == FUSION)
        ]
        found += [Candidate(run, name) for name in names]
    return tuple(found)
