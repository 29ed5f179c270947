"""The leakage staircase: one model, scored on the same rows under stricter and stricter rules.

What a random split inflates is named in López de Prado, "Advances in Financial Machine Learning" (2018),
chapter 7; each step forbids one way in which training may know of the test, and its drop is what that way
was worth. All steps learn from as many rows, or the drop would be that of a smaller training. Scores are means
over the folds and over repeats, since predictions of different models are not on one scale: pooled over folds,
pure noise scores below guessing (Forman & Scholz, "Apples-to-apples in cross-validation studies", 2010).

Which rows were learned from is chance as well as which were tested. Each repeat learns from another half of the
sessions; the mean over repeats that learn from a share f has at most f / (1 - f) times their variance (Hoeffding, "A
class of statistics with asymptotically normal distribution", 1948; the delete-d jackknife, which this is, of Shao &
Wu, 1989). Its interval and that of the bootstrap over the tested sessions are put together by their half-widths (Zou
& Donner, "Construction of confidence limits about effect measures", 2008), and the drops hold together at 95%
(Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import LEVEL, Interval, bounds, draws
from core.evaluate.metrics import METRICS, Metric, main_metric
from core.evaluate.predictions import Predictions
from core.evaluate.scoring import Scored, mean_over
from core.evaluate.settings import EvaluateSettings
from core.locale import N_

RANDOM, ORDERED, GROUPS, PURGE = "random", "ordered", "ordered+groups", "ordered+groups+purge"
STEPS = {
    RANDOM: N_("Rows at random"),
    ORDERED: N_("Earlier days only"),
    GROUPS: N_("… and no headline seen before"),
    PURGE: N_("… and only outcomes known by then"),
}
SHORT = {
    RANDOM: N_("random"),
    ORDERED: N_("in order"),
    GROUPS: N_("+ new headlines"),
    PURGE: N_("+ known outcomes"),
}
KEPT = 1 / 2  # of the sessions that a repeat learns from
SLIGHT = 0.05  # a drop that nobody would act on
NO_DROP = Interval(math.nan, math.nan, math.nan)

_ONCE = {
    ORDERED: N_("Once the model may learn from earlier days only"),
    GROUPS: N_(
        "Once headlines that return in a test, word for word or nearly, are taken from the training too"
    ),
    PURGE: N_(
        "Once the days just before each test (horizon {horizon}, embargo {embargo}), whose outcome was not "
        "known yet, are taken from the training too"
    ),
}
_WHY = {
    ORDERED: N_("That part cannot be had in real use, where the outcome of later days is not known."),
    GROUPS: N_("That part was recognising headlines, not reading them."),
    PURGE: N_("That part came from outcomes that nobody knew on the day."),
}
_NOTHING = {
    GROUPS: N_("No headline of a test stands in its training, not even nearly"),
    PURGE: N_("There was no training row in the days just before a test"),
}


@dataclass(frozen=True)
class Step:
    """The score of one step on the main metric, a mean over folds and repeats, and how much lower than the last.

    `low` to `high` is the 95% interval of `value` over sessions; `drop_low` to `drop_high` is that of `drop`,
    over the sessions tested and those learned from, the drops of all steps holding together; NaN where
    undefined, as is the drop of the first step. `rows` are the rows (or events) scored, the same at each step;
    `train_rows` the mean number of training rows of a fit, the same too; `taken` how many training rows, over
    all folds, the step forbids that the one before allows. `metric` is the score's key; `repeats` is 0 in a
    staircase of an earlier version, whose steps learned from different numbers of rows.
    """

    step: str
    value: float
    low: float
    high: float
    drop: float
    drop_low: float
    drop_high: float
    rows: int
    train_rows: int
    metric: str = "auc"
    taken: int = 0
    horizon: int = 0
    embargo: int = 0
    repeats: int = 0

    def as_dict(self) -> dict[str, str | float | None]:
        """Return plain values for JSON, which has no NaN."""
        fields = asdict(self)
        return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in fields.items()}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Step:
        """Make the step that `as_dict` took apart."""
        filled: dict[str, Any] = {k: math.nan if v is None else v for k, v in fields.items()}
        return cls(**filled)


def leakage(
    repeats: Sequence[Sequence[Predictions]],
    dataset: Dataset,
    settings: EvaluateSettings,
    train_rows: int,
    allowed: Mapping[str, int],
    embargo: int = 0,
) -> list[Step]:
    """Score each step of the staircase and what it is lower than the one before.

    Each repeat is one or more tables of predictions, which have the steps where others have models; the
    repeats test the same rows of dated sessions. `allowed` are the rows that each step may learn from, over
    all folds.
    """
    tables = [
        (repeat, Scored.of(table, dataset, settings)) for repeat, each in enumerate(repeats) for table in each
    ]
    scored = [table for _, table in tables]
    metric = main_metric(settings.task)
    group = _numbers([np.column_stack([np.full(len(t), k), t.fold]) for k, t in enumerate(scored)])
    length = max(t.blocks.length for t in scored)
    blocks = Blocks(_numbers([t.session.astype(np.int64)[:, None] for t in scored]), length, settings.horizon)
    y = np.concatenate([t.y for t in scored])
    steps = list(scored[0].predictions)
    predictions = {step: np.concatenate([t.predictions[step] for t in scored]) for step in steps}
    mean = mean_over(group, metric)
    once = np.ones((1, len(y)))
    values = {step: float(mean.compute(y, p, once)[0]) for step, p in predictions.items()}
    resampled = [[mean.compute(y, p, w) for p in predictions.values()] for w in draws(blocks, settings.seed)]
    drawn = dict(zip(steps, np.concatenate(resampled, axis=1), strict=True))
    folds = len(np.unique(scored[0].fold))
    shares = {step: min(train_rows * folds / rows, KEPT) for step, rows in allowed.items()}
    spread = {step: _spread(_by_repeat(tables, step, metric), shares[step]) for step in steps}
    compared = [(a, b) for a, b in pairwise(steps) if allowed[a] > allowed[b]]
    result = []
    for number, step in enumerate(steps):
        drop = NO_DROP
        if number:
            last = steps[number - 1]
            noise = _training_noise(spread[last] - spread[step], len(compared))
            test = _bounds(drawn[last] - drawn[step], blocks)
            drop = _drop(values[last] - values[step], *test, noise, len(compared))
        result.append(
            Step(
                step,
                *(values[step], *_bounds(drawn[step], blocks)),
                *(drop.value, drop.low, drop.high),
                rows=sum(len(table) for repeat, table in tables if repeat == 0),
                train_rows=train_rows,
                metric=metric.name,
                taken=allowed[steps[number - 1]] - allowed[step] if number else 0,
                horizon=settings.horizon,
                embargo=embargo,
                repeats=len(repeats),
            )
        )
    return result


def _bounds(scores: np.ndarray, blocks: Blocks) -> tuple[float, float]:
    """Return the bounds of resampled scores, NaN where there are too few blocks for a verdict."""
    return bounds(scores, blocks.count, blocks.widening) if blocks.enough else (math.nan, math.nan)


def _numbers(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Number the distinct lines `(n, columns)` of all parts together, `(n,)` from 0."""
    return np.unique(np.concatenate(parts), axis=0, return_inverse=True)[1].reshape(-1)


