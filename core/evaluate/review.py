"""A second look at a run's test: what each picture of its trustworthiness and worth shows, from its predictions.

Every function takes a `Run` and its `Dataset`, looks at the ensemble unless another model is named, and returns
what the picture draws, or a `Message` that says why there is nothing to draw.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate import (
    backtest,
    calibration,
    ceiling,
    conformal,
    information_coefficient,
    slices,
    threshold_costs,
)
from core.evaluate.bootstrap import Interval, blocks, count_blocks, intervals, share_interval
from core.evaluate.events import event_weights
from core.evaluate.metrics import MAIN_METRIC, bins_for, metric_named
from core.evaluate.reviewed import Book, Calibration, Calls, Headroom, Kept, Sliced
from core.evaluate.scoring import Scored
from core.locale import N_
from core.train.fold_results import HOLDOUT
from core.train.models.combinations import MEAN
from core.train.run import Run
from core.train.splits.outcome import known_outcome
from core.train.splits.split import make_split

UNDATED = N_("The table has no date, so nothing can be told session by session.")
RANKED_SHARE = 0.5  # of the sessions must have enough companies to rank
OF_THE_HEADLINE = ("encoder_linear", "tfidf_linear")


def tested(run: Run, dataset: Dataset) -> Scored:
    """Return what happened in the test beside what every model predicted, in the run's unit.

    Predictions of several folds' models are not on one scale; see `one_scale`.
    """
    return _scored(run, dataset, list(run.scores), run.predictions)


def walked(run: Run, dataset: Dataset) -> int:
    """Return how many headlines or events the folds of the walk forward test."""
    table = run.all_predictions
    return len(_tested(run, dataset, MEAN, table[_fold(table) != HOLDOUT]).y)


def calibration_curve(run: Run, dataset: Dataset, model: str = MEAN) -> Calibration | Message:
    """Return how probabilities compare with what came true: of the last of two classes, else of the most probable."""
    if not run.classes:
        return Message(N_("Only probabilities can be calibrated; this run predicts returns."))
    test = _tested(run, dataset, model)
    p, two = test.predictions[model], len(run.classes) == 2
    sure, came = (p[:, 1], test.y == 1) if two else (p.max(axis=1), p.argmax(axis=1) == test.y)
    seed, ece = run.settings.seed, run.scores.get(model, {}).get("ece")
    return Calibration(
        tuple(calibration.reliability(came, sure, test.block, seed, bins=bins_for(len(came)))),
        ece or intervals(test.y, p, test.block, [metric_named("ece")], seed)["ece"],
        run.classes[1] if two else "",
        float(sure.mean()),
        float(came.mean()),
        len(came),
        count_blocks(test.block),
        test.unit,
    )


def cost_of_calls(
    run: Run, dataset: Dataset, false_alarm: float = 1.0, miss: float = 1.0, model: str = MEAN
) -> threshold_costs.CostCurve | Message:
    """Return the mean cost at each threshold; raises `UserError` for a cost that is none."""
    if len(run.classes) != 2:
        return _NOT_TWO
    test = _tested(run, dataset, model)
    return threshold_costs.cost_curve(test.y, test.predictions[model], false_alarm, miss)


def calls_at(run: Run, dataset: Dataset, threshold: float, model: str = MEAN) -> Calls | Message:
    """Return what is called at a threshold of the second class's probability, with its precision and recall."""
    if len(run.classes) != 2:
        return _NOT_TWO
    test = _tested(run, dataset, model)
    p = test.predictions[model]
    (quiet, false), (missed, hits) = threshold_costs.confusion_at(test.y, p, threshold).astype(int).tolist()
    called, came = p[:, 1] >= threshold, test.y == 1
    both = called & came
    seed = run.settings.seed
    precision, recall = (_share(both[rows], test.block[rows], seed) for rows in (called, came))
    return Calls(hits, false, missed, quiet, precision, recall)


