"""Time the SHAP values of 1,000 rows and of one: `python tests/benchmarks/explain.py [--rows 9000]`.

Fits the models as `tests/benchmarks/train.py` does on its synthetic rows (four fifths of `--rows`, 406 columns) and
explains rows that they have not learned from, in batches as the app does.
"""

from __future__ import annotations

import argparse
import time

from core.explain.contributions import BATCH
from core.jobs import silent
from core.train.models.ensemble import fit_models
from tests.benchmarks.train import synthetic

MANY, TURNS = 1_000, 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=9000)
    task = synthetic(parser.parse_args().rows)
    rows, columns = task.sample.X.shape
    print(f"models of {rows:,} rows and {columns} columns")
    models, _seconds = fit_models(task.sample, silent)
    total = alone = 0.0
    for name, model in models.items():
        model.contributions(task.X[:1])  # what is made once
        start = time.perf_counter()
        for first in range(0, MANY, BATCH):
            model.contributions(task.X[first : first + BATCH])
        many = time.perf_counter() - start
        one = min(_timed(model, task.X[row : row + 1]) for row in range(TURNS))
        print(f"{name:6} {MANY:,} rows {many:6.2f} s, one row {1000 * one:6.1f} ms")
        total, alone = total + many, alone + one
    print(f"all    {MANY:,} rows {total:6.2f} s, one row {1000 * alone:6.1f} ms")


def _timed(model, X) -> float:
    start = time.perf_counter()
    model.contributions(X)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