def _by_repeat(tables: Sequence[tuple[int, Scored]], step: str, metric: Metric) -> np.ndarray:
    """Return the score of a step in each repeat, `(repeats,)`."""
    scores: dict[int, list[float]] = {}
    for repeat, table in tables:
        once = np.ones((1, len(table)))
        made = mean_over(table.fold, metric).compute(table.y, table.predictions[step], once)
        scores.setdefault(repeat, []).append(float(made[0]))
    return np.array([np.mean(each) for each in scores.values()])


def _spread(scores: np.ndarray, share: float) -> np.ndarray:
    """Return how far `scores (repeats,)` that learn from a share of the rows lie from their mean.

    They are scaled so that their variance is that of the mean over the sessions learned from and over so many
    repeats.
    """
    scale = math.sqrt(share / (1 - share) + 1 / len(scores))
    result: np.ndarray = (scores - scores.mean()) * scale
    return result


def _training_noise(spread: np.ndarray, compared: int) -> float:
    """Return the half-width of the interval of a mean with this spread `(repeats,)`."""
    from scipy.stats import t

    quantile = t.isf((1 - LEVEL) / 2 / max(1, compared), len(spread) - 1)
    return float(quantile * spread.std(ddof=1))


def _drop(value: float, low: float, high: float, noise: float, compared: int) -> Interval:
    """Return the drop with an interval that holds for all compared steps, over tested and learned sessions."""
    from scipy.stats import norm

    wider = norm.isf((1 - LEVEL) / 2 / max(1, compared)) / norm.isf((1 - LEVEL) / 2)
    below, above = (math.hypot(wider * side, noise) for side in (value - low, high - value))
    return Interval(value, value - below, value + above)


