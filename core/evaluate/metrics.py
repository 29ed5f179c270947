"""Scores under row weights, so that a whole bootstrap is one call.

Every function takes outcomes `y (n,)`, predictions `p` - probabilities `(n, classes)` or returns `(n,)` -
and weights `w (B, n)`, and returns `(B,)`: the score of each weighting, NaN where it is undefined. A weight
of 2 counts as the row standing there twice; with weights of 1 each equals its counterpart in scikit-learn
or scipy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.evaluate import meanings
from core.evaluate.meanings import UNSAID, Meaning
from core.evaluate.weighted import (
    class_weights_by_value,
    confusion,
    equal_bins,
    fifths,
    mean,
    mid_ranks,
    one_value,
    ratio,
)
from core.locale import N_

BINS, IN_A_BIN = 10, 10

Score = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


RETURN, SHARE = "return", "share"


@dataclass(frozen=True)
class Metric:
    """A score with everything that others need of it.

    `name` is its key in JSON and `title` its name for the reader; `task` is "classify" or "regress". `unit` is
    "share" or "return" where it is written in %, else "". `guessing` is what a guess scores, NaN where that
    depends on the data. `meaning` says in words what a value means, and what it is called for three or more classes.
    """

    name: str
    title: str
    compute: Score
    higher_is_better: bool
    task: str
    unit: str = ""
    guessing: float = math.nan
    meaning: Meaning = UNSAID

    def titled(self, classes: int = 0) -> str:
        """Return the title for so many classes, to be translated."""
        return (classes > 2 and self.meaning.title_of_several) or self.title


def rank_auc(positive: np.ndarray, score: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Area under the ROC curve of `score (n,)` for `positive (n,)` bool; ties count half.

    The Mann-Whitney form: Hanley & McNeil, "The meaning and use of the area under a ROC curve" (1982).
    """
    pos, neg = class_weights_by_value(positive, score, w)
    below = np.cumsum(neg, axis=1) - neg
    return ratio((pos * (below + neg / 2)).sum(axis=1), pos.sum(axis=1) * neg.sum(axis=1))


