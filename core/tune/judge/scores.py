"""Before and after: the frozen and the tuned encoder on the same test, with intervals and paired tests by block."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.evaluate.blocks import Blocks, numbers_of
from core.evaluate.bootstrap import Interval, agreeing, intervals, paired
from core.evaluate.metrics import METRICS, Metric
from core.evaluate.verdict import Evidence
from core.jobs import Report, part, silent
from core.locale import N_
from core.tune.examples import Examples, Parts
from core.tune.judge.judged import Judged, Table
from core.tune.judge.metrics import CLASS_METRICS, GAP, MEAN_COSINE, PAIR_GAP, PEARSON, SPEARMAN, unit
from core.tune.judge.probe import features_of, linear_probe
from core.tune.pairs import entailed_class

SEED = 0


@dataclass(frozen=True, eq=False)
class Both:
    """One metric with what it compares: outcomes `y`, and what the old and the new encoder say of the same rows."""

    metric: Metric
    y: np.ndarray
    old: np.ndarray
    new: np.ndarray


def compare(
    examples: Examples,
    parts: Parts,
    old: np.ndarray,
    new: np.ndarray,
    probabilities: np.ndarray | None = None,
    report: Report = silent,
    seed: int = SEED,
) -> Judged:
    """Judge a tuned encoder by the test, which it never saw.

    `old` and `new` are the vectors of all examples, `(n, dim)`, of pairs `(n, 2, dim)`; `probabilities` are those
    that the tuned head gives the test, `(test, classes)`, None where there is no head. Before is the frozen encoder
    with logistic regression, after the head, or else the tuned encoder with logistic regression; both learn from
    training and validation examples (the head chose its epoch on the latter). What is about classes is left out where
    the examples have scores.

    Raises `ValueError` where the arrays do not fit the examples, and whatever `report` raises.
    """
    _require_fit(examples, parts, old, new, probabilities)
    blocks = blocks_of(examples, parts.test)
    read: list[Both] = []
    p_value = math.nan
    if examples.classes:
        ours = _probabilities(examples, parts, old, None, part(report, 0, 0.4))
        theirs = _probabilities(examples, parts, new, probabilities, part(report, 0.4, 0.8))
        y = examples.labels[parts.test]
        read = [Both(metric, y, ours, theirs) for metric in CLASS_METRICS]
        p_value = mcnemar(y, ours, theirs)
    read += _by_cosine(examples, parts, unit(old[parts.test]), unit(new[parts.test]))
    report(0.8, N_("Scoring with intervals"))
    return Judged(
        metric=main_metric(examples, probabilities is not None),
        before={each.metric.name: _score(each.metric, each.y, each.old, blocks, seed) for each in read},
        after={each.metric.name: _score(each.metric, each.y, each.new, blocks, seed) for each in read},
        difference={
            each.metric.name: paired(each.y, each.new, each.old, blocks, each.metric, seed) for each in read
        },
        p_value=p_value,
        tests=len(parts.test),
        evidence=Evidence.of(blocks),
        head=probabilities is not None,
        pairs=len(examples.columns) > 1,
    )


def main_metric(examples: Examples, head: bool) -> str:
    """Return what the verdict is about.

    Accuracy; of scores Spearman's correlation; of triplets, which have no head, the gap.
    """
    if not examples.classes:
        return SPEARMAN.name
    return "accuracy" if head or len(examples.columns) > 1 else GAP.name


def class_scores(y: np.ndarray, p: np.ndarray, blocks: Blocks, seed: int = SEED) -> Table:
    """Return accuracy, macro F1 and log loss of probabilities `p (n, classes)` for classes `y (n,)`, with intervals."""
    return {metric.name: _score(metric, y, p, blocks, seed) for metric in CLASS_METRICS}


def blocks_of(examples: Examples, rows: np.ndarray) -> Blocks:
    """Return the blocks of the examples at these positions: sessions, longer with the horizon, or stories."""
    session = examples.session.iloc[rows]
    ids = numbers_of(session, examples.story[rows])
    dated, horizon = bool(session.notna().any()), examples.horizon
    return Blocks.of_numbers(ids, dated, examples.labels[rows], horizon, len(examples.classes))


def mcnemar(y: np.ndarray, p: np.ndarray, other: np.ndarray) -> float:
    """Return the p-value of "both are right equally often" of two predictions `(n, classes)`, two-sided and exact.

    The binomial test of the rows that one alone has right: McNemar, "Note on the sampling error of the difference
    between correlated proportions or percentages" (1947).
    """
    from scipy.stats import binomtest

    one, two = p.argmax(axis=1) == y, other.argmax(axis=1) == y
    first, apart = int((one & ~two).sum()), int((one != two).sum())
    return float(binomtest(first, apart).pvalue) if apart else 1.0


def belong_together(examples: Examples, rows: np.ndarray) -> np.ndarray:
    """Say of which pairs the sentences belong together, `(rows,)` bool.

    Of labels that is entailment, or else the last class; of scores, those above the median of these rows.
    """
    labels = examples.labels[rows]
    if not examples.classes:
        return np.asarray(labels > np.median(labels))
    named = entailed_class(examples.classes)
    return np.asarray(labels == (len(examples.classes) - 1 if named is None else named))


def _probabilities(
    examples: Examples, parts: Parts, vectors: np.ndarray, head: np.ndarray | None, report: Report
) -> np.ndarray:
    if head is not None:
        return head.astype(np.float64)
    return linear_probe(features_of(vectors), examples.labels, parts, len(examples.classes), report)


def _by_cosine(examples: Examples, parts: Parts, old: np.ndarray, new: np.ndarray) -> list[Both]:
    """Return the metrics of the test's unit vectors, `(test, dim)` or of pairs `(test, 2, dim)`."""
    labels = examples.labels[parts.test]
    if len(examples.columns) == 1:
        return [Both(GAP, labels, old, new), Both(MEAN_COSINE, labels, old, new)]
    cosines = [np.einsum("nd,nd->n", pairs[:, 0], pairs[:, 1]) for pairs in (old, new)]
    scored = [] if examples.classes else [Both(metric, labels, *cosines) for metric in (PEARSON, SPEARMAN)]
    middles = [pairs.mean(axis=1) for pairs in (old, new)]  # their product is the mean of four cosines
    return [
        *scored,
        Both(PAIR_GAP, belong_together(examples, parts.test), *cosines),
        Both(MEAN_COSINE, labels, *middles),
    ]


def _score(metric: Metric, y: np.ndarray, p: np.ndarray, blocks: Blocks, seed: int) -> Interval:
    made = intervals(y, p, blocks, [metric], seed)[metric.name]
    return agreeing(made, blocks.count) if metric is METRICS["accuracy"] else made


def _require_fit(
    examples: Examples, parts: Parts, old: np.ndarray, new: np.ndarray, probabilities: np.ndarray | None
) -> None:
    shape = (len(examples),) if len(examples.columns) == 1 else (len(examples), 2)
    for vectors in (old, new):
        if vectors.shape[:-1] != shape:
            raise ValueError(
                f"vectors of shape {vectors.shape} for {len(examples)} examples: want {shape} and dim"
            )
    wanted = (len(parts.test), len(examples.classes))
    if probabilities is not None and probabilities.shape != wanted:
        raise ValueError(f"probabilities of shape {probabilities.shape}, want {wanted}")
