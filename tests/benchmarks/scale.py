"""How a table grows: seconds and memory of each stage from a file to honest scores.

    python tests/benchmarks/scale.py [--rows 1000000] [--features all] [--models rf,xgb,lgbm] [--memory-gb 4]
                                     [--cluster tcp://…] [--task classify]

The file is made up: 20,000 different headlines of Korean syllables, each told often in one session by 15 outlets about
20 companies, 5 features and a return for each company and session, over 2,500 sessions at most. The truth is known and weak: of the variance of a return
`x1` explains 1%, the mean tone of the event's headlines 0.5%, and noise the rest. What `headline-lab run` does with it is
done here in the same order, and for each stage printed: wall clock, core seconds (user and system, workers
included), and the peak of the resident memory of this process and of its children together. The workspace is that of
`HEADLINE_LAB_HOME`, so that the vectors are computed once. `--memory-gb` says that the machine has no more, which is
what trains a table in partitions.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

DISTINCT, OUTLETS, COMPANIES, SESSIONS, PER_EVENT = 20_000, 15, 20, 2_500, 20
GIGABYTE = 2**30
SYLLABLES = (
    "가나다라마바사아자차카타파하거너더러머버서어저고노도로모보소오조구누두루무부수우주기니디리미비시이지"
)
GOOD = ("수주 확대", "실적 개선", "목표가 상향", "흑자 전환", "신제품 호평")
BAD = ("수주 취소", "실적 부진", "목표가 하향", "적자 전환", "신제품 리콜")
PLAIN = ("증권가 전망", "매매 동향", "오늘의 공시", "업계 소식", "기관 수급")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--features", default="all")
    parser.add_argument("--models", default="")
    parser.add_argument("--memory-gb", default="")
    parser.add_argument("--task", default="classify")
    parser.add_argument("--cluster", default="")
    options = parser.parse_args()
    if options.memory_gb:
        os.environ["HEADLINE_LAB_MEMORY_GB"] = options.memory_gb
    from_file_to_score(made_file(options.rows), options)


def made_file(rows: int) -> Path:
    """Return the file of so many rows in the workspace, made where it is not there."""
    from core.settings import settings

    path = settings().folder("benchmarks") / f"scale-{rows}.csv"
    if not path.exists():
        made_table(rows).to_csv(path, index=False)
    return path


def made_table(rows: int, seed: int = 0) -> pd.DataFrame:
    """Return a table of `rows` headlines whose event's features and mean tone explain its return a little."""
    rng = np.random.default_rng(seed)
    texts, tones = headlines(np.random.default_rng(1))
    companies = COMPANIES
    sessions = int(np.clip(rows // (PER_EVENT * companies), 60, SESSIONS))
    events = sessions * companies
    days = pd.bdate_range("2015-01-05", periods=sessions)
    event = np.sort(rng.integers(0, events, rows))
    own = (
        len(texts) // sessions
    )  # headlines of a session: a story does not come back, as it would bind train and test
    told = event // companies * own + rng.integers(0, own, rows)
    features = rng.normal(size=(events, 5))
    size = np.bincount(event, minlength=events)
    tone = np.bincount(event, tones[told], minlength=events) / np.sqrt(np.maximum(size, 1))
    signal = 0.1 * features[:, 0] + 0.07 * tone
    returns = 0.02 * (signal + rng.normal(size=events))
    columns = {
        "제목": np.asarray(texts, object)[told],
        "언론사": np.asarray([f"언론사{n:02}" for n in range(OUTLETS)], object)[
            rng.integers(0, OUTLETS, rows)
        ],
        "일자": days.strftime("%Y-%m-%d").to_numpy()[event // companies],
        "종목": np.asarray([f"종목{n:02}" for n in range(companies)], object)[event % companies],
    }
    columns |= {f"x{k + 1}": features[event, k].round(5) for k in range(5)}
    return pd.DataFrame(columns | {"수익률": returns[event].round(6)})


def headlines(rng: np.random.Generator) -> tuple[list[str], np.ndarray]:
    """Return the different headlines and the tone of each: 1, -1 or 0."""
    letters = np.asarray(list(SYLLABLES))
    tones = rng.integers(-1, 2, DISTINCT)
    texts = []
    for number, tone in enumerate(tones):
        words = ["".join(rng.choice(letters, size)) for size in rng.integers(2, 5, 6)]
        said = rng.choice({1: GOOD, -1: BAD, 0: PLAIN}[int(tone)])
        texts.append(f"{' '.join(words[:3])}, {said}… {' '.join(words[3:])} {number}")
    return texts, tones.astype(float)


class Meter:
    """Prints the seconds and the peak memory of each stage."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._me = psutil.Process()
        self._done = threading.Event()
        self._children: dict[int, psutil.Process] = {}
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self.peak = max(self.peak, self.memory())

    def _family(self) -> list[psutil.Process]:
        for child in self._me.children(recursive=True):
            self._children.setdefault(child.pid, child)
        return [self._me, *self._children.values()]

    def memory(self) -> float:
        """Return the resident bytes of this process and its children."""
        return float(sum(_of(process, lambda p: p.memory_info().rss) for process in self._family()))

    def core_seconds(self) -> float:
        """Return the seconds of processor cores so far, those of living children included."""
        own = self._me.cpu_times()
        living = sum(
            _of(child, lambda p: p.cpu_times().user + p.cpu_times().system) for child in self._family()[1:]
        )
        return own.user + own.system + own.children_user + own.children_system + living

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Measure what runs inside, and print a line."""
        self.peak, cores, start = self.memory(), self.core_seconds(), time.perf_counter()
        yield
        wall, used = time.perf_counter() - start, self.core_seconds() - cores
        peak = max(self.peak, self.memory()) / GIGABYTE
        now = self.memory() / GIGABYTE
        print(
            f"{stage:10} {wall:8.1f} s {used:9.1f} core-s   peak {peak:5.2f} GB, then {now:5.2f} GB",
            flush=True,
        )


def _of(process: psutil.Process, ask: Callable[[psutil.Process], float]) -> float:
    try:
        return ask(process)
    except psutil.Error:  # it has ended
        return 0.0


def from_file_to_score(path: Path, options: argparse.Namespace) -> None:
    """Print each stage of `headline-lab run`, and what came out."""
    from core.data.ingest import File, ingest
    from core.data.library import save_dataset
    from core.embed import embed
    from core.evaluate.metrics import main_metric
    from core.evaluate.settings import default_unit
    from core.train import TrainSettings, pipeline, train_and_record
    from core.train.partitioned.memory import free_bytes
    from core.train.splits.registry import default_split

    meter = Meter()
    pipeline.Stopwatch = metered(meter)  # type: ignore[misc]
    print(f"{path.name}: {path.stat().st_size / 2**20:,.0f} MB")
    with meter("read"):
        made = ingest([File(path.name, path.read_bytes())])
    data = made.dataset
    sessions, events = data.sessions, data.events
    print(
        f"{len(data):,} rows, {data.distinct_headlines:,} headlines, {sessions:,} sessions, {events:,} events"
    )
    print(f"memory that a training may take: {free_bytes() / GIGABYTE:.1f} GB")
    with meter("embed"):
        vectors = embed(data.headlines, "multilingual-e5-small").vectors
    with meter("save table"):
        save_dataset(data, made.sources)
    del made
    settings = TrainSettings(
        options.task,
        split=default_split(data),
        unit=default_unit(data),
        horizon=data.horizon,
        features=options.features,
        models=tuple(name for name in options.models.split(",") if name),
    )
    with meter("train, all"):
        run = train_and_record(data, vectors, settings)
    print(f"  trained on {run.split.train_rows:,} rows, tested on {run.split.test_rows:,}")
    metric = main_metric(run.task).name
    for name, scores in (run.scores | run.baselines).items():
        score = scores[metric]
        print(f"  {name:14} {metric} {score.value:.4f} [{score.low:.4f}, {score.high:.4f}]")
    print("  lift", run.lift and (run.lift.value, run.lift.low, run.lift.high))
    print("  seconds", {stage: round(seconds, 1) for stage, seconds in run.seconds.items()})
    print("  cautions", [warning.code for warning in run.warnings])


def metered(meter: Meter) -> type:
    """Return a stopwatch that prints its stages too."""
    from core.train.pipeline import Stopwatch

    class Metered(Stopwatch):
        @contextmanager
        def __call__(self, stage: str) -> Iterator[None]:
            with super().__call__(stage), meter(f"  {stage}"):
                yield

    return Metered


if __name__ == "__main__":
    main()
