"""The probability of backtest overfitting where no model is better than another, and where one is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.evaluate.overfitting import HOLDS, LOTS, Overfitting, overfitting
from core.evaluate.predictions import Predictions
from core.evaluate.settings import EvaluateSettings
from tests.makers.train_tables import make_dataset
from tests.simulations.row import Row, percent


@dataclass(frozen=True)
class Choices:
    """Over so many tables: in which share there is no answer; of the others the mean probability, and in which
    shares the choice is said to hold, and to be drawn by lot.
    """

    tables: int
    silent: float
    mean: float
    holds: float
    lots: float


def one_table(seed: int, edge: float, sessions: int = 120, models: int = 8) -> Overfitting | None:
    """Return the probability for a table of 120 sessions of five events, and models that predict its returns.

    A return is the session's shock and as much of its own. Each model is noise, half of it common to all models
    and a part of that the session's; the first also says `edge` of the return (in standard deviations).
    """
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(sessions), 5)
    y = (rng.normal(size=sessions)[day] + rng.normal(size=len(day))) / np.sqrt(2)
    common = rng.normal(size=sessions)[day] + rng.normal(size=len(day))
    made = {f"model {k}": common + np.sqrt(2) * rng.normal(size=len(day)) for k in range(models)}
    made["model 0"] += 2 * edge * y
    dataset = make_dataset(0.01 * y, day)
    fold = 1 + day * 4 // sessions
    predictions = Predictions.of(dataset, np.arange(len(day)), fold, 0.01 * y, made)
    found = overfitting(predictions, dataset, EvaluateSettings("regress"))
    return found if isinstance(found, Overfitting) else None


def choices(edge: float, tables: int = 100, first_seed: int = 0) -> Choices:
    """Return what is said of as many tables; with `edge` 0 no model is better than another.

    Tables whose outcomes hang together for too long by chance get no answer and count as such.
    """
    made = [one_table(seed, edge) for seed in range(first_seed, first_seed + tables)]
    found = np.array([each.probability for each in made if each is not None])
    return Choices(
        tables,
        1 - len(found) / tables,
        float(found.mean()),
        float((found <= HOLDS).mean()),
        float((found >= LOTS).mean()),
    )


def _said(edge: float) -> str:
    found = choices(edge)
    return f"mean {found.mean:.2f}, said to last in {percent(found.holds)}, no better than lots in {percent(found.lots)}, no answer in {percent(found.silent)}"


ROWS = (
    Row(
        "eight models of which none is better, 120 sessions",
        'overfitting near 0.5, at most 5% "stays good"',
        "100 tables, seeds 0–99",
        lambda: _said(0.0),
    ),
    Row(
        "eight models of which one also says 0.3 of the return",
        '"stays good" in most',
        "100 tables, seeds 0–99",
        lambda: _said(0.3),
    ),
)