def book(run: Run, dataset: Dataset, cost_bp: float = 10.0, model: str = MEAN) -> Book | Message:
    """Return what following the predictions would have made; raises `UserError` for a cost below 0.

    Companies are ranked against each other where at least half of the sessions have enough of them with
    different predictions, else each is followed by the sign of its prediction.
    """
    table = _dated(run)
    if isinstance(table, Message):
        return table
    sessions = table["session"].to_numpy()
    p, actual = run.test_predictions(model, table), table["actual"].to_numpy(float)
    companies = dataset.frame["company"].iloc[table["position"]].fillna("").to_numpy(str)
    event = pd.DataFrame({"session": sessions, "company": companies, "p": p}).groupby(["session", "company"])
    different = event["p"].mean().groupby("session").nunique()
    ranked = (different >= backtest.FEWEST_TO_RANK).mean() >= RANKED_SHARE
    rule, horizon = backtest.FIFTHS if ranked else backtest.SIGN, run.settings.horizon
    return Book(
        backtest.portfolio(actual, p, sessions, companies, cost_bp, rule, horizon),
        backtest.portfolio(actual, np.ones_like(p), sessions, companies, cost_bp, backtest.SIGN, horizon),
        len(np.unique(companies)),
    )


def session_scores(
    run: Run, dataset: Dataset, model: str = MEAN
) -> information_coefficient.BySession | Message:
    """Return rank IC and spread by session, over events whatever the run's unit."""
    table = _dated(run)
    if isinstance(table, Message):
        return table
    test = _tested(run, dataset, model, table, unit="event")
    p = one_scale(test.predictions[model], test.fold)
    return information_coefficient.by_session(
        test.y, p, test.session, run.settings.seed, run.settings.horizon
    )


def kept_promise(
    run: Run, dataset: Dataset, level: float = conformal.LEVEL, model: str = MEAN
) -> Kept | Message:
    """Return what intervals made from the errors of the walk forward really held in the holdout."""
    if run.settings.sealed:
        return Message(N_("The holdout is sealed, so what intervals would hold there is not measured."))
    if not run.settings.folds:
        return Message(
            N_(
                "Intervals are made from errors on sessions that the models had not learned from, and this run has "
                "none before the test: train with walk-forward folds."
            )
        )
    table = _dated(run, run.all_predictions)
    if isinstance(table, Message):
        return table
    test = _tested(run, dataset, model, table)
    p, walked = test.predictions[model], test.fold != HOLDOUT
    fitted = conformal.Conformal.fit(test.y[walked], p[walked], test.block[walked])
    half = fitted.half_width(level)
    held = ~walked
    y, p, session, seed = test.y[held], p[held], test.session[held], run.settings.seed
    coverage = conformal.coverage_by_month(y, p, half, session, seed, level)
    sentence = conformal.sentence(fitted, coverage)
    if not math.isfinite(half):
        return Kept(half, level, fitted.sessions, tuple(coverage), (), sentence)
    number = np.unique(session, return_inverse=True)[1]
    halves = conformal.adaptive_half_widths(fitted, y, p, number, level, run.settings.horizon)
    adaptive = conformal.coverage_by_month(y, p, halves, session, seed, level)
    return Kept(half, level, fitted.sessions, tuple(coverage), tuple(adaptive), sentence)


def by_slice(run: Run, dataset: Dataset, model: str = MEAN) -> Sliced | Message:
    """Return the main metric by outlet, company, month and length, of headlines.

    Where the run scores events, a headline weighs 1 over the number of headlines of its event.
    """
    table = run.predictions
    rows, fold = table["position"].to_numpy(), _fold(table)
    p, y = one_scale(run.test_predictions(model, table), fold), table["actual"].to_numpy(float)
    labels = slices.slice_labels(dataset, rows)
    if not labels:
        return Message(
            N_("The test rows are all of one outlet, company, month and length: there is nothing to compare.")
        )
    weighted = _unit(run, dataset) == "event"
    weights = event_weights(dataset, rows) if weighted else None
    metric, seed, block = metric_named(MAIN_METRIC[run.task]), run.settings.seed, blocks(dataset, rows)
    whole = intervals(y, p, block, [metric], seed, weights=weights)[metric.name]
    found = slices.slices(y, p, block, labels, metric, seed, weights)
    return Sliced(metric.name, whole, tuple(found), len(rows), weighted)


