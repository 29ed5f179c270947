"""Whether a group of columns helps the predictions: what the score loses when whole sessions swap its values.

Permutation importance (Breiman, "Random forests", 2001; Fisher, Rudin & Dominici, "All models are wrong, but many are
useful", 2019) by sessions: the rows of one session share its market and often the very values of a feature, so single
rows swapped would mostly meet their like from another day, and a session's rows would no longer hang together. The
interval is that of the paired difference over blocks of sessions (`core.evaluate.bootstrap`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate.blocks import block_numbers
from core.evaluate.bootstrap import Interval, bounds, draws
from core.evaluate.events import EXACT
from core.evaluate.metrics import Metric, main_metric
from core.evaluate.predictions import MEAN
from core.evaluate.scoring import Scored
from core.evaluate.verdict import Evidence
from core.explain.contributions import Contributions
from core.jobs import Report, silent
from core.locale import N_
from core.train.features.inputs import Inputs
from core.train.features.registry import headline_groups
from core.train.features.vector import HEADLINE
from core.train.run import Run

REPEATS = 10
FEWEST_REPEATS = 3
PREDICTIONS = 200_000  # rows predicted at most, beyond which there are fewer repeats
RESAMPLES = 500


@dataclass(frozen=True, eq=False)
class Permuted:
    """The drop of the ensemble's main `metric` on the holdout where sessions swap the values of each of `groups`.

    `score` is the metric as it is; `drops` are positive where the group helps, each with its 95% interval over what
    `evidence` says, NaN with fewer than six blocks. The headline is one group, vector and text together. `rows` are
    those of the holdout, `repeats` how often each group was swapped.
    """

    metric: str
    score: float
    groups: tuple[str, ...]
    drops: tuple[Interval, ...]
    evidence: Evidence
    rows: int
    repeats: int

    @property
    def unproven(self) -> tuple[str, ...]:
        """The groups whose interval is known and does not lie above 0."""
        return tuple(group for group in self.groups if self.helps(group) is False)

    def helps(self, group: str) -> bool | None:
        """Say whether the interval of a group's drop lies above 0; None where it has none."""
        drop = self.drops[self.groups.index(group)]
        return None if math.isnan(drop.low) else drop.low > 0


def permutation_importance(
    run: Run,
    dataset: Dataset,
    vectors: np.ndarray | None,
    repeats: int = REPEATS,
    seed: int = 0,
    report: Report = silent,
) -> Permuted:
    """Return what each group of columns is worth on the opened holdout, the rows that no model has learned from.

    `vectors (rows, dim)` are those of the whole dataset. Raises `UserError` where the holdout is sealed or there is
    none, or where its rows lie in one session, and `ValueError` where the run is of another dataset.
    """
    if dataset.id != run.dataset_id:
        raise ValueError(f"run {run.id} was trained on dataset {run.dataset_id}, not on {dataset.id}")
    holdout = run.predictions.holdout
    if run.settings.sealed or not len(holdout):
        raise UserError(
            N_(
                "Whether a group helps is measured on rows that the models have not learned from: those of the holdout, "
                "once it is opened."
            )
        )
    rows = holdout.positions(dataset)
    session = block_numbers(dataset, rows)
    if len(np.unique(session)) < 2:
        raise UserError(
            N_("All rows of the holdout lie in one session, so no session can swap its values with another.")
        )
    X = run.preparation.matrix(Inputs.of(dataset, vectors, run.settings.use_press).take(rows))
    groups = _groups(run)
    repeats = min(repeats, max(FEWEST_REPEATS, PREDICTIONS // (len(rows) * max(len(groups), 1))))
    rng = np.random.default_rng(seed)
    donors = [swapped(session, rng) for _ in range(repeats)]  # the same for all groups
    metric = main_metric(run.task)
    unswapped = _predicted(run, X)
    scored = _scored(run, dataset, {MEAN: unswapped})
    drops = []
    for number, columns in enumerate(groups.values()):
        report(number / len(groups), N_("Swapping the values of sessions"))
        moved = np.tile(X, (repeats, 1))
        moved[:, columns] = X[np.ix_(np.concatenate(donors), columns)]
        parts = np.split(_predicted(run, moved), repeats)
        made = {MEAN: unswapped} | {f"swapped {repeat}": part for repeat, part in enumerate(parts)}
        drops.append(_drop(_scored(run, dataset, made), metric, seed))
    score = float(metric.compute(scored.y, scored.predictions[MEAN], np.ones((1, len(scored))))[0])
    evidence = Evidence.of(scored.blocks)
    return Permuted(metric.name, score, tuple(groups), tuple(drops), evidence, len(rows), repeats)


def swapped(session: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return which row each row `(n,)` takes its values from: one of the session that its session is given.

    `session (n,)` are numbers. Each session gets one other, all in one random circle, so that none keeps its own; the
    rows of that one are taken in their order, from the first again where there are too few.
    """
    numbers = np.unique(session)
    circle = rng.permutation(numbers)
    places = {number: np.flatnonzero(session == number) for number in numbers}
    donor = np.empty(len(session), int)
    for own, other in zip(circle, np.roll(circle, 1), strict=True):
        donor[places[own]] = np.resize(places[other], len(places[own]))
    return donor


def _groups(run: Run) -> dict[str, np.ndarray]:
    """Return the numbers of each group's columns; those of vector and text together are the headline."""
    prepared = run.preparation
    of_headline = prepared.of_headline
    found = {HEADLINE: np.flatnonzero(of_headline)} if of_headline.any() else {}
    for group in prepared.groups:
        columns = prepared.of_group(group)
        if columns.any() and not (columns & of_headline).any():
            found[group] = np.flatnonzero(columns)
    return found


def _predicted(run: Run, X: np.ndarray) -> np.ndarray:
    """Return the ensemble's predictions as the run scores them: calibrated where it has a calibration."""
    return run.calibrated(run.predict_by_models(X))[MEAN]


def _scored(run: Run, dataset: Dataset, made: dict[str, np.ndarray]) -> Scored:
    """Return these predictions of the holdout in the unit that the run is scored in."""
    return Scored.of(run.predictions.holdout.replace(**made), dataset, run.settings.evaluation, list(made))


def _drop(scored: Scored, metric: Metric, seed: int) -> Interval:
    """Return the score as it is less the mean score of the swapped predictions, with its interval over blocks."""
    other = [p for name, p in scored.predictions.items() if name != MEAN]

    def drop(weights: np.ndarray) -> np.ndarray:
        scores = [metric.compute(scored.y, p, weights) for p in other]
        lost: np.ndarray = metric.compute(scored.y, scored.predictions[MEAN], weights) - np.mean(
            scores, axis=0
        )
        return (lost if metric.higher_is_better else -lost).round(EXACT)  # equal scores differ by 0

    value = float(drop(np.ones((1, len(scored))))[0])
    if not scored.blocks.enough:
        return Interval(value, math.nan, math.nan)
    drawn = np.concatenate([drop(weights) for weights in draws(scored.blocks, seed, RESAMPLES)])
    return Interval(value, *bounds(drawn, scored.blocks.count, scored.blocks.widening))


def sizes(found: Contributions, groups: Sequence[str]) -> np.ndarray:
    """Return the ensemble's mean absolute contribution of these groups, `(groups,)`; all of the headline is one."""
    values = found.values[MEAN]
    of_headline = headline_groups()
    headline = values[:, [group in of_headline for group in found.groups]].sum(axis=1)
    columns = [headline if group == HEADLINE else values[:, found.groups.index(group)] for group in groups]
    return np.array([np.abs(column).mean() for column in columns])