def average_precision(positive: np.ndarray, score: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Sum over thresholds of precision times the step in recall, not interpolated.

    Buckley & Voorhees, "Evaluating evaluation measure stability" (2000).
    """
    pos, neg = (part[:, ::-1] for part in class_weights_by_value(positive, score, w))
    hits = np.cumsum(pos, axis=1)
    precision = ratio(hits, hits + np.cumsum(neg, axis=1), empty=0.0)
    return ratio((pos * precision).sum(axis=1), pos.sum(axis=1))


def auc(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """ROC AUC of the last class for two classes; else the mean of each class against the rest."""
    return _one_against_rest(rank_auc, y, p, w)


def pr_auc(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Average precision of the last class for two classes; else the mean of each class against the rest."""
    return _one_against_rest(average_precision, y, p, w)


def accuracy(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Share of rows whose most probable class is the true one."""
    return mean((p.argmax(axis=1) == y).astype(float), w)


def balanced_accuracy(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean recall over the classes that occur; undefined with fewer than two.

    Brodersen et al., "The balanced accuracy and its posterior distribution" (2010).
    """
    hits, actual, _ = confusion(y, p, w)
    recall = ratio(hits, actual, empty=0.0)
    present = (actual > 0).sum(axis=1)
    return np.where(present >= 2, recall.sum(axis=1) / np.maximum(present, 1), np.nan)


def f1(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean over the classes that occur or are predicted of F1 = 2 TP / (2 TP + FP + FN).

    Van Rijsbergen, "Information Retrieval" (1979); of the two macro averages the mean of F1s (Opitz & Burst,
    "Macro F1 and macro F1", 2019).
    """
    hits, actual, predicted = confusion(y, p, w)
    scores = ratio(2 * hits, actual + predicted, empty=0.0)
    return ratio(scores.sum(axis=1), (actual + predicted > 0).sum(axis=1).astype(float))


def log_loss(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean of minus the log of the true class's probability (kept above the least step of a float64).

    The logarithmic score: Good, "Rational decisions" (1952).
    """
    least = np.finfo(np.float64).eps
    true = p.astype(np.float64)[np.arange(len(y)), y.astype(int)]
    return mean(-np.log(np.clip(true, least, 1 - least)), w)


def brier(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean squared distance of probabilities to what happened; halved for two classes.

    Brier, "Verification of forecasts expressed in terms of probability" (1950).
    """
    distance = ((p - np.eye(p.shape[1])[y.astype(int)]) ** 2).sum(axis=1)
    return mean(distance / 2 if p.shape[1] == 2 else distance, w)


def ece(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Expected calibration error over bins of equal weight (`bins_for`): how far shares lie from probabilities.

    The mean over bins of |mean probability - share of rows that came true|: of the last class for two
    classes (Naeini, Cooper & Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning",
    2015), else of the most probable class (Guo, Pleiss, Sun & Weinberger, "On calibration of modern neural
    networks", 2017).
    """
    two = p.shape[1] == 2
    sure, came = (p[:, 1], y == 1) if two else (p.max(axis=1), p.argmax(axis=1) == y)
    bins = equal_bins(sure, sure - came, w, bins_for(len(y)))
    return ratio(np.abs(bins).sum(axis=1), w.sum(axis=1))


def bins_for(rows: int) -> int:
    """Return how many bins of probabilities so few rows fill: ten, or as many as hold ten rows, two at least."""
    return max(2, min(BINS, rows // IN_A_BIN))


def mae(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean absolute error."""
    return mean(np.abs(y - p), w)


def rmse(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Root of the mean squared error."""
    result: np.ndarray = np.sqrt(mean((y - p) ** 2, w))
    return result


def r2(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """1 - residual sum of squares / total sum of squares; undefined where the outcome does not vary.

    Kvålseth, "Cautionary note about R²" (1985), his first form.
    """
    d = y - y[0]  # exactly 0 where the outcome does not vary
    d = d - d.mean()
    total = w @ d**2 - w.sum(axis=1) * mean(d, w) ** 2
    varies = total > 1e-12 * w.sum(axis=1) * (d**2).max()
    return 1 - ratio(w @ (y - p) ** 2, np.where(varies, total, 0))


def rank_ic(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation, ties at their middle rank: the (rank) information coefficient.

    Grinold & Kahn, "Active Portfolio Management" (2000), chapter 6.
    """
    a, b = mid_ranks(y, w), mid_ranks(p, w)
    a -= ratio((w * a).sum(axis=1), w.sum(axis=1))[:, None]
    b -= ratio((w * b).sum(axis=1), w.sum(axis=1))[:, None]
    spread = (w * a * a).sum(axis=1) * (w * b * b).sum(axis=1)
    scale = w.sum(axis=1) ** 6  # of a product of two sums of squared ranks
    return ratio((w * a * b).sum(axis=1), np.sqrt(np.where(spread > 1e-20 * scale, spread, 0)))


def hit_rate(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Share of rows in which the return is on the predicted side of 0 (0 itself counts as not above).

    Pesaran & Timmermann, "A simple nonparametric test of predictive performance" (1992).
    """
    return mean(((p > 0) == (y > 0)).astype(float), w)


def spread(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean return of the top fifth by prediction minus that of the bottom fifth; 0 for a constant prediction.

    The quantile spread of Grinold & Kahn, "Active Portfolio Management" (2000); tied rows share their place.
    """
    top, bottom = fifths(p, w)
    return np.where(one_value(p, w), 0.0, mean(y, top) - mean(y, bottom))


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("auc", N_("ROC AUC"), auc, True, "classify", guessing=0.5, meaning=meanings.AUC),
        Metric("pr_auc", N_("Average precision"), pr_auc, True, "classify", meaning=meanings.PRECISION),
        Metric("accuracy", N_("Accuracy"), accuracy, True, "classify", SHARE),
        Metric(
            "balanced_accuracy",
            N_("Balanced accuracy"),
            balanced_accuracy,
            True,
            "classify",
            SHARE,
            meaning=meanings.BALANCED,
        ),
        Metric("f1", N_("F1 (macro)"), f1, True, "classify", meaning=meanings.F1),
        Metric("log_loss", N_("Log loss"), log_loss, False, "classify", meaning=meanings.LOG_LOSS),
        Metric("brier", N_("Brier score"), brier, False, "classify", meaning=meanings.BRIER),
        Metric("ece", N_("Calibration error (ECE)"), ece, False, "classify", meaning=meanings.ECE),
        Metric("mae", N_("Mean absolute error"), mae, False, "regress", RETURN),
        Metric("rmse", N_("Root mean squared error"), rmse, False, "regress", RETURN),
        Metric("r2", N_("R²"), r2, True, "regress"),
        Metric(
            "rank_ic",
            N_("Rank information coefficient"),
            rank_ic,
            True,
            "regress",
            guessing=0.0,
            meaning=meanings.RANK_IC,
        ),
        Metric("hit_rate", N_("Hit rate"), hit_rate, True, "regress", SHARE),
        Metric(
            "spread", N_("Top minus bottom fifth"), spread, True, "regress", RETURN, meaning=meanings.SPREAD
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
    if metric.unit == RETURN:
        return f"{number * 1e4:+.1f} bp" if difference else f"{number:.2%}"
    return f"{number:+.3f}" if difference else f"{number:.3f}"


def _one_against_rest(score: Score, y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    classes = [1] if p.shape[1] == 2 else range(p.shape[1])
    result: np.ndarray = np.mean([score(y == k, p[:, k], w) for k in classes], axis=0)
    return result
