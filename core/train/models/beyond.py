"""A linear model of what the headline says beyond the table: its part that the table's columns predict is taken out.

Headline columns and outcomes are related to the table alike, so a headline that repeats the table would otherwise
lend a second, linear model of it to the trees, and seem to know more. Partialling out is as in Robinson ("Root-N-
consistent semiparametric regression", 1988), here by ridge regression on piecewise linear functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from core.jobs import Report
from core.locale import N_
from core.train.models.linear import ridge
from core.train.models.sample import Sample

QUANTILES = (0.01, 0.25, 0.5, 0.75, 0.99)
PENALTIES = (1000.0, 100.0, 30.0, 10.0, 3.0, 1.0)  # for each row; the strongest first


@dataclass(frozen=True, eq=False)
class Pieces:
    """Columns of a table as piecewise linear functions, flat beyond the outer quantiles: a wild value stays bounded.

    `knots (5, columns)` ascend; `kept (4 * columns,)` bool are the pieces that vary among the training rows.
    """

    knots: np.ndarray
    kept: np.ndarray

    @classmethod
    def fit(cls, table: np.ndarray) -> Self:
        """Learn from training rows `(n, columns)`."""
        knots = np.quantile(table.astype(np.float64), QUANTILES, axis=0)
        rare = knots[0] == knots[-1]  # a flag of less than 1% of the rows
        knots[0, rare], knots[-1, rare] = table[:, rare].min(axis=0), table[:, rare].max(axis=0)
        return cls(knots, np.ptp(_pieces(table, knots), axis=0) > 0)

    def of(self, table: np.ndarray) -> np.ndarray:
        """Return the pieces of rows, `(n, kept)`."""
        return np.asarray(_pieces(table, self.knots)[:, self.kept])


def residuals(pieces: np.ndarray, headline: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Take out of `headline (n, columns)` what `pieces (n, kept)` predict of it by ridge regression.

    The penalty is as many rows as there are pieces, which are standardised for it. Returns the residuals
    `(n, columns)`, the coefficients `(kept, columns)` and the intercept `(columns,)`.
    """
    from sklearn.linear_model import Ridge

    if not pieces.shape[1]:
        centre = headline.mean(axis=0)
        return headline - centre, np.zeros((0, headline.shape[1])), centre
    spread = pieces.std(axis=0)
    model = Ridge(alpha=pieces.shape[1]).fit(pieces / spread, headline)
    coefficients = np.reshape(model.coef_, (headline.shape[1], -1)).T / spread[:, None]
    intercept = np.broadcast_to(model.intercept_, headline.shape[1])
    return headline - pieces @ coefficients - intercept, coefficients, intercept