def sentence(step: Step) -> Message:
    """Say what a step forbids and what that cost, or that it cost nothing."""
    values = _values(step)
    if math.isnan(step.value):
        return Message(
            N_("The {metric} is undefined here: all rows that are tested have the same outcome."), values
        )
    if step.step == RANDOM:
        return Message(
            N_(
                "With rows split at random the model learns from the very days that it is tested on, and from "
                "later ones: {metric} {score}. This is what a careless test shows on as many rows as the steps below have."
            ),
            values,
        )
    if step.taken == 0 and step.step in _NOTHING:
        return Message(
            N_("{nothing}, so this step cost nothing here: the {metric} stays at {score}."),
            values | {"nothing": Message(_NOTHING[step.step])},
        )
    once = Message(_ONCE[step.step], {"horizon": step.horizon, "embargo": step.embargo})
    return Message(_effect(step), values | {"once": once, "why": Message(_WHY[step.step])})


def _effect(step: Step) -> str:
    """Return the template that the interval of the drop allows."""
    if math.isnan(step.drop_low):
        return N_(
            "{once}, the {metric} goes from {before:.3f} to {value:.3f}; there are too few days to say whether "
            "that is chance."
        )
    if step.drop_low > 0:
        return N_("{once}, the {metric} falls from {before:.3f} to {value:.3f}, by {fall}. {why}")
    if step.drop_high < SLIGHT:
        return N_(
            "{once}, the {metric} goes from {before:.3f} to {value:.3f} (a change of {change}): this step cost "
            "nothing here."
        )
    return N_(
        "{once}, the {metric} goes from {before:.3f} to {value:.3f}. That may be chance (a change of {change}), "
        "so it cannot be said that this step cost anything here."
    )


def summary(steps: Sequence[Step]) -> Message:
    """Say in one sentence what a careless test shows and what an honest one leaves of it."""
    careless, honest = steps[0], steps[-1]
    guess = METRICS[honest.metric].guessing
    if math.isnan(honest.value) or math.isnan(honest.low):
        return sentence(honest)
    values = _values(honest) | {"careless": careless.value, "guess": guess}
    if honest.low > guess:
        template = N_(
            "On as many rows each, half of what an honest test may learn from, a careless test shows {metric} {careless:.3f} and an honest one {score}: "
            "better than guessing ({guess:.3f})."
        )
    elif honest.high < guess:
        template = N_(
            "On as many rows each, half of what an honest test may learn from, a careless test shows {metric} {careless:.3f} and an honest one {score}: "
            "worse than guessing ({guess:.3f}), so what was learned did not last."
        )
    else:
        template = N_(
            "On as many rows each, half of what an honest test may learn from, a careless test shows {metric} {careless:.3f} and an honest one {score}: "
            "no evidence of anything better than guessing ({guess:.3f})."
        )
    return Message(template, values)


def _values(step: Step) -> dict[str, object]:
    return {
        "metric": Message(METRICS[step.metric].title),
        "value": step.value,
        "before": step.value + (0 if math.isnan(step.drop) else step.drop),
        "score": _with_interval(step.value, step.low, step.high),
        "fall": _with_interval(step.drop, step.drop_low, step.drop_high),
        "change": _with_interval(-step.drop, -step.drop_high, -step.drop_low, "+"),
    }


def _with_interval(value: float, low: float, high: float, sign: str = "") -> str:
    texts = [f"{round(number, 3) + 0.0:{sign}.3f}" for number in (value, low, high)]  # no -0.000
    return texts[0] if math.isnan(low) else "{} [{}, {}]".format(*texts)
