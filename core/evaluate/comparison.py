"""Can models be told apart, and is any better than the baseline? Tests of their losses session by session.

The loss of a session is the mean over its events, as they share a day: the Brier score of probabilities, the squared
error of returns, after each model was brought to the level and the spread that fit the test best (`levelled`). So what
is compared is what models know, and none wins by being less bold than another. Two models are compared by the test of
Diebold & Mariano, "Comparing predictive accuracy" (1995); all against one baseline by that of Hansen, "A test for
superior predictive ability" (2005).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.blocks import FEWEST_BLOCKS, Blocks
from core.evaluate.bootstrap import LEVEL
from core.evaluate.calibration import SIGMOID, Calibrator
from core.evaluate.information_coefficient import hac_mean
from core.evaluate.predictions import Predictions
from core.evaluate.scoring import Scored
from core.evaluate.settings import EvaluateSettings
from core.evaluate.verdict import one_sided
from core.locale import N_

BRIER, SQUARED = "brier", "squared"
LOSSES = {BRIER: N_("Brier score"), SQUARED: N_("squared error")}
FEWEST_COSINES = 3  # of a long-run variance: with fewer, nothing short of a miracle is significant
DRAWS = 1000


@dataclass(frozen=True)
class Difference:
    """The mean loss of `model` minus that of `other`, with its 95% interval and the p-value of no difference.

    Below 0 the first is the better one. NaN where there are too few sessions.
    """

    model: str
    other: str
    value: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class Comparison:
    """Models against a baseline and against each other.

    `against` has each model against the baseline, `best` the two models with the lowest losses (None for fewer than
    two); `p_value` is that of “no model is better than the baseline”, NaN with fewer than six blocks. `loss` is a key
    of `LOSSES`, `level` the p-value below which two models are told apart, half of it that of “better than the
    baseline”, which has one side. `sessions` were compared in blocks of `length`.
    """

    loss: str
    baseline: str
    against: tuple[Difference, ...]
    best: Difference | None
    p_value: float
    sessions: int
    length: int
    level: float


def compare(
    predictions: Predictions,
    dataset: Dataset,
    settings: EvaluateSettings,
    models: Sequence[str],
    baseline: str,
    looks: int = 1,
) -> Comparison | Message:
    """Compare models with a baseline on all rows that every one of them predicts; say why where that cannot be.

    `looks` is how often these rows have been tested, which the level allows for.
    """
    if not dataset.has_sessions:
        return Message(N_("The table has no dates, so losses cannot be compared session by session."))
    if baseline not in predictions.names:
        return Message(N_("There is no baseline that the models can be compared with."))
    rows = _predicted(predictions, baseline) & predictions.table["session"].notna().to_numpy()
    known = [
        name
        for name in dict.fromkeys(models)
        if name in predictions.names and name != baseline and _predicted(predictions, name)[rows].all()
    ]
    if not known or not rows.any():
        return Message(N_("There is no model that predicts every row that the baseline predicts."))
    scored = Scored.of(predictions.where(rows), dataset, settings, [*known, baseline])
    losses = {name: session_losses(scored, levelled(scored.y, p)) for name, p in scored.predictions.items()}
    sessions, length = len(losses[baseline]), block_size(scored.blocks)
    horizon = scored.blocks.horizon
    against = tuple(difference(name, baseline, losses, horizon) for name in known)
    order = sorted(known, key=lambda name: float(losses[name].mean()))
    return Comparison(
        BRIER if predictions.classes else SQUARED,
        baseline,
        against,
        difference(order[0], order[1], losses, horizon) if len(order) > 1 else None,
        superior(
            losses[baseline],
            np.column_stack([losses[name] for name in known]),
            length,
            horizon,
            settings.seed,
        ),
        sessions,
        length,
        2 * one_sided(looks),
    )


def levelled(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Return predictions `(n, classes)` or `(n,)` brought to the level and the spread that fit outcomes `y (n,)` best.

    Probabilities by Platt's sigmoid of each class, returns by least squares; neither turns an order round. Where the
    rows are too few or lack a class, probabilities stay as they are.
    """
    if p.ndim == 2:
        try:
            return Calibrator.fit(y, p, SIGMOID).apply(p)
        except UserError:
            return p
    off = p - p.mean()
    size = float(off @ off)
    slope = max(float(off @ (y - y.mean())) / size, 0.0) if size > 0 else 0.0
    return np.asarray(y.mean() + slope * off)


def sentence(found: Comparison, named: Callable[[str], Message]) -> Message:
    """Say whether any model is better than the baseline; `named` gives a model's name for the reader."""
    params = {
        "baseline": named(found.baseline),
        "models": len(found.against),
        "sessions": found.sessions,
        "length": found.length,
        "needed": FEWEST_BLOCKS,
        "p": _chance(found.p_value),
        "level": f"{found.level / 2:.1%}",
    }
    if math.isnan(found.p_value):
        return Message(
            N_(
                "Cannot tell whether any model is better than {baseline}: {sessions:,} sessions are fewer than {needed} "
                "blocks of {length}. Bring a longer period."
            ),
            params,
        )
    if found.p_value < found.level / 2:
        return Message(
            N_(
                "At least one of the models is better than {baseline}: were none, losses like these would come about in "
                "{p} of tests."
            ),
            params,
        )
    if found.p_value >= 1:
        return Message(
            N_("No model can be told from {baseline}: none has smaller losses on this test."), params
        )
    return Message(
        N_(
            "No model can be told from {baseline}: were none better, losses like these would come about in {p} of tests, "
            "and a verdict asks for less than {level}. That does not show that they are equal."
        ),
        params,
    )


