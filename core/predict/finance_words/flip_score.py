"""The flip test as a score: how often, and how far, predictions move the right way, and how far they would by luck.

Two things make it uncertain. Other headlines could have been tested: the interval of the share is that of a mean over
clusters of headlines (`core.evaluate.clustered`). And a model that learned from headlines which say nothing would move
some way too, often the same way for all of them, as opposite words lie along one direction of an encoder's space: how
far is measured on models that learned from outcomes dealt to other sessions (`core.predict.finance_words.dealing`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.evaluate.bootstrap import LEVEL, Interval
from core.evaluate.clustered import clustered_mean
from core.evaluate.predictions import MEAN
from core.predict.standing import printed

READS, COIN, WRONG, FEW = "reads", "coin", "wrong", "few"
TIE = 1e-12  # moves below this are none: trees often give both headlines the very same value
FEWEST = 5  # headlines of a pair of words, for it to be listed


@dataclass(frozen=True, eq=False)
class Share:
    """How often predictions move the right way, a tie counting a half, over `n` headlines.

    `right` has its 95% interval, NaN bounds with fewer than five clusters; `still` is the share of headlines whose
    printed prediction does not change, `moved` the mean move as a fraction, positive the right way. `luck` is how far
    models that learned nothing move on average in 95% of cases, either way, NaN where that was not measured; `dealt
    (refits,)` are how often each of these moves the right way.
    """

    n: int
    right: Interval
    moved: Interval
    still: float
    luck: float
    dealt: np.ndarray

    @property
    def verdict(self) -> str:
        """READS, or WRONG, where the interval leaves out one half and the mean move is farther than luck takes it.

        FEW where there is no interval, else COIN.
        """
        if math.isnan(self.right.low) or math.isnan(self.luck):
            return FEW
        if self.right.low > 0.5 and self.moved.value > self.luck:
            return READS
        if self.right.high < 0.5 and self.moved.value < -self.luck:
            return WRONG
        return COIN


@dataclass(frozen=True, eq=False)
class FlipTest:
    """Tested headlines beside their opposites, `n` of them.

    `rows (n,)` are their positions in the dataset, `texts (n,)` the opposites, `turn (n,)` 1 where that is better news,
    -1 where it is worse; `cluster (n,)` numbers what hangs together. `before` and `after` hold what each model says of
    both, `(n,)`: a return, or half of what upward classes have more than downward ones, which for two classes changes
    as the probability of the upward one. `dealt (refits, n)` are by model the moves, positive the right way, of models
    that learned from dealt outcomes. `pairs` are the words that were turned (good, bad), `pair, of (k,)` say which of them
    stands in which headline. `classes` says whether predictions are probabilities, `learned` whether the models learned
    from these very headlines.
    """

    rows: np.ndarray
    texts: np.ndarray
    turn: np.ndarray
    cluster: np.ndarray
    before: dict[str, np.ndarray]
    after: dict[str, np.ndarray]
    dealt: dict[str, np.ndarray]
    pairs: tuple[tuple[str, str], ...]
    pair: np.ndarray
    of: np.ndarray
    classes: bool
    learned: bool

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def models(self) -> tuple[str, ...]:
        """The models and the ensemble."""
        return tuple(self.before)

    def moves(self, model: str = MEAN) -> np.ndarray:
        """Return how far each prediction moves, `(n,)` fractions, positive the right way."""
        result: np.ndarray = (self.after[model] - self.before[model]) * self.turn
        return result

    def share(self, model: str = MEAN, among: np.ndarray | None = None, asked: int = 1) -> Share:
        """Return the score of a model on the headlines `among (n,)` bool (all), as one of `asked` that are looked at."""
        chosen = np.ones(len(self), bool) if among is None else among
        moves, cluster = self.moves(model)[chosen], self.cluster[chosen]
        same = printed(self.before[model][chosen], self.classes) == printed(
            self.after[model][chosen], self.classes
        )
        return Share(
            len(moves),
            share_of(right_way(moves), cluster, asked),
            clustered_mean(moves, cluster, asked),
            float(same.mean()) if len(same) else math.nan,
            luck_of(self.dealt[model][:, chosen], asked),
            right_way(self.dealt[model][:, chosen]).mean(axis=1) if len(moves) else np.zeros(0),
        )

    def words(self, model: str = MEAN) -> list[tuple[tuple[str, str], Share]]:
        """Return the score of each pair of words in at least `FEWEST` headlines, the most frequent first.

        All their intervals hold together in 95% of cases (Bonferroni).
        """
        found = [(pair, among) for pair, among in self._standing() if among.sum() >= FEWEST]
        scored = [(pair, self.share(model, among, len(found))) for pair, among in found]
        return sorted(scored, key=lambda one: (-one[1].n, one[0]))

    def wrong(self, model: str = MEAN, most: int = 10) -> np.ndarray:
        """Return the numbers of the headlines that move the wrong way, the farthest first, at most so many."""
        moves = self.moves(model)
        order = np.argsort(moves, kind="stable")[:most]
        result: np.ndarray = order[moves[order] < -TIE]
        return result

    def _standing(self) -> Iterator[tuple[tuple[str, str], np.ndarray]]:
        for number, pair in enumerate(self.pairs):
            among = np.zeros(len(self), bool)
            among[self.of[self.pair == number]] = True
            yield pair, among


def right_way(moves: np.ndarray) -> np.ndarray:
    """Return 1 where a move is the right way (positive), 0 where it is not, and 1/2 where there is none."""
    result: np.ndarray = np.where(np.abs(moves) < TIE, 0.5, (moves > 0).astype(float))
    return result


def share_of(right: np.ndarray, cluster: np.ndarray, asked: int = 1) -> Interval:
    """Return the mean of `right (n,)` with its interval over clusters `(n,)`, kept between 0 and 1.

    A few that all agree are not certain: the error is never below that of independent ones at the share of Agresti &
    Coull, "Approximate is better than 'exact' for interval estimation of binomial proportions" (1998).
    """
    fair = (right.sum() + 2) / (len(right) + 4)
    found = clustered_mean(right, cluster, asked, spread=math.sqrt(fair * (1 - fair)))
    return Interval(found.value, *(float(np.clip(end, 0, 1)) for end in (found.low, found.high)))


def luck_of(dealt: np.ndarray, asked: int = 1) -> float:
    """Return how far moves go by luck on average, from the moves `(refits, n)` of models that learned nothing.

    Student's quantile of the root of their mean square: the refits know their mean, 0. NaN without a refit.
    """
    from scipy.stats import t

    refits, headlines = dealt.shape
    if not refits or not headlines:
        return math.nan
    error = math.sqrt(float((dealt.mean(axis=1) ** 2).mean()))
    return float(t.ppf(1 - (1 - LEVEL) / (2 * max(asked, 1)), refits)) * error
