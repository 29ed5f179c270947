"""Worlds of headlines that return and of headlines that come once: what the noise ceiling says, and what is true."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.headroom import headroom
from core.evaluate.metrics import auc, rank_ic
from core.evaluate.predictions import Predictions
from core.evaluate.settings import EvaluateSettings
from tests.makers.train_tables import make_dataset
from tests.simulations.row import Row, percent

SESSIONS, RETURNING, ONCE = 240, 300, 2400
STRENGTHS = {"alike": (0.5, 0.5), "once tells more": (0.15, 0.95)}


@dataclass(frozen=True)
class Measured:
    """What many tables of one world gave.

    `exceeded` is the share of tables in which the best possible model of the headline scores above the ceiling's
    interval on the rows of headlines that returned, of which the ceiling speaks; `apart` that in which its measured
    score beside the ceiling, on the tested ones among them, lies above it with its whole interval; `denied` that in
    which its score on all rows does, which a ceiling stated of every headline would deny. `returned` and `all_rows`
    are the best model's scores and `ceiling` the ceiling, each a mean over tables.
    """

    exceeded: float
    apart: float
    denied: float
    returned: float
    all_rows: float
    ceiling: float
    repetitions: int


def ceiling_world(world: str, task: str, repetitions: int = 150) -> Measured:
    """Measure the ceiling where headlines that return tell as much as others ("alike"), or much less.

    World: 240 sessions; 300 stories that stand in two events each and 2,400 headlines that came once (a fifth of the
    rows returned). What a headline tells is a normal number of mean 0 and of the strength in `STRENGTHS`, once for
    those that return and once for the others; the rest of the return is noise, so that its variance is 1, and a
    class is its sign. Truth: the score of the headline's own expected return, which no model of the headline alone
    exceeds, on the rows themselves. Seeds 0 to `repetitions` - 1. Level: in at most 5% of the tables is
    the truth above the ceiling's interval.
    """
    metric, score = {"classify": ("auc", auc), "regress": ("rank_ic", rank_ic)}[task]
    settings = EvaluateSettings(task, "headline", 1, 0)
    found = []
    for seed in range(repetitions):
        data, told, returned = _table(world, seed)
        outcome = data.outcome(task)
        p = np.column_stack([-told, told]) if task == "classify" else told
        tested = np.flatnonzero(data.frame["session"] >= data.frame["session"].quantile(0.3))
        classes = data.classes if task == "classify" else ()
        predictions = Predictions.of(
            data, tested, np.zeros(len(tested), int), outcome[tested], {"mean": p[tested]}, classes
        )
        made = headroom(data, outcome, np.arange(len(data)), settings, predictions, ["mean"])
        best, measured = made.ceiling.best[metric], made.scores.get("mean")
        truth, whole = (
            float(score(outcome[rows], p[rows], np.ones((1, rows.sum())))[0])
            for rows in (returned, np.ones(len(data), bool))
        )
        found.append(
            (
                truth > best.high,
                measured is not None and measured.low > best.high,
                whole > best.high,
                truth,
                whole,
                best.value,
            )
        )
    return Measured(*(float(value) for value in np.mean(found, axis=0)), repetitions)


def _table(world: str, seed: int) -> tuple[Dataset, np.ndarray, np.ndarray]:
    """Return a table, what each row's headline tells of its return, and which rows' headline returned, `(n,)` each."""
    rng = np.random.default_rng(seed)
    again, once = STRENGTHS[world]
    told = np.r_[np.repeat(again * rng.normal(size=RETURNING), 2), once * rng.normal(size=ONCE)]
    story = np.r_[np.repeat(np.arange(RETURNING), 2), RETURNING + np.arange(ONCE)]
    returned = story < RETURNING
    noise = np.sqrt(1 - np.where(returned, again, once) ** 2) * rng.normal(size=len(told))
    pairs = np.stack([rng.choice(SESSIONS, 2, replace=False) for _ in range(RETURNING)]).ravel()
    day = np.r_[pairs, rng.integers(0, SESSIONS, ONCE)]
    data = make_dataset(told + noise, day, story=story)
    companies = np.array([f"회사{number}" for number in rng.integers(0, 20, len(told))], object)
    return replace(data, frame=data.frame.assign(company=companies)), told, returned


def _said(world: str) -> str:
    made = {task: ceiling_world(world, task) for task in ("classify", "regress")}
    return "; ".join(
        f"{task}: ceiling exceeded in {percent(found.exceeded)} (mean ceiling {found.ceiling:.3f}, truth {found.returned:.3f}), a "
        f"model's score beside it above it in {percent(found.apart)}; truth on all rows {found.all_rows:.3f}, above it in "
        f"{percent(found.denied)}"
        for task, found in made.items()
    )


ROWS = (
    Row(
        "headlines that returned in two events (a fifth of the rows) tell as much as those that came once",
        "the best model of the headline lies above the ceiling's interval, on the rows that it speaks of, in at most 5%",
        "150 each, seeds 0–149",
        lambda: _said("alike"),
    ),
    Row(
        "headlines that returned tell little, those that came once a lot",
        "the same; and the ceiling, which a score on all rows exceeds, is said to be of the others only",
        "150 each, seeds 0–149",
        lambda: _said("once tells more"),
    ),
)