@dataclass(frozen=True, eq=False)
class BeyondTable:
    """Ridge regression on the residuals of the headline's columns, folded into one linear map.

    It says by how much a headline moves the return, or the logarithm of each class's probability. For classes the
    regression is of their indicators: from its estimate s_k and the share pi_k of a class comes (s_k - pi_k) / pi_k.
    Added to log pi_k that is, for two classes, logistic regression after the first of its Newton steps from the
    shares. For weak signals the others change little, and they would take as long as a forest.

    `headline (outputs, headline columns)` and `table (outputs, kept pieces)` are coefficients of the two and
    `intercept (outputs,)` theirs together; `shares (outputs,)` are those of the classes, empty for returns.
    """

    pieces: Pieces
    headline: np.ndarray
    table: np.ndarray
    intercept: np.ndarray
    shares: np.ndarray

    @classmethod
    def fit(cls, sample: Sample, headline: np.ndarray, report: Report) -> tuple[Self, list[np.ndarray]]:
        """Fit on a sample whose columns `headline (columns,)` bool are the headline's.

        The penalty is the one whose estimates, brought to the best scale, explain the most of the later rows of all
        of the sample's folds; it grows with the rows, so that the models of the folds are as bold as that of all
        rows. Returns the latter, and for each fold the moves of its later rows by a model of its earlier ones: of
        the penalty and the scale, and of the table's part in the headline, these know later rows too.
        """
        pieces = Pieces.fit(sample.X[:, ~headline])
        rest, coefficients, intercept = residuals(
            pieces.of(sample.X[:, ~headline]), sample.X[:, headline].astype(np.float64)
        )
        y, weight = outputs_and_weights(sample)
        levels = []  # of each fold the outputs' averages `(outputs,)`
        moved = []  # and by how much each penalty's estimates of the later rows differ from them
        for number, (fit, valid) in enumerate(sample.folds):
            report(number / (1 + len(sample.folds)), N_("Fitting a linear model"))
            solve = ridge(rest[fit], y[fit], weight[fit])
            level = np.average(y[fit], axis=0, weights=weight[fit])
            moved.append([rest[valid] @ slope.T + base - level for slope, base in map(solve, PENALTIES)])
            levels.append(level)
        report(1 - 1 / (1 + len(sample.folds)), N_("Fitting a linear model"))
        made = cls.of_folds(sample, pieces, coefficients, intercept, levels, moved, ridge(rest, y, weight))
        report(1, N_("Fitting a linear model"))
        return made

    @classmethod
    def of_folds(
        cls,
        sample: Sample,
        pieces: Pieces,
        coefficients: np.ndarray,
        intercept: np.ndarray,
        levels: Sequence[np.ndarray],
        moved: Sequence[Sequence[np.ndarray]],
        solve: Callable[[float], tuple[np.ndarray, np.ndarray]],
    ) -> tuple[Self, list[np.ndarray]]:
        """Pick the penalty, and return what `fit` does.

        `coefficients (kept, columns)` and `intercept (columns,)` are the table's part in the headline. Of each fold
        there are the outputs' averages among the earlier rows, `levels (outputs,)`, and by how much the estimates of
        the later rows differ from them for each of `PENALTIES`, `moved (n, outputs)`; `solve` is `ridge` on all rows.
        """
        y, weight = outputs_and_weights(sample)
        rows = np.concatenate([valid for _, valid in sample.folds])
        off = np.concatenate(
            [y[valid] - level for (_, valid), level in zip(sample.folds, levels, strict=True)]
        )
        best, scale = _most_explained(np.concatenate(moved, axis=1), off, weight[rows])
        slope, base = solve(PENALTIES[best])
        level = np.average(y, axis=0, weights=weight)
        slope, base = scale * slope, scale * (base - level)
        model = cls(pieces, slope, -slope @ coefficients.T, base - slope @ intercept, level[: sample.classes])
        later = [
            _moves(scale * made[best], level[: sample.classes])
            for made, level in zip(moved, levels, strict=True)
        ]
        return model, later

    def moves(self, headline: np.ndarray, table: np.ndarray) -> np.ndarray:
        """Return the moves of log-probabilities `(n, classes)` or of returns `(n,)`.

        `headline` and `table` are `(n, columns)` of the two.
        """
        made = headline @ self.headline.T + self.pieces.of(table) @ self.table.T + self.intercept
        return _moves(made, self.shares)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays that `numpy.load` reads without pickle."""
        return {
            "knots": self.pieces.knots,
            "kept": self.pieces.kept,
            "headline": self.headline,
            "table": self.table,
            "intercept": self.intercept,
            "shares": self.shares,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Make what `to_arrays` took apart."""
        return cls(
            Pieces(arrays["knots"], arrays["kept"]),
            arrays["headline"],
            arrays["table"],
            arrays["intercept"],
            arrays["shares"],
        )


def outputs_and_weights(sample: Sample) -> tuple[np.ndarray, np.ndarray]:
    """Return what is regressed, the returns or an indicator of each class, `(n, outputs)`, and weights `(n,)`."""
    y = np.eye(sample.classes)[sample.y.astype(int)] if sample.classes else sample.y[:, None]
    return y, np.ones(len(y)) if sample.row_weight is None else sample.row_weight


def _most_explained(moved: np.ndarray, off: np.ndarray, weight: np.ndarray) -> tuple[int, float]:
    """Return the penalty whose estimates explain the most, and the scale (at least 0) that is best for them.

    `moved (penalties, n, outputs)` are estimates and `off (n, outputs)` outcomes, both less their averages.
    """
    together = np.einsum("pno,no,n->p", moved, off, weight)
    size = np.einsum("pno,pno,n->p", moved, moved, weight)
    scale = np.maximum(together, 0) / np.where(size > 0, size, 1)
    best = int(np.argmax(scale * together))
    return best, float(scale[best])


def _moves(made: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Turn estimates `(n, outputs)` less the average into moves: of returns `(n,)`, or of log-probabilities."""
    return np.asarray(made / shares if len(shares) else made.reshape(len(made)))


def _pieces(table: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Return what of each value lies between each two knots, `(n, 4 * columns)`."""
    return np.hstack([np.clip(table, low, high) for low, high in pairwise(knots)])
