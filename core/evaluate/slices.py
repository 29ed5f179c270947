"""Where a model is better or worse: its main score by outlet, company, month, length of the headline and regime."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.blocks import FEWEST_BLOCKS, Blocks
from core.evaluate.bootstrap import Interval, bounds, draws, intervals
from core.evaluate.events import event_weights
from core.evaluate.metrics import Metric, main_metric
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.regimes import regime_labels
from core.evaluate.scoring import one_scale, scored_unit
from core.evaluate.settings import EvaluateSettings
from core.locale import N_

FEWEST_ROWS = 10  # of a slice that is judged
MOST_LABELS = 15
RESAMPLES = 500
LEVEL = 0.05
OTHER, MISSING = "<other>", "<missing>"
EVEN: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "auc": lambda auc, most: np.arctanh(np.clip(2 * auc - 1, -most, most)),
    "rank_ic": lambda ic, most: np.arctanh(np.clip(ic, -most, most)),
}


@dataclass(frozen=True)
class Slice:
    """The score of the rows that share a label, with n, sessions (stories), blocks of them and its 95% interval.

    `by` is "press", "company", "month", "length" or one of `core.evaluate.regimes`; `difference` is the
    score less that of all other rows, `p_value` that of no difference, and `differs` whether it stays below 5% when all slices are counted (Holm,
    "A simple sequentially rejective multiple test procedure", 1979). A slice of one session, or in which the
    score is undefined (one class), has no score: NaN.
    """

    by: str
    label: str
    rows: int
    blocks: int
    score: Interval
    difference: float = math.nan
    p_value: float = math.nan
    differs: bool = False
    sessions: int = 0

    @property
    def defined(self) -> bool:
        """Whether the slice is large enough for a score."""
        return not math.isnan(self.score.value)


def slice_labels(dataset: Dataset, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return the labels of the rows at these positions, `(n,)` text each, by what they are sliced.

    Months are "2024-01"; lengths are quarters of the rows by their number of characters, "12-25". The most
    frequent 15 labels are kept, the rest being `OTHER`; unknown ones are `MISSING`.
    """
    frame = dataset.frame.iloc[rows]
    labels = {
        "press": frame["press"],
        "company": frame["company"],
        "month": frame["session"].dt.strftime("%Y-%m"),
        "length": _quarters(frame["headline"].str.len()),
    }
    kept = {by: _most_frequent(values) for by, values in labels.items() if values.notna().any()}
    return {by: values for by, values in kept.items() if len(set(values)) > 1}


def slices(
    y: np.ndarray,
    p: np.ndarray,
    blocks: Blocks,
    labels: Mapping[str, np.ndarray],
    metric: Metric,
    seed: int,
    weights: np.ndarray | None = None,
    resamples: int = RESAMPLES,
) -> list[Slice]:
    """Score each slice, in the order of `labels`, the largest first.

    `y (n,)` outcomes, `p (n, classes)` or `(n,)` predictions, `blocks` theirs, `labels` as of `slice_labels`.
    Slice and rest are scored in the same resamples of sessions; the p-value is that of Student's t for the
    difference over its bootstrap standard error, on Fisher's scale (inverse hyperbolic tangent) for rank IC and for
    2 AUC - 1, whose error would shrink near 1. Its degrees of freedom are the effective number of blocks of the
    smaller side, (sum of rows)² / sum of rows², less 1, and the error is widened for the overlap that reaches from
    block to block. A score that is the same in every resample has no p-value.
    """
    members = [
        (by, str(label), values == label) for by, values in labels.items() for label in _by_size(values)
    ]
    drawn: list[list[np.ndarray]] = [[] for _ in members]
    for w in draws(blocks, seed, resamples, weights):
        for scores, (_, _, inside) in zip(drawn, members, strict=True):
            scores.append(_inside_and_out(y, p, w, inside, metric))
    w = np.ones((1, len(y))) if weights is None else weights[None]
    found = []
    for (by, label, inside), scores in zip(members, drawn, strict=True):
        once = _inside_and_out(y, p, w, inside, metric)[:, 0]
        found.append(_slice(by, label, inside, blocks, once, np.concatenate(scores, axis=1), metric))
    return _flagged(found)


@dataclass(frozen=True)
class SliceReport:
    """The main metric of each slice, and of the whole; `weighted` where every event counts the same."""

    metric: str
    whole: Interval
    slices: tuple[Slice, ...]
    rows: int
    weighted: bool

    def of(self, by: str) -> tuple[list[Slice], list[Slice]]:
        """Return the slices of one kind, such as "press" or "month", and those too small to be judged."""
        found = [made for made in self.slices if made.by == by]
        large = [made for made in found if _large(made)]
        return large, [made for made in found if made not in large]


