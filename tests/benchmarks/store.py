"""Fill a store with random vectors, read them back, prune them, and print seconds and peak memory of each.

    python tests/benchmarks/store.py [--count 100000] [--dim 384] [--turns 3] [--folder FOLDER]

Reading is measured in a process of its own that does nothing else, so its peak is that of reading: the array
of the vectors asked for, the file's cache (64 MB) and the keys of the texts. The texts are asked for in
another order than they were written in, as headlines are. With `--folder` the store is kept there.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from core.embed.pooling import MEAN
from core.embed.store.vector_store import Space, VectorStore

AT_ONCE = 2_000


def main() -> None:
    """Measure and print."""
    options = parse_arguments()
    if options.read:
        read(options)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        if not any(folder.glob("*.sqlite")):
            write(folder, options)
        arguments = [
            "--count",
            options.count,
            "--dim",
            options.dim,
            "--turns",
            options.turns,
            "--folder",
            folder,
        ]
        subprocess.run([sys.executable, __file__, "--read", *map(str, arguments)], check=True)
        if not options.folder:
            prune(folder)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=384)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--read", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def space(dim: int) -> Space:
    """Return the space that is measured."""
    return Space("benchmark", "benchmark", dim)


def texts(count: int) -> list[str]:
    """Return texts as long as a headline."""
    return [
        f"삼성전자 3분기 영업이익 시장 기대치 상회, 반도체 수출 반등에 목표가 상향 {i}" for i in range(count)
    ]


def write(folder: Path, options: argparse.Namespace) -> None:
    """Fill the store."""
    rng = np.random.default_rng(0)
    shuffled = rng.permutation(np.array(texts(options.count), object)).tolist()
    start = time.perf_counter()
    with VectorStore(folder) as store:
        for first in range(0, options.count, AT_ONCE):
            some = shuffled[first : first + AT_ONCE]
            vectors = rng.standard_normal((3, len(some), options.dim), np.float32)
            store.put(space(options.dim), some, vectors)
    seconds = time.perf_counter() - start
    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    print(f"write {options.count:,} texts in three poolings: {seconds:.1f} s, {size:,.0f} MB on disk")


def read(options: argparse.Namespace) -> None:
    """Read one pooling of every text, and the sizes."""
    wanted, before = texts(options.count), peak()
    for turn in range(options.turns):
        with VectorStore(options.folder) as store:
            start = time.perf_counter()
            vectors, found = store.get(space(options.dim), MEAN, wanted)
            seconds = time.perf_counter() - start
            start = time.perf_counter()
            (size,) = store.sizes()
            milliseconds = 1000 * (time.perf_counter() - start)
        assert found.all()
        assert size.entries >= options.count
        array = vectors.nbytes / 2**20
        print(
            f"read {options.count:,} × {options.dim}, turn {turn + 1}: {seconds:.2f} s; peak {peak():,.0f} MB: "
            f"{before:,.0f} before + {array:,.0f} the array + {peak() - before - array:,.0f}; sizes {milliseconds:.1f} ms"
        )
        del vectors


def prune(folder: Path) -> None:
    """Remove everything."""
    with VectorStore(folder) as store:
        start = time.perf_counter()
        pruned = store.prune("benchmark")
        print(f"prune: {time.perf_counter() - start:.2f} s; {pruned.message()}")


def peak() -> float:
    """Return the peak memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


if __name__ == "__main__":
    main()
