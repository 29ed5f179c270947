"""Scores of predicted classes and probabilities under row weights; see `core.evaluate.metrics`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.evaluate.weighted import class_weights_by_value, confusion, equal_bins, mean, ratio

BINS, IN_A_BIN = 10, 10

Score = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


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


def mcc(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Matthews' correlation of the most probable with the true class; 0 where one of the two never varies.

    Matthews, "Comparison of the predicted and observed secondary structure of T4 phage lysozyme" (1975); for more
    than two classes the R_K of Gorodkin, "Comparing two K-category assignments by a K-category correlation
    coefficient" (2004).
    """
    hits, actual, predicted = confusion(y, p, w)
    total = w.sum(axis=1)
    shared = hits.sum(axis=1) * total - (actual * predicted).sum(axis=1)
    spreads = [np.maximum(total**2 - (part**2).sum(axis=1), 0) for part in (actual, predicted)]
    product = spreads[0] * spreads[1]
    varies = product > 1e-20 * total**4
    return ratio(shared, np.sqrt(np.where(varies, product, 0)), empty=0.0)


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


def _one_against_rest(score: Score, y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    classes = [1] if p.shape[1] == 2 else range(p.shape[1])
    result: np.ndarray = np.mean([score(y == k, p[:, k], w) for k in classes], axis=0)
    return result