def slice_report(
    predictions: Predictions, dataset: Dataset, settings: EvaluateSettings, model: str = MEAN
) -> SliceReport | Message:
    """Return the test's main metric by outlet, company, month, length and regime, of headlines.

    Where events are scored, a headline weighs 1 over the number of headlines of its event.
    """
    test = predictions.test
    rows, y = test.positions(dataset), test.outcome
    p = one_scale(test[model], test.fold)
    labels = slice_labels(dataset, rows) | _known(regime_labels(dataset, rows, settings.horizon))
    if not labels:
        return Message(
            N_("The test rows are all of one outlet, company, month and length: there is nothing to compare.")
        )
    weighted = scored_unit(dataset, settings) == "event"
    weights = event_weights(dataset, rows) if weighted else None
    metric, block = main_metric(settings.task), Blocks.of(dataset, rows, y, settings.horizon)
    whole = intervals(y, p, block, [metric], settings.seed, weights=weights)[metric.name]
    found = slices(y, p, block, labels, metric, settings.seed, weights)
    return SliceReport(metric.name, whole, tuple(found), len(rows), weighted)


def _known(labels: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the kinds of labels of which the rows have several, unknown ones as `MISSING`."""
    kept = {by: np.where(values == "", MISSING, values) for by, values in labels.items()}
    return {by: values for by, values in kept.items() if len(set(values) - {MISSING}) > 1}


def _large(made: Slice) -> bool:
    enough = made.rows >= FEWEST_ROWS and made.blocks >= FEWEST_BLOCKS
    return enough and made.score.low < made.score.high


def _by_size(values: np.ndarray) -> np.ndarray:
    labels, counts = np.unique(values, return_counts=True)
    return labels[np.lexsort((labels, -counts))]


def _inside_and_out(
    y: np.ndarray, p: np.ndarray, w: np.ndarray, inside: np.ndarray, metric: Metric
) -> np.ndarray:
    """Return the scores of a slice and of the rest, `(2, B)`; NaN where there are no rows."""
    return np.stack(
        [
            metric.compute(y[part], p[part], w[:, part]) if part.any() else np.full(len(w), np.nan)
            for part in (inside, ~inside)
        ]
    )


def _slice(
    by: str,
    label: str,
    inside: np.ndarray,
    blocks: Blocks,
    once: np.ndarray,
    scores: np.ndarray,
    metric: Metric,
) -> Slice:
    own = blocks.take(inside)
    made = Slice(by, label, int(inside.sum()), own.count, Interval(math.nan, math.nan, math.nan))
    made = replace(made, sessions=own.sessions)
    if own.count < 2 or math.isnan(once[0]):
        return made
    made = replace(made, score=Interval(float(once[0]), *bounds(scores[0], own.count, own.widening)))
    sizes = [np.bincount(blocks.ids[part] // blocks.length) for part in (inside, ~inside)]
    effective = [part.sum() ** 2 / (part**2).sum() if part.sum() else 0.0 for part in sizes]
    return replace(
        made,
        difference=float(once[0] - once[1]),
        p_value=_p_value(once, scores, min(effective), blocks.widening, metric, made.rows),
    )


def _p_value(
    once: np.ndarray, scores: np.ndarray, blocks: float, widening: float, metric: Metric, rows: int
) -> float:
    """Return the p-value of no difference; `blocks` is the effective number of blocks of the smaller side."""
    from scipy.stats import t

    even = EVEN.get(metric.name, _as_it_is)
    most = 1 - 1 / (2 * rows)
    (inside, outside), pairs = once, scores[:, ~np.isnan(scores).any(axis=0)]
    if (
        blocks < 2
        or math.isnan(outside)
        or pairs.shape[1] < scores.shape[1] / 2
        or not np.ptp(pairs, axis=1).all()
    ):
        return math.nan
    differences = even(pairs[0], most) - even(pairs[1], most)
    error = float(differences.std(ddof=1)) * math.sqrt(blocks / (blocks - 1)) * widening
    distance = abs(float(even(inside, most) - even(outside, most)))
    return 2 * float(t.sf(distance / error, blocks - 1)) if error > 0 else math.nan


def _as_it_is(score: np.ndarray, _most: float) -> np.ndarray:
    return score


def _flagged(found: list[Slice]) -> list[Slice]:
    """Flag the slices that differ from their rest after Holm's correction for their number."""
    from statsmodels.stats.multitest import multipletests

    tested = [k for k, made in enumerate(found) if not math.isnan(made.p_value)]
    if not tested:
        return found
    rejected = multipletests([found[k].p_value for k in tested], LEVEL, method="holm")[0]
    flags = dict(zip(tested, rejected, strict=True))
    return [replace(made, differs=bool(flags.get(k, False))) for k, made in enumerate(found)]


def _quarters(length: pd.Series) -> pd.Series:
    edges = np.unique(np.quantile(length, [0.25, 0.5, 0.75], method="lower"))
    quarter = np.searchsorted(edges, length)  # a length at an edge lies below it
    ends = length.groupby(quarter).agg(["min", "max"])
    names = {k: f"{low}-{high}" for k, low, high in ends.itertuples()}
    return pd.Series([names[k] for k in quarter], index=length.index)


def _most_frequent(values: pd.Series) -> np.ndarray:
    kept = values.value_counts().index[:MOST_LABELS]
    result: np.ndarray = values.where(values.isna() | values.isin(kept), OTHER).fillna(MISSING).to_numpy(str)
    return result
