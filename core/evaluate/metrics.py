"""Scores under row weights, so that a whole bootstrap is one call.

Every function takes outcomes `y (n,)`, predictions `p` - probabilities `(n, classes)` or returns `(n,)` -
and weights `w (B, n)`, and returns `(B,)`: the score of each weighting, NaN where it is undefined. A weight
of 2 counts as the row standing there twice; with weights of 1 each equals its counterpart in scikit-learn
or scipy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.evaluate import meanings
from core.evaluate.class_scores import (
    BINS,
    Score,
    accuracy,
    auc,
    average_precision,
    balanced_accuracy,
    bins_for,
    brier,
    ece,
    f1,
    log_loss,
    mcc,
    pr_auc,
    rank_auc,
)
from core.evaluate.meanings import UNSAID, Meaning
from core.evaluate.return_scores import hit_rate, mae, r2, rank_ic, rmse, spread
from core.locale import N_

__all__ = [
    "BINS",
    "METRICS",
    "Metric",
    "Score",
    "accuracy",
    "auc",
    "average_precision",
    "balanced_accuracy",
    "bins_for",
    "brier",
    "ece",
    "f1",
    "hit_rate",
    "log_loss",
    "mae",
    "main_metric",
    "mcc",
    "metrics_of",
    "pr_auc",
    "r2",
    "rank_auc",
    "rank_ic",
    "rmse",
    "shown",
    "spread",
]

RETURN, SHARE = "return", "share"
ORDER, CHOICE, NUMBER = "order", "choice", "number"


@dataclass(frozen=True)
class Metric:
    """A score with everything that others need of it.

    `name` is its key in JSON and `title` its name for the reader; `task` is "classify" or "regress". `unit` is
    "share" or "return" where it is written in %, else "". `guessing` is what a guess scores, NaN where that
    depends on the data. `meaning` says in words what a value means, and what it is called for three or more
    classes. `reads` says what of a prediction it needs: "order" how the rows are ranked, "choice" the predicted
    class or side of 0,
    "number" a probability or a return that can be taken at its word. `has_interval` says whether it has an
    interval by resampling, which adds errors of its own to what sums up absolute misses (measured: that of the
    calibration error of right probabilities never holds 0).
    """

    name: str
    title: str
    compute: Score
    higher_is_better: bool
    task: str
    unit: str = ""
    guessing: float = math.nan
    meaning: Meaning = UNSAID
    reads: str = NUMBER
    has_interval: bool = True

    def titled(self, classes: int = 0) -> str:
        """Return the title for so many classes, to be translated."""
        return (classes > 2 and self.meaning.title_of_several) or self.title


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("auc", N_("ROC AUC"), auc, True, "classify", "", 0.5, meanings.AUC, ORDER),
        Metric(
            "pr_auc",
            N_("Average precision"),
            pr_auc,
            True,
            "classify",
            "",
            math.nan,
            meanings.PRECISION,
            ORDER,
        ),
        Metric("accuracy", N_("Accuracy"), accuracy, True, "classify", SHARE, reads=CHOICE),
        Metric(
            "balanced_accuracy",
            N_("Balanced accuracy"),
            balanced_accuracy,
            True,
            "classify",
            SHARE,
            math.nan,
            meanings.BALANCED,
            CHOICE,
        ),
        Metric("f1", N_("F1 (macro)"), f1, True, "classify", "", math.nan, meanings.F1, CHOICE),
        Metric("mcc", N_("Matthews correlation (MCC)"), mcc, True, "classify", "", 0.0, meanings.MCC, CHOICE),
        Metric("log_loss", N_("Log loss"), log_loss, False, "classify", meaning=meanings.LOG_LOSS),
        Metric("brier", N_("Brier score"), brier, False, "classify", meaning=meanings.BRIER),
        Metric(
            "ece",
            N_("Calibration error (ECE)"),
            ece,
            False,
            "classify",
            meaning=meanings.ECE,
            has_interval=False,
        ),
        Metric("mae", N_("Mean absolute error"), mae, False, "regress", RETURN),
        Metric("rmse", N_("Root mean squared error"), rmse, False, "regress", RETURN),
        Metric("r2", N_("R²"), r2, True, "regress"),
        Metric(
            "rank_ic",
            N_("Rank information coefficient"),
            rank_ic,
            True,
            "regress",
            "",
            0.0,
            meanings.RANK_IC,
            ORDER,
        ),
        Metric("hit_rate", N_("Hit rate"), hit_rate, True, "regress", SHARE, reads=CHOICE),
        Metric(
            "spread",
            N_("Top minus bottom fifth"),
            spread,
            True,
            "regress",
            RETURN,
            math.nan,
            meanings.SPREAD,
            ORDER,
        ),
    )
}
_MAIN = {"classify": "auc", "regress": "rank_ic"}


def metrics_of(task: str) -> list[Metric]:
    """Return the metrics of a task in the order in which they are shown."""
    return [metric for metric in METRICS.values() if metric.task == task]


def main_metric(task: str) -> Metric:
    """Return the metric that a task is judged by."""
    return METRICS[_MAIN[task]]


def shown(metric: Metric, number: float, difference: bool = False) -> str:
    """Write a score for a sentence: three places, a return in %; a difference signed, of returns in bp."""
    if np.isnan(number):
        return "–"
    sign = "+" if difference else ""
    if metric.unit == RETURN:
        scale, places, mark = (1e4, 1, " bp") if difference else (100, 2, "%")
    else:
        scale, places, mark = 1, 3, ""
    return f"{round(number * scale, places) + 0.0:{sign}.{places}f}{mark}"  # what rounds to 0 is no -0
