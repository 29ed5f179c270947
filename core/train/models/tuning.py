"""The search for better hyperparameters of the models within a given time.

Tree-structured Parzen estimators (Bergstra et al., "Algorithms for hyper-parameter optimization", 2011) propose
parameters; each proposal is scored by the main metric on inner later sessions, one fold after another, and
given up where it falls behind the median of those before it (the median stopping rule: Golovin et al., "Google
Vizier", 2017). The default parameters are the first proposal, so what is found is never worse on these folds.
It is the best of many, though: its score there is too good, and the holdout's is the one to believe.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import count
from typing import Any

import numpy as np

from core.evaluate.metrics import main_metric
from core.jobs import Cancelled, Report, part
from core.locale import N_
from core.train.models.model import Hyperparameter, Model
from core.train.models.parallel import cores, run_together
from core.train.models.registry import chosen, import_libraries
from core.train.models.sample import Fold, Parameters, Sample

RANDOM_TRIALS = 8  # before the sampler learns
UNPRUNED_TRIALS = 4
ALL, TABLE = "all", "table"


@dataclass(frozen=True)
class Tuned:
    """What was found for one model.

    `values` are the hyperparameters that beat the defaults (none where nothing did); `score` is the best main metric on
    the inner folds and `default` that of the defaults, None where no trial ended in time. `trials` counts
    those that were scored on all folds and `pruned` those that were given up. `arm` says what the model reads:
    "all" columns, or those of the "table".
    """

    model: str
    values: tuple[tuple[str, float], ...] = ()
    score: float | None = None
    default: float | None = None
    trials: int = 0
    pruned: int = 0
    arm: str = ALL

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self) | {"values": dict(self.values)}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Tuned:
        """Make what `as_dict` took apart."""
        return cls(**{**fields, "values": tuple(fields["values"].items())})


def parameters(tuned: Sequence[Tuned], arm: str = ALL) -> dict[str, dict[str, float]]:
    """Return what was found for the models of an arm as `Sample.parameters` takes it."""
    return {found.model: dict(found.values) for found in tuned if found.values and found.arm == arm}


class SearchCancelled(Cancelled):
    """Raised where the user stopped a search; `tuned` is the best of each model so far."""

    def __init__(self, tuned: tuple[Tuned, ...]) -> None:
        super().__init__()
        self.tuned = tuned


def tune(
    sample: Sample,
    seconds: float,
    report: Report,
    clock: Callable[[], float] = time.monotonic,
    begin: Parameters | None = None,
) -> tuple[Tuned, ...]:
    """Search for hyperparameters for so many seconds; the best so far of each model that has any is returned.

    Trials are scored on the sample's folds (its `fit` and `valid` rows where it has none) and go to the model
    that has had the least time, several at once where there is more than one core. What runs when the time is
    over is dropped at its next report. `begin` are parameters to try right after the defaults. Where `report`
    raises `Cancelled`, `SearchCancelled` carries on what was found.
    """
    import_libraries()
    study = Study(sample, _scorable(sample), seconds, clock() + seconds, clock)
    numbers = count(1)
    with _quiet():
        searches = [
            Search(kind, study, number, (begin or {}).get(name))
            for number, (name, kind) in enumerate(chosen(sample).items())
            if kind.entry.hyperparameters
        ]
        lanes = min(cores(), len(searches))
        share = max(1, cores() // max(1, lanes))
        free = threading.Lock()

        def lane(reported: Report) -> None:
            while study.folds and clock() < study.end:
                with free:
                    search = min((s for s in searches if not s.busy), key=lambda s: s.spent)
                    search.busy = True
                    number = next(numbers)
                try:
                    search.step(number, share, reported)
                finally:
                    search.busy = False

        try:
            run_together([lane] * lanes, report, lanes)
        except Cancelled as stop:
            raise SearchCancelled(tuple(search.result() for search in searches)) from stop
        return tuple(search.result() for search in searches)


def tune_arms(
    sample: Sample, headline: np.ndarray, seconds: float, report: Report, begin: Parameters | None = None
) -> tuple[Tuned, ...]:
    """Search for the models of all columns, and as long for those of the table alone.

    Else the headlines would be compared with a table whose models were tuned to read vectors. `headline
    (columns,)` bool are the columns of the headline; where there is but one kind of columns, its models have all the
    time. Otherwise as `tune`.
    """
    if headline.all() or not headline.any():
        return tune(sample, seconds, report, begin=begin)
    half = seconds / 2

    def both_left(fraction: float, template: str, /, **params: Any) -> None:
        report(fraction / 2, template, **(params | {"left": params["left"] + half}))

    found = tune(sample, half, both_left, begin=begin)
    table = replace(sample, X=sample.X[:, ~headline])
    try:
        alone = tune(table, half, part(report, 0.5, 1))
    except SearchCancelled as stop:
        raise SearchCancelled((*found, *(replace(made, arm=TABLE) for made in stop.tuned))) from stop
    return (*found, *(replace(made, arm=TABLE) for made in alone))


class TimeOver(Exception):
    """Raised inside a trial that runs when the time is over."""


@dataclass(frozen=True, eq=False)
class Study:
    """What the searches share: the rows, the folds to score on, and when to end."""

    sample: Sample
    folds: tuple[Fold, ...]
    seconds: float
    end: float
    clock: Callable[[], float]

    def score(self, p: np.ndarray, rows: np.ndarray) -> float:
        """Return the main metric of predictions of the rows at these positions, 0 where it is undefined."""
        metric = main_metric("classify" if self.sample.classes else "regress")
        weight = np.ones(len(rows)) if self.sample.weight is None else self.sample.weight[rows]
        return float(np.nan_to_num(metric.compute(self.sample.y[rows], p, weight[None])[0]))


class Search:
    """The search for one model's parameters; `spent` are its seconds so far."""

    def __init__(
        self, kind: type[Model], study: Study, number: int, begin: Mapping[str, float] | None = None
    ) -> None:
        import optuna

        self.kind, self.study = kind, study
        self.key, self.parameters = kind.entry.key, kind.entry.hyperparameters
        self.spent, self.busy = 0.0, False
        self.space = {parameter.name: _distribution(parameter) for parameter in self.parameters}
        self.trials = optuna.create_study(
            direction="maximize",
            sampler=optuna.samplers.TPESampler(
                seed=study.sample.seed + number, n_startup_trials=RANDOM_TRIALS
            ),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=UNPRUNED_TRIALS),
        )
        defaults = kind.defaults(study.sample)
        self.trials.enqueue_trial(self._within(defaults))
        if begin:
            self.trials.enqueue_trial(self._within({**defaults, **begin}))

    def step(self, number: int, threads: int, report: Report) -> None:
        """Run the trial of this number, which ends early where it falls behind or the time is over."""
        from optuna.trial import TrialState

        start = self.study.clock()
        trial = self.trials.ask(self.space)

        def reported(fraction: float, template: str, /, **params: object) -> None:
            left = self.study.end - self.study.clock()
            if left <= 0:
                raise TimeOver
            report(
                1 - left / self.study.seconds,
                N_("Tuning: trial {number:,}, {left:,.0f} s left"),
                number=number,
                left=left,
            )

        try:
            score = self._score(trial, threads, reported)
        except TimeOver:
            self.trials.tell(trial, state=TrialState.FAIL)
        else:
            state = TrialState.PRUNED if score is None else TrialState.COMPLETE
            self.trials.tell(trial, score, state)
        self.spent += self.study.clock() - start

    def result(self) -> Tuned:
        """Return the best so far."""
        from optuna.trial import TrialState

        done = self.trials.get_trials(deepcopy=False)
        scored = [trial for trial in done if trial.state == TrialState.COMPLETE]
        pruned = sum(trial.state == TrialState.PRUNED for trial in done)
        if not scored:
            return Tuned(self.key)
        best = max(scored, key=lambda trial: (trial.value, -trial.number))
        return Tuned(
            self.key,
            tuple(best.params.items()) if best.number else (),  # the first are the defaults
            best.value,
            scored[0].value,
            len(scored),
            pruned,
        )

    def _score(self, trial: Any, threads: int, report: Report) -> float | None:
        """Return the mean score over the folds, None where the trial is given up on the way."""
        scores: list[float] = []
        chosen = {self.key: trial.params} if trial.number else {}
        for number, fold in enumerate(self.study.folds):
            rows = np.sort(np.concatenate(fold))
            sample = replace(self.study.sample.take(rows, fold), parameters=chosen, threads=threads)
            scores.append(self.study.score(self.kind.trial(sample, report), rows[sample.valid]))
            trial.report(float(np.mean(scores)), number)
            if number + 1 < len(self.study.folds) and trial.should_prune():
                return None
        return float(np.mean(scores))

    def _within(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return the values of the hyperparameters, brought into their ranges."""
        return {p.name: min(max(values[p.name], p.low), p.high) for p in self.parameters}


def _scorable(sample: Sample) -> tuple[Fold, ...]:
    """Return the folds on which the main metric is defined: every class, or returns that differ."""
    least = max(sample.classes, 2)
    return tuple(
        (fit, valid)
        for fit, valid in sample.folds or ((sample.fit, sample.valid),)
        if min(len(np.unique(sample.y[fit])), len(np.unique(sample.y[valid]))) >= least
    )


def _distribution(parameter: Hyperparameter) -> Any:
    from optuna.distributions import FloatDistribution, IntDistribution

    low, high, log = parameter.low, parameter.high, parameter.log
    if parameter.whole:
        return IntDistribution(int(low), int(high), log=log)
    return FloatDistribution(low, high, log=log)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's account of every trial out of the log."""
    from optuna import logging

    before = logging.get_verbosity()
    logging.set_verbosity(logging.WARNING)
    try:
        yield
    finally:
        logging.set_verbosity(before)
