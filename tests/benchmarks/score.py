"""What does scoring a file cost beyond its encoder's time?

    python tests/benchmarks/score.py [--rows 100000] [--headlines 10000] [--run ID] [--drawn]

Scores a made-up file by a run of the workspace (by default the one that comes with the app, in a workspace of its own):
its headlines are new, each made of two halves of the table's, and each stands in several rows with outlets, dates and
features. Prints the seconds of the encoder alone, of each part beside it and of the whole, the CSV included. With
`--drawn` vectors are drawn instead of computed, which shows in seconds what the rest costs. What is loaded once per
process is loaded before.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--headlines", type=int, default=10_000)
    parser.add_argument("--run")
    parser.add_argument("--drawn", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if not options.run:
            os.environ["HEADLINE_LAB_HOME"] = folder
        measure(options)


def measure(options: argparse.Namespace) -> None:
    """Score the file and print the seconds of each part."""
    from core.data.export import to_csv
    from core.data.library import load_dataset
    from core.predict import batch, score_table
    from core.train.prepared import put_prepared
    from core.train.runs import load_run

    run = load_run(options.run) if options.run else put_prepared("sample")
    data = load_dataset(run.dataset_id)
    table = file_of(data, options.rows, options.headlines)
    embed, encoder = (drawn if options.drawn else batch.embed), list[Any]()

    def timed(*given: Any) -> Any:
        start = time.perf_counter()
        made = embed(*given)
        encoder.append((time.perf_counter() - start, made))
        return made

    score_table(run, table.head(100))  # libraries, models, encoder and calendar are loaded
    batch.embed = timed
    parts = Parts()
    start = time.perf_counter()
    scored = score_table(run, table, report=parts)
    parts.next("writing the CSV")
    size = len(to_csv(scored.table))
    parts.end()
    whole = time.perf_counter() - start
    seconds, made = encoder[0]
    print(
        f"{len(scored):,} rows, {made.embedded:,} of {made.distinct:,} headlines embedded, {size / 2**20:.0f} MB"
    )
    print(
        f"{data.name}: {len(data):,} rows, {len(run.preparation.columns)} columns, {os.getloadavg()[0]:.1f} load"
    )
    for name, (clock, processor) in parts.seconds.items():
        print(f"{clock:8.1f} s  {name} ({processor:.1f} s of a core)")
    print(f"{seconds:8.1f} s  the encoder ({made.seconds:.1f} s of them at work)")
    print(
        f"{whole:8.1f} s  in all: {whole - seconds:.1f} s ({(whole - seconds) / seconds:.0%}) beside the encoder"
    )
    print(f"warnings: {scored.cautions.counts()}")


class Parts:
    """A `Report` that adds up the seconds of each part by its sentence: on the clock, and of the processor's cores."""

    def __init__(self) -> None:
        self.seconds: dict[str, np.ndarray] = {}
        self._since, self._name = self._now(), ""

    def __call__(self, _fraction: float, template: str, /, **_params: object) -> None:
        """Take the part that the sentence names as begun."""
        self.next(template)

    def next(self, name: str) -> None:
        """Begin a part."""
        self.end()
        self._name = name

    def end(self) -> None:
        """End the part at work."""
        now = self._now()
        if self._name:
            self.seconds[self._name] = self.seconds.get(self._name, 0.0) + now - self._since
        self._since = now

    @staticmethod
    def _now() -> np.ndarray:
        """Return the time on the clock and the time that this process has had on the processor."""
        return np.array([time.perf_counter(), time.process_time()])


def file_of(data: Any, rows: int, headlines: int) -> pd.DataFrame:
    """Return a file of new headlines, as text cells."""
    rng = np.random.default_rng(0)
    known = data.frame["headline"].unique()
    texts: dict[str, None] = {}
    while len(texts) < headlines:
        one, other = (known[place].split() for place in rng.integers(0, len(known), 2))
        texts[" ".join([*one[: len(one) // 2], *other[len(other) // 2 :], str(rng.integers(1000))])] = None
    beside = data.frame.iloc[rng.integers(0, len(data), rows)].reset_index(drop=True)
    days = pd.Timestamp("2026-11-30") + pd.to_timedelta(rng.integers(0, 5, rows), unit="D")
    table = pd.DataFrame({"제목": np.array(list(texts), object)[np.arange(rows) % headlines]})
    table["언론사"] = beside["press"].fillna("")
    table["일자"] = days.strftime("%Y-%m-%d")
    for name in data.roles.numeric:
        table[name] = beside[f"feature.{name}"].map(repr).replace("nan", "")
    return table.astype("str")


def drawn(texts: Sequence[str], *_given: Any) -> Any:
    """Return vectors that are drawn, the same for the same text, in place of an embedding."""
    number = pd.factorize(np.asarray(texts, object))[0]
    vectors = np.random.default_rng(0).normal(size=(number.max() + 1, 384)).astype(np.float32)
    distinct = len(vectors)
    return SimpleNamespace(vectors=vectors[number], embedded=0, distinct=distinct, seconds=0.0)


if __name__ == "__main__":
    main()