def headroom(run: Run, dataset: Dataset, model: str = MEAN) -> Headroom:
    """Return the noise ceiling of the whole table (a sealed holdout left out) and the scores under it."""
    outcome = known_outcome(dataset, run.settings)
    rows = np.flatnonzero(~np.isnan(outcome))
    if run.settings.sealed:
        rows = make_split(dataset, run.settings, ~np.isnan(outcome)).development
    frame = dataset.frame.iloc[rows]
    day = pd.factorize(frame["session"])[0]
    made = ceiling.noise_ceiling(
        outcome[rows],
        frame["story"].to_numpy(),
        dataset.event[rows],
        day,
        len(run.classes),
        run.settings.seed,
    )
    known = run.scores | run.baselines
    metric = MAIN_METRIC[run.task] if MAIN_METRIC[run.task] in made.best else "accuracy"
    names = [name for name in (model, *OF_THE_HEADLINE) if metric in known.get(name, {})]
    return Headroom(made, metric, {name: known[name][metric] for name in names if made.best})


def counted(run: Run, dataset: Dataset) -> Message:
    """Return the name of what a run's scores count: headlines, or events."""
    return Message(_COUNTED[_unit(run, dataset)])


_COUNTED = {"headline": N_("news headlines"), "event": N_("events (a company's session)")}
_NOT_TWO = Message(N_("A threshold is for two classes; this run does not have two."))


def _unit(run: Run, dataset: Dataset) -> str:
    return run.settings.unit if dataset.has_sessions else "headline"


def _tested(
    run: Run, dataset: Dataset, model: str, table: pd.DataFrame | None = None, unit: str | None = None
) -> Scored:
    """Return one model's predictions of the test (or of a table of them) in the run's unit or another."""
    return _scored(run, dataset, [model], run.predictions if table is None else table, unit)


def _scored(
    run: Run, dataset: Dataset, models: Sequence[str], table: pd.DataFrame, unit: str | None = None
) -> Scored:
    settings = run.settings if unit is None else replace(run.settings, unit=unit)
    predictions = {model: run.test_predictions(model, table) for model in models}
    rows = table["position"].to_numpy()
    return Scored.of(dataset, rows, dataset.outcome(run.task), predictions, settings, _fold(table))


def _fold(table: pd.DataFrame) -> np.ndarray:
    return table["fold"].to_numpy() if "fold" in table else np.zeros(len(table), int)


def _dated(run: Run, table: pd.DataFrame | None = None) -> pd.DataFrame | Message:
    """Return the rows whose session is known, or say why there are none; for returns alone."""
    if run.classes:
        return Message(N_("This is told of returns only; this run predicts classes."))
    table = run.predictions if table is None else table
    table = table[table["session"].notna()]
    return table if len(table) else Message(UNDATED)


def _share(held: np.ndarray, block_ids: np.ndarray, seed: int) -> Interval:
    return share_interval(held, block_ids, seed) if len(held) else Interval(math.nan, math.nan, math.nan)


def one_scale(p: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Turn predictions of several folds' models into ranks within their fold, which order metrics can pool."""
    from scipy.stats import rankdata

    folds = [fold == number for number in np.unique(fold)]
    if len(folds) < 2:
        return p
    ranks = np.empty(p.shape)
    for rows in folds:
        ranks[rows] = rankdata(p[rows], axis=0) / rows.sum()
    return ranks
