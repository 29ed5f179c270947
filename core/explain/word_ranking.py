"""Words by how far they move the predictions, and whether what happened moved with them.

Both intervals are Student's t with the standard error of a jackknife over clusters (MacKinnon, Nielsen & Webb,
"Fast and reliable jackknife and bootstrap methods for cluster-robust inference", 2023), the degrees of freedom of the
effective number of clusters, (sum of sizes)² / sum of sizes², less 1, and the level divided by the number of ranked
words (Bonferroni): all of them hold together in 95% of tables.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.evaluate.blocks import Blocks, block_numbers
from core.evaluate.events import event_numbers
from core.explain.contributions import explained_class
from core.explain.global_words import Vocabulary
from core.train.run import Run

FEWEST = 5  # sessions with a word, for it to be ranked
LEVEL = 0.05


class Estimate(NamedTuple):
    """A mean or a difference of means with the ends of its interval; NaN where it cannot be had."""

    value: float
    low: float
    high: float


UNKNOWN = Estimate(math.nan, math.nan, math.nan)


def rank_words(found: Vocabulary, run: Run, dataset: Dataset, chosen: int = -1) -> pd.DataFrame:
    """Return the words of at least 5 sessions (stories where there are none), those that surely move first.

    The columns: `word`, `code` (its number in `found.names`), `headlines` and `sessions` of the sample, `mean, low,
    high` (contribution per headline), `moves` (whether the interval leaves out 0); `events` of the test with the word,
    `happened, happened_low, happened_high`: the mean outcome of those less that of all others (share of the class
    `chosen`, or mean return); and `confirmed`: that interval leaves out 0 on the side of `mean`. Where the test rows
    taught the models (a walk-forward beside a sealed holdout), the sides agree more often than by chance; the interval
    of what happened holds all the same.
    """
    per_row = (
        pd.DataFrame({"code": found.word, "row": found.row, "value": found.value})
        .groupby(["code", "row"], as_index=False)["value"]
        .sum()
    )
    per_row["cluster"] = block_numbers(dataset, per_row["row"].to_numpy())
    kept = [(code, part) for code, part in per_row.groupby("code") if part["cluster"].nunique() >= FEWEST]
    level = LEVEL / max(len(kept), 1)
    columns = ["word", "code", "headlines", "sessions", "mean", "low", "high", "moves", "events"]
    columns += ["happened", "happened_low", "happened_high", "confirmed"]
    if not kept:
        return pd.DataFrame(columns=columns).astype({"moves": bool, "confirmed": bool})
    lines = []
    outcomes = _Outcomes.of(found, run, dataset, chosen)
    for code, part in kept:
        moved = mean_interval(part["value"].to_numpy(), part["cluster"].to_numpy(), level)
        having = outcomes.having(found, int(code))
        happened = difference_interval(outcomes.y, having, outcomes.cluster, level, outcomes.widening)
        lines.append(
            {
                "word": str(found.names[code]),
                "code": int(code),
                "headlines": len(part),
                "sessions": int(part["cluster"].nunique()),
                "mean": moved.value,
                "low": moved.low,
                "high": moved.high,
                "moves": beyond(moved, 0.0),
                "events": int(having.sum()),
                "happened": happened.value,
                "happened_low": happened.low,
                "happened_high": happened.high,
                "confirmed": beyond(happened, moved.value),
            }
        )
    table = pd.DataFrame(lines, columns=columns).astype({"moves": bool, "confirmed": bool})
    order = np.lexsort((table["word"], -table["mean"].abs(), ~table["moves"]))
    return table.iloc[order].reset_index(drop=True)


def beyond(found: Estimate, side: float) -> bool:
    """Say whether an interval leaves out 0 on a side (-, +), on either where that is 0."""
    above, below = found.low > 0, found.high < 0
    return (above and side >= 0) or (below and side <= 0)


def mean_interval(values: np.ndarray, cluster: np.ndarray, level: float) -> Estimate:
    """Return the mean of `values (n,)` with its interval, by clusters `(n,)`."""
    ids = np.unique(cluster, return_inverse=True)[1]
    sizes, sums = np.bincount(ids), np.bincount(ids, values)
    if len(sizes) < 2:
        return UNKNOWN
    mean = float(values.mean())
    without = (sums.sum() - sums) / (len(values) - sizes)
    return _interval(mean, _jackknife(without, mean), _effective(sizes), level)


def difference_interval(
    y: np.ndarray, having: np.ndarray, cluster: np.ndarray, level: float, widening: float = 1.0
) -> Estimate:
    """Return the mean of `y (n,)` where `having (n,)` less the mean elsewhere with its interval, by clusters `(n,)`.

    The error is never taken below that of two independent samples with the variance of all: a word whose few events all
    ended the same has no spread of its own. It is widened by a factor for overlap between clusters (`Blocks.widening`).
    Unknown where one side has fewer than 5 clusters.
    """
    ids = np.unique(cluster, return_inverse=True)[1]
    most = ids.max(initial=-1) + 1
    sides = [
        (np.bincount(ids[s], minlength=most), np.bincount(ids[s], y[s], most)) for s in (having, ~having)
    ]
    effective = min(_effective(sizes) for sizes, _ in sides)
    if min(int((sizes > 0).sum()) for sizes, _ in sides) < FEWEST:
        return UNKNOWN
    (n1, s1), (n0, s0) = sides
    difference = float(s1.sum() / n1.sum() - s0.sum() / n0.sum())
    without = (s1.sum() - s1) / (n1.sum() - n1) - (s0.sum() - s0) / (n0.sum() - n0)
    independent = float(y.std(ddof=1)) * math.sqrt(1 / n1.sum() + 1 / n0.sum())
    error = max(_jackknife(without, difference), independent) * widening
    return _interval(difference, error, effective, level)


def _jackknife(without: np.ndarray, whole: float) -> float:
    """Return the standard error from the estimates without each cluster `(clusters,)`."""
    clusters = len(without)
    return math.sqrt((clusters - 1) / clusters * float(((without - whole) ** 2).sum()))


def _effective(sizes: np.ndarray) -> float:
    return float(sizes.sum() ** 2 / (sizes**2).sum()) if sizes.any() else 0.0


def _interval(value: float, error: float, clusters: float, level: float) -> Estimate:
    from scipy.stats import t

    if clusters <= 1:
        return UNKNOWN
    reach = float(t.ppf(1 - level / 2, clusters - 1)) * error
    return Estimate(value, value - reach, value + reach)


class _Outcomes(NamedTuple):
    """The tested events: what happened, its cluster, and the event of each row's position."""

    y: np.ndarray
    cluster: np.ndarray
    event_of: pd.Series
    widening: float

    @classmethod
    def of(cls, found: Vocabulary, run: Run, dataset: Dataset, chosen: int) -> _Outcomes:
        test = run.predictions.test.at(dataset, found.tested)
        known = ~np.isnan(test.outcome)
        rows, outcome = found.tested[known], test.outcome[known]
        event = event_numbers(dataset, rows)
        y = (outcome == explained_class(run, chosen)).astype(float) if run.classes else outcome
        blocks = Blocks.of(dataset, rows, outcome, run.settings.horizon)
        sizes = np.maximum(np.bincount(event), 1)
        first = np.unique(event, return_index=True)[1]
        cluster = (blocks.ids // blocks.length)[first]
        return cls(np.bincount(event, y) / sizes, cluster, pd.Series(event, index=rows), blocks.widening)

    def having(self, found: Vocabulary, code: int) -> np.ndarray:
        """Say which events have a headline with the word, `(events,)`."""
        rows = found.test_row[found.test_word == code]
        having = np.zeros(len(self.y), bool)
        having[self.event_of[self.event_of.index.isin(rows)].to_numpy()] = True
        return having
