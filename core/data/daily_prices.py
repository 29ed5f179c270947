"""The closing prices of a saved dataset, of every session that its files hold, not only of those with headlines."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from core.data.build import prices_of_second
from core.data.dataset import Dataset
from core.data.ingest import Intake
from core.data.join.keys import shared_keys
from core.data.library import load_sources
from core.data.parse.typist import Typist
from core.data.plan import Plan
from core.data.target.from_prices import Prices, prices_from
from core.errors import UserError


@lru_cache(maxsize=4)
def daily_prices(dataset: Dataset) -> Prices | None:
    """Return the closing prices in the files that a dataset was made from, under the dataset's names of companies.

    They are those of the plan's price column (and benchmark): every row of a second file that has dates, else
    what stands in the headlines' rows, as the close of their session. None where the plan names no price, the
    files were not saved, or cannot be read any more. What was read is held for the datasets asked for last.
    """
    plan = dataset.plan
    if plan is None or not plan.target.price or not dataset.has_sessions:
        return None
    try:
        tables = [source.table.frame for source in load_sources(dataset.id)]
        return _prices(dataset, plan, tables) if tables else None
    except UserError:
        return None


def _prices(dataset: Dataset, plan: Plan, tables: list[pd.DataFrame]) -> Prices | None:
    table = tables[0]
    if len(tables) > 1 and plan.join:
        joined = Intake(tables).joined(plan)
        table = joined.frame
        if (found := prices_of_second(joined, plan)) is not None:
            return _renamed(dataset, found, _keys(dataset, plan, table))
    own = Typist(table.iloc[dataset.frame["row"].to_numpy() - 1], dataset.frame["row"].to_numpy())
    rule = plan.target
    return prices_from(
        dataset.frame["company"],
        dataset.frame["session"].to_numpy(),
        own.feature(rule.price),
        own.feature(rule.benchmark) if rule.benchmark else None,
    )


def _keys(dataset: Dataset, plan: Plan, table: pd.DataFrame) -> pd.Series:
    """Return what names the company of each row of the dataset in the file of prices, `(rows,)`."""
    if plan.join is None or not plan.join.left_company:
        return dataset.frame["company"]
    rows = dataset.frame["row"].to_numpy() - 1
    return Typist(table, np.arange(1, len(table) + 1)).text(plan.join.left_company).iloc[rows]


def _renamed(dataset: Dataset, prices: Prices, keys: pd.Series) -> Prices | None:
    names = dataset.frame["company"].fillna("").to_numpy(object)
    if set(prices.company.tolist()) == {""}:
        alone = len(set(names)) == 1
        return replace(prices, company=np.full(len(prices.company), names[0], object)) if alone else None
    both = shared_keys(keys.reset_index(drop=True), pd.Series(prices.company, dtype="str"))
    codes, first = np.unique(both.first, return_index=True)
    known = dict(zip(codes.tolist(), names[first], strict=True))
    company = np.array([known.get(code) if code >= 0 else None for code in both.second.tolist()], object)
    kept = np.array([name is not None for name in company], bool)
    parts = {name: getattr(prices, name)[kept] for name in ("session", "price", "benchmark")}
    return replace(prices, company=company[kept], **parts)