def best_sentence(found: Comparison, named: Callable[[str], Message]) -> Message | None:
    """Say whether the two best models can be told apart; None for fewer than two, or too few sessions."""
    best = found.best
    if best is None or math.isnan(best.p_value):
        return None
    params = {"model": named(best.model), "other": named(best.other), "p": f"{best.p_value:.3f}"}
    if best.p_value < found.level:
        return Message(
            N_("Of the two with the smallest losses, {model} is better than {other} (p = {p})."), params
        )
    return Message(
        N_("The two with the smallest losses, {model} and {other}, cannot be told apart (p = {p})."), params
    )


def session_losses(scored: Scored, p: np.ndarray) -> np.ndarray:
    """Return the mean loss of each session in order of time, `(sessions,)`, of predictions `(n, classes)` or `(n,)`."""
    if p.ndim == 2:
        loss = ((p - np.eye(p.shape[1])[scored.y.astype(int)]) ** 2).sum(axis=1) / (1 + (p.shape[1] == 2))
    else:
        loss = (scored.y - p) ** 2
    session = np.unique(scored.blocks.ids, return_inverse=True)[1]
    result: np.ndarray = np.bincount(session, loss) / np.bincount(session)
    return result


def difference(model: str, other: str, losses: dict[str, np.ndarray], horizon: int) -> Difference:
    """Return the test of Diebold & Mariano of two models' losses `(sessions,)`; outcomes span `horizon` sessions."""
    from scipy.stats import t

    d = losses[model] - losses[other]
    error, freedom = long_run_error(d, horizon)
    value = float(d.mean())
    if not freedom or not error > 0:
        return Difference(model, other, value, math.nan, math.nan, math.nan if np.ptp(d) else 1.0)
    reach = float(t.ppf((1 + LEVEL) / 2, freedom)) * error
    return Difference(
        model, other, value, value - reach, value + reach, float(2 * t.sf(abs(value) / error, freedom))
    )


def long_run_error(d: np.ndarray, horizon: int) -> tuple[float, int]:
    """Return the standard error of the mean of a series `(n,)` that hangs together, and its degrees of freedom.

    That of `hac_mean` times the small-sample correction of Harvey, Leybourne & Newbold, "Testing the equality of
    prediction mean squared errors" (1997). Careful choices: one degree of freedom less than there are cosines, and
    never less than independent sessions would have. (NaN, 0) with fewer than `FEWEST_COSINES`.
    """
    from scipy.stats import t

    made, n, h = hac_mean(d, horizon), len(d), max(horizon, 1)
    if made.freedom < FEWEST_COSINES:
        return math.nan, 0
    error = (made.high - made.value) / float(t.isf((1 - LEVEL) / 2, made.freedom))
    correction = (n + 1 - 2 * h + h * (h - 1) / n) / n
    return max(error, float(d.std()) / math.sqrt(n)) / math.sqrt(correction), made.freedom - 1


def block_size(blocks: Blocks) -> int:
    """Return the sessions of a block for a test of losses: those of the intervals, at least the root of all.

    Losses hang together where predictions do, also where outcomes do not; the root is the default of `arch`.
    """
    size: int = max(blocks.length, math.isqrt(blocks.sessions))
    return size


def superior(
    baseline: np.ndarray, models: np.ndarray, length: int, horizon: int, seed: int, draws: int = DRAWS
) -> float:
    """Return Hansen's consistent p-value of “no model is better than the baseline”.

    `baseline (sessions,)` and `models (sessions, models)` are losses. The bootstrap's spread is widened as the
    intervals are: for few blocks by Student's over the normal quantile and sqrt(k / (k - 1)), and for what reaches from
    one block into the next (`Blocks.widening`), as if losses hung together over half a block at the least. NaN with
    fewer than six blocks.
    """
    from arch.bootstrap import SPA
    from scipy.stats import norm, t

    count = len(baseline) // length
    if count < FEWEST_BLOCKS:
        return math.nan
    gain = (baseline[:, None] - models).mean(axis=0).max()
    if gain <= 0:
        return 1.0
    test = SPA(baseline, models, block_size=length, reps=draws, bootstrap="circular", seed=seed)
    test.compute()
    tail = 1 - LEVEL
    few = float(t.isf(tail, count - 1) / norm.isf(tail)) * math.sqrt(count / (count - 1))
    reach = max(horizon, length // 2)
    widening = few * Blocks(np.arange(len(baseline)), length, reach).widening
    low, high = 1 / draws, 1 - 1 / draws  # the least p whose critical value lies below the gain
    if test.critical_values(low)["consistent"] * widening < gain:
        return low
    for _step in range(12):
        middle = (low + high) / 2
        beaten = test.critical_values(middle)["consistent"] * widening < gain
        low, high = (low, middle) if beaten else (middle, high)
    return high


def _predicted(predictions: Predictions, name: str) -> np.ndarray:
    missing: np.ndarray = np.isnan(predictions[name].reshape(len(predictions), -1)).any(axis=1)
    return ~missing


def _chance(p_value: float) -> str:
    return f"{p_value:.1%}" if p_value >= 0.001 else "<0.1%"
