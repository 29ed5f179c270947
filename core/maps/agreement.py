"""Do headlines that lie close together share their outcome? How often they do, against pairs drawn at random.

Compared are rows of different stories and of sessions at least the horizon apart, so that neither the same news nor
the same days can make two outcomes agree. For returns the product of two standardised ranks takes the place of the
agreement: its mean is a rank correlation of neighbours.

The interval resamples blocks of sessions (stories without dates) and weighs each pair by both of its ends (Owen, "The
pigeonhole bootstrap", 2007): a headline that is the neighbour of many counts as one. It is too wide rather than too
narrow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import Interval, bounds, draws
from core.evaluate.verdict import Evidence, verdict
from core.locale import N_
from core.maps.pairs import PairSums, close_pairs

NEIGHBOURS = 10
MOST = 10_000  # rows that are compared, drawn at random from more
FEWEST = 30  # rows


@dataclass(frozen=True)
class Agreement:
    """How far neighbours agree in their outcome.

    `value` is the share of neighbours of the same class, or the mean product of neighbours' standardised ranks (where
    `returns`); `usual` is the same of any two headlines that may be compared, and `gap` what neighbours have beyond
    it, with its 95% interval: for returns that is their rank correlation. `rows` were compared with their `neighbours` nearest.
    """

    value: float
    usual: float
    gap: Interval
    rows: int
    evidence: Evidence
    returns: bool = False
    neighbours: int = NEIGHBOURS

    @property
    def verdict(self) -> str:
        """Whether neighbours agree "better" or "worse" than others, "unclear", or "short" for too little evidence."""
        return verdict(self.gap, self.evidence)

    def sentence(self) -> Message:
        """Say it in one sentence with its numbers."""
        if self.returns:
            value, low, high = (
                _signed(number, 2) for number in (self.gap.value, self.gap.low, self.gap.high)
            )
            words: dict[str, object] = {"value": value, "low": low, "high": high}
            return Message(_RETURNS[self.verdict], words)
        low, high = (_signed(number * 100, 1) for number in (self.gap.low, self.gap.high))
        words = {"value": self.value, "usual": self.usual, "low": low, "high": high}
        return Message(_CLASSES[self.verdict], words)


_CLASSES = {
    "better": N_(
        "Headlines that lie close together share their outcome more often than chance: {value:.0%} against {usual:.0%} "
        "(difference [{low}, {high}] points)."
    ),
    "worse": N_(
        "Headlines that lie close together share their outcome less often than chance: {value:.0%} against {usual:.0%} "
        "(difference [{low}, {high}] points)."
    ),
    "unclear": N_(
        "There is no evidence that headlines that lie close together share their outcome more often than chance: "
        "{value:.0%} against {usual:.0%} (difference [{low}, {high}] points)."
    ),
    "short": N_(
        "Whether headlines that lie close together share their outcome cannot be told from so little: {value:.0%} "
        "against {usual:.0%} by chance."
    ),
}
_RETURNS = {
    "better": N_(
        "Headlines that lie close together have similar returns: their rank correlation is {value} [{low}, {high}]."
    ),
    "worse": N_(
        "Headlines that lie close together have opposite returns: their rank correlation is {value} [{low}, {high}]."
    ),
    "unclear": N_(
        "There is no evidence that headlines that lie close together have similar returns: their rank correlation is "
        "{value} [{low}, {high}]."
    ),
    "short": N_(
        "Whether headlines that lie close together have similar returns cannot be told from so little: their rank "
        "correlation is {value}."
    ),
}


def _signed(number: float, places: int) -> str:
    rounded = round(number, places)
    return f"{rounded:+.{places}f}" if rounded else f"{0:.{places}f}"


def agreement(
    data: Dataset,
    vectors: np.ndarray,
    hidden: np.ndarray | None = None,
    horizon: int | None = None,
    seed: int = 0,
    resamples: int = 500,
) -> Agreement | None:
    """Compare each headline's outcome with those of its nearest by the vectors `(rows, dim)` of the whole dataset.

    Rows at the positions `hidden` (a sealed holdout) stay out of it, and so do repetitions: of each story one row a
    company and session counts. `horizon` is how many sessions an outcome spans, by default what the table's plan says.
    None where the table has no target, no two different outcomes, or fewer than `FEWEST`
    such rows.
    """
    rows = _compared(data, hidden, seed)
    facts = _facts(data, rows)
    if facts is None or len(rows) < FEWEST:
        return None
    horizon = data.horizon if horizon is None else horizon
    outcome = facts[:, 0] if facts.shape[1] == 1 else facts.argmax(axis=1).astype(float)
    blocks = Blocks.of(data, rows, outcome, horizon)
    ids, apart = blocks.ids, blocks.horizon if blocks.unit == "session" else 1
    pairs = close_pairs(vectors[rows], NEIGHBOURS, ids, data.frame["story"].to_numpy()[rows], apart)
    if not len(pairs):
        return None
    graph = PairSums(facts, ids, pairs, apart)
    value, usual = (float(found[0]) for found in graph.values(np.ones((1, graph.units))))
    if not math.isfinite(value - usual):
        return None
    evidence = Blocks(np.arange(graph.units), blocks.length, blocks.horizon, blocks.unit)
    drawn = [np.subtract(*graph.values(times)) for times in draws(evidence, seed, resamples)]
    low, high = bounds(np.concatenate(drawn), evidence.count, evidence.widening)
    gap = Interval(value - usual, low, high)
    return Agreement(value, usual, gap, len(rows), Evidence.of(evidence), facts.shape[1] == 1)


def _compared(data: Dataset, hidden: np.ndarray | None, seed: int) -> np.ndarray:
    """Return the positions of the rows with an outcome, one a story, company and session, `MOST` at the most."""
    frame = data.frame[["story", "company", "session"]]
    known = data.frame["target"].notna().to_numpy(copy=True)
    if data.has_sessions:
        known &= frame["session"].notna().to_numpy()
    if hidden is not None:
        known[hidden] = False
    rows = np.flatnonzero(known)
    rows = rows[~frame.iloc[rows].duplicated().to_numpy()]
    if len(rows) > MOST:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST, replace=False))
    return rows


def _facts(data: Dataset, rows: np.ndarray) -> np.ndarray | None:
    """Return columns whose products say how far two outcomes agree: `(n, classes)` of 0 and 1, or `(n, 1)` ranks."""
    target = data.frame["target"].iloc[rows]
    if not data.target_kind or target.nunique() < 2:
        return None
    if data.target_kind == "return":
        from scipy.stats import rankdata

        ranks = rankdata(target.to_numpy(float))
        return np.asarray((ranks - ranks.mean()) / ranks.std())[:, None]
    return np.stack([(target == name).to_numpy(float) for name in data.classes], axis=1)
