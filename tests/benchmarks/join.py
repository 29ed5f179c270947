"""Pair the rows of two tables by our own arrays and by pandas.merge and merge_asof, and print the seconds.

    python tests/benchmarks/join.py [--rows 1000000] [--second 100000] [--seed 0]

What is compared is the step that finds the partners; both must find the same ones.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

COMPANIES, SESSIONS = 200, 1_500


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--second", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for rows, second in ((options.rows, options.second), (2_000, 500)):
        print(f"{rows:,} x {second:,} rows")
        compare(*make(rows, second, options.seed))


def make(rows: int, second: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make company, session and time (of the second table) of the rows, all as numbers."""
    rng = np.random.default_rng(seed)
    tables = [
        pd.DataFrame({"company": rng.integers(0, COMPANIES, n), "session": rng.integers(0, SESSIONS, n)})
        for n in (rows, second)
    ]
    tables[1]["time"] = tables[1]["session"] * 86_400 + rng.integers(0, 86_400, second)
    return tables[0], tables[1]


def compare(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Print the seconds of both ways, after a check that they find the same partners."""
    for name, ways in (("same session", (by_index, by_merge)), ("last before", (by_search, by_merge_asof))):
        found = [timed(f"{name}, {way.__name__}", way, left, right) for way in ways]
        np.testing.assert_array_equal(found[0], found[1])


def timed(
    name: str,
    way: Callable[[pd.DataFrame, pd.DataFrame], np.ndarray],
    left: pd.DataFrame,
    right: pd.DataFrame,
) -> np.ndarray:
    """Print the best of three."""
    seconds = []
    for _again in range(3):
        start = time.perf_counter()
        found = way(left, right)
        seconds.append(time.perf_counter() - start)
    print(f"  {name:28} {min(seconds):7.3f} s", flush=True)
    return found


def by_index(left: pd.DataFrame, right: pd.DataFrame) -> np.ndarray:
    """Look the pairs of company and session up in an index of whole numbers."""
    codes, wanted = (
        table["company"].to_numpy() * SESSIONS + table["session"].to_numpy() for table in (right, left)
    )
    at = np.flatnonzero(~pd.Series(codes).duplicated().to_numpy())
    index = pd.Index(codes[at]).get_indexer(wanted)
    return np.append(at, -1)[index]


def by_merge(left: pd.DataFrame, right: pd.DataFrame) -> np.ndarray:
    """Merge on company and session."""
    once = right[["company", "session"]].drop_duplicates().reset_index(names="partner")
    found = left.merge(once, how="left", on=["company", "session"], validate="many_to_one")["partner"]
    return found.fillna(-1).to_numpy(np.int64)


def by_search(left: pd.DataFrame, right: pd.DataFrame) -> np.ndarray:
    """Search each pair among the sorted ones."""
    codes, wanted = (
        table["company"].to_numpy() * SESSIONS + table["session"].to_numpy() for table in (right, left)
    )
    at = np.lexsort((right["time"].to_numpy(), codes))
    index = np.searchsorted(codes[at], wanted, side="left") - 1
    found = np.append(at, -1)[index]
    return np.where((index >= 0) & (codes[found] // SESSIONS == wanted // SESSIONS), found, -1)


def by_merge_asof(left: pd.DataFrame, right: pd.DataFrame) -> np.ndarray:
    """Merge each row with the last of its company in an earlier session."""
    order = right.reset_index(names="partner").sort_values(["session", "time"], kind="stable")
    rows = left.reset_index(names="row").sort_values("session", kind="stable")
    found = pd.merge_asof(
        rows, order.drop(columns="time"), on="session", by="company", allow_exact_matches=False
    )
    return found.set_index("row")["partner"].reindex(range(len(left))).fillna(-1).to_numpy(np.int64)


if __name__ == "__main__":
    main()
