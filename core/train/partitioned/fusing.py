"""The fusion of the table's models with what the headline says beyond it, where the headline lies in blocks.

The table's columns are few and fit in memory, so its models are those of the ordinary training. The headline's model
is linear and needs no more of the rows than sums of products of its columns (`ridge_of_products`), which every block
gives of its own: the same numbers as in one piece, but for rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self, cast

import numpy as np

from core.jobs import Report, part
from core.locale import N_
from core.train.models.beyond import PENALTIES, BeyondTable, Pieces, outputs_and_weights
from core.train.models.ensemble import fit_models, out_of_fold
from core.train.models.fusion import Fusion, fusible, fusion_folds, weight_of_moves
from core.train.models.linear import ridge_of_products
from core.train.models.sample import Parameters
from core.train.partitioned.fitting import in_order
from core.train.partitioned.share import Share
from core.train.partitioned.workers import surviving

Solve = Callable[[float], tuple[np.ndarray, np.ndarray]]
EXACT = 1e-12  # of a column's size, below which its spread is rounding


def fit_fusion(
    share: Share, headline: np.ndarray, table: np.ndarray, parameters: Parameters, report: Report
) -> Fusion | None:
    """Fit what `Fusion.fit` does; `table (n, columns)` are the columns that are not the headline's."""
    if not fusible(share.sample, headline):
        return None
    share = replace(share, sample=replace(share.sample, folds=fusion_folds(share.sample)))
    alone = replace(share.sample, X=table, parameters=parameters)
    models, _ = fit_models(alone, part(report, 0, 0.4))
    rows, inner = out_of_fold(alone, part(report, 0.4, 0.8))

    def work() -> tuple[BeyondTable, list[np.ndarray]]:
        return _beyond(share, headline, table, part(report, 0.8, 1))

    text, moves = surviving(share.blocks.client, share.blocks.renew, work)
    return Fusion(headline, models, text, weight_of_moves(share.sample, rows, inner, moves))


@dataclass(frozen=True)
class Sums:
    """Sums over rows of the products of `[headline, pieces of the table, outputs, 1]`, weighted and not."""

    weighted: np.ndarray
    plain: np.ndarray

    def __add__(self, other: Self) -> Sums:
        return Sums(self.weighted + other.weighted, self.plain + other.plain)


def _beyond(
    share: Share, headline: np.ndarray, table: np.ndarray, report: Report
) -> tuple[BeyondTable, list[np.ndarray]]:
    """Return what `BeyondTable.fit` does."""
    sample, blocks = share.sample, share.blocks
    pieces = Pieces.fit(table)
    y, weight = outputs_and_weights(sample)
    report(0, N_("Fitting a linear model"))
    everything = share.at()
    each = dict(
        zip(
            blocks.chosen(everything),
            blocks.each(everything, _sums, headline, pieces, beside=(share.spread(y), share.spread(weight))),
            strict=True,
        )
    )

    def summed(rows: np.ndarray) -> Sums:
        first, *others = (each[number] for number in blocks.chosen(share.at(rows)))
        return cast(Sums, sum(others, first))

    every = summed(np.arange(len(sample.y)))
    columns, kept = int(headline.sum()), int(pieces.kept.sum())
    coefficients, intercept = _part_of_table(every.plain, columns, kept)
    levels, moved = [], []
    for number, (fit, valid) in enumerate(sample.folds):
        report((number + 1) / (len(sample.folds) + 1), N_("Fitting a linear model"))
        solve, level = _ridge(summed(fit).weighted, coefficients, intercept)
        made = _estimates(share, valid, headline, pieces, [*map(solve, PENALTIES)], coefficients, intercept)
        moved.append([estimate - level for estimate in made])
        levels.append(level)
    solve, _ = _ridge(every.weighted, coefficients, intercept)
    return BeyondTable.of_folds(sample, pieces, coefficients, intercept, levels, moved, solve)


def _part_of_table(plain: np.ndarray, columns: int, kept: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what `residuals` does of the headline's columns and the pieces, from the sums of their products."""
    from scipy.linalg import solve

    count = plain[-1, -1]
    mean = plain[-1] / count
    centred = plain - count * np.outer(mean, mean)
    h, p = slice(0, columns), slice(columns, columns + kept)
    if not kept:
        return np.zeros((0, columns)), mean[h]
    spread = np.sqrt(np.diag(centred)[p] / count)
    scaled = centred[p, p] / np.outer(spread, spread) + kept * np.eye(kept)
    coefficients = solve(scaled, centred[p, h] / spread[:, None], assume_a="pos") / spread[:, None]
    return coefficients, mean[h] - mean[p] @ coefficients


def _ridge(weighted: np.ndarray, coefficients: np.ndarray, intercept: np.ndarray) -> tuple[Solve, np.ndarray]:
    """Return `ridge` of the outputs on the headline's residuals, and the outputs' averages, from sums of products."""
    kept, columns = coefficients.shape
    outputs = len(weighted) - columns - kept - 1
    to_rest = np.zeros(
        (len(weighted), columns + outputs + 1)
    )  # [headline, pieces, outputs, 1] -> [rest, outputs, 1]
    to_rest[:columns, :columns] = np.eye(columns)
    to_rest[columns : columns + kept, :columns] = -coefficients
    to_rest[-1, :columns] = -intercept
    to_rest[columns + kept :, columns:] = np.eye(outputs + 1)
    sums = to_rest.T @ weighted @ to_rest
    total, r, o = sums[-1, -1], slice(0, columns), slice(columns, columns + outputs)
    centre, level = sums[-1, r] / total, sums[-1, o] / total
    squares = sums[r, r] - total * np.outer(centre, centre)
    variance = np.diag(squares) / total
    spread = np.sqrt(np.maximum(variance, 0))
    spread[variance <= EXACT * np.diag(weighted)[r] / total] = 1
    moments = (sums[r, o] - total * np.outer(centre, level)) / spread[:, None]
    products = squares / np.outer(spread, spread)
    return ridge_of_products(products, moments, centre, spread, level, total), level


def _estimates(
    share: Share,
    valid: np.ndarray,
    headline: np.ndarray,
    pieces: Pieces,
    solved: list[tuple[np.ndarray, np.ndarray]],
    coefficients: np.ndarray,
    intercept: np.ndarray,
) -> list[np.ndarray]:
    """Return the estimates of later rows, `(n, outputs)`, by each of several solutions."""
    slopes = np.vstack([slope for slope, _ in solved])  # (solutions * outputs, columns)
    bases = np.concatenate([base for _, base in solved]) - slopes @ intercept
    at = share.at(valid)
    parts = share.blocks.each(at, _mapped, headline, pieces, slopes, -slopes @ coefficients.T, bases)
    made = in_order(share, at, np.concatenate(parts))
    return np.split(made, len(solved), axis=1)


def _sums(cells: np.ndarray, y: np.ndarray, weight: np.ndarray, headline: np.ndarray, pieces: Pieces) -> Sums:
    """Return the sums of a block's rows; in float64, as the products of a million rows need it."""
    rows = np.hstack([cells[:, headline], pieces.of(cells[:, ~headline]), y, np.ones((len(y), 1))])
    return Sums(rows.T @ (weight[:, None] * rows), rows.T @ rows)


def _mapped(
    cells: np.ndarray,
    headline: np.ndarray,
    pieces: Pieces,
    slopes: np.ndarray,
    of_table: np.ndarray,
    bases: np.ndarray,
) -> np.ndarray:
    made: Any = cells[:, headline].astype(np.float64) @ slopes.T
    return np.asarray(made + pieces.of(cells[:, ~headline]) @ of_table.T + bases)
