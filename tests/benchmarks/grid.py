"""Time a grid on one local worker and on two, with and without a worker that is killed in the middle.

    python tests/benchmarks/grid.py DATASET [--poolings mean,cls,max] [--features all,headline,table] [--folds 5]
                                    [--ways 1,2,2k] [--encoder multilingual-e5-small]

DATASET is the id of a dataset of the workspace (`HEADLINE_LAB_HOME`), whose vectors are in its store or are embedded by
the workers too. Each way begins with a workspace of its own (dataset and vectors copied, no runs), so nothing is reused:
`1` and `2` are workers on this machine, `2k` kills one of the two once half of the grid is done, `0` is a thread of this
process. Printed are the seconds of each, the machine's load before and after, and whether every cell is the same number.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

from core.settings import settings

KILLED = "k"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("dataset")
    add("--encoder", default="multilingual-e5-small")
    add("--poolings", default="mean,cls,max")
    add("--features", default="all,headline,table")
    add("--folds", type=int, default=5)
    add("--ways", default="1,2,2k")
    options = parser.parse_args()
    home, cells = settings().home, {}
    for way in options.ways.split(","):
        with tempfile.TemporaryDirectory(prefix="grid-") as folder:
            os.environ["HEADLINE_LAB_HOME"] = str(_workspace(home, Path(folder) / "home"))
            cells[way] = _timed(way, options)
    first, *others = cells.values()
    for way, other in zip(list(cells)[1:], others, strict=True):
        same = all(first[key] == other[key] for key in first)
        print(f"{way}: every cell's score is the same as of {next(iter(cells))}: {same}")


def _workspace(home: Path, new: Path) -> Path:
    for name in ("datasets", "vectors"):
        shutil.copytree(home / name, new / name)
    (new / "encoders").symlink_to(home / "encoders")
    return new


def _timed(way: str, options: argparse.Namespace) -> dict[tuple[str, ...], object]:
    from core.compare.grid import GridSettings, run_grid
    from core.data.library import load_dataset
    from core.evaluate.settings import default_unit
    from core.train import TrainSettings
    from core.train.splits.registry import default_split

    data = load_dataset(options.dataset)
    split = default_split(data)
    base = TrainSettings(
        split=split,
        folds=options.folds if split == "time" else 0,
        unit=default_unit(data),
        horizon=data.horizon,
    )
    lists = [tuple(each.split(",")) for each in (options.encoder, options.poolings, options.features)]
    grid = GridSettings(base, *lists)
    killed: list[float] = []

    def report(fraction: float, _template: str, /, **_params: object) -> None:
        if way.endswith(KILLED) and fraction > 0.5 and not killed:
            killed.append(fraction)
            _kill_a_worker()

    before, start = os.getloadavg()[0], time.perf_counter()
    found = run_grid(data, grid, report, workers=int(way.removesuffix(KILLED)))
    seconds = time.perf_counter() - start
    print(
        f"{way}: {seconds:.0f} s for {len(found.made)} runs, {len(found.cells)} cells, {len(found.failures)} failed"
        f"{f', a worker killed at {killed[0]:.0%}' if killed else ''}; load {before:.1f} before, "
        f"{os.getloadavg()[0]:.1f} after",
        flush=True,
    )
    return {(c.encoder, c.pooling, c.features, c.model): c.score for c in found.cells}


def _kill_a_worker() -> None:
    import psutil

    workers = [
        process
        for process in psutil.Process().children(recursive=True)
        if any("spawn_main" in part for part in process.cmdline())
    ]
    workers[0].send_signal(signal.SIGKILL)


if __name__ == "__main__":
    main()
