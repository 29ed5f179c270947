"""Read and type a CSV file of a million rows, made here from a seed, and print seconds and peak memory.

    python tests/benchmarks/read.py [--rows 1000000] [--seed 0] [--parquet]

The figure of memory is the highest that this process has held so far, the file's own bytes included.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from core.data.plan import Roles

NAMES = [
    "삼성전자",
    "현대차",
    "카카오",
    "네이버",
    "셀트리온",
    "기아",
    "포스코",
    "한화솔루션",
    "대한항공",
    "두산",
]
WORDS = [
    "급등",
    "급락",
    "실적",
    "발표",
    "사상",
    "최대",
    "영업이익",
    "전망",
    "목표가",
    "상향",
    "하향",
    "외국인",
    "순매수",
    "기관",
    "매도",
    "공급",
    "계약",
    "체결",
    "신제품",
    "공개",
    "반도체",
    "배터리",
    "수출",
    "규제",
    "소송",
    "합의",
    "배당",
    "자사주",
    "소각",
    "유상증자",
    "인수",
    "합병",
    "노조",
    "파업",
    "증설",
    "투자",
    "중국",
    "미국",
    "유럽",
]
PRESS = ["가나일보", "다라경제", "마바신문", "사아뉴스", "자차투데이", "카타데일리", "파하타임즈"]


def main() -> None:
    """Measure and print."""
    options = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        frame = make_table(options.rows, options.seed)
        path = Path(folder) / "table.csv"
        frame.to_csv(path, index=False)
        if options.parquet:
            frame.to_parquet(Path(folder) / "table.parquet")
        del frame
        print(f"{options.rows:,} rows, {path.stat().st_size / 2**20:.0f} MB, {peak()}")
        measure(path)
        if options.parquet:
            measure_other(Path(folder) / "table.parquet")


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--parquet", action="store_true", help="the same table from Parquet too")
    return parser.parse_args()


def make_table(rows: int, seed: int) -> pd.DataFrame:
    """Make headlines of which nearly all differ, times to the minute, features per row and a label."""
    rng = np.random.default_rng(seed)
    words = rng.choice(WORDS, (rows, 4))
    counts = rng.integers(1, 1000, rows)
    headlines = [
        f"{n}, {' '.join(w[:2])}…“{' '.join(w[2:])}” {c}억"
        for n, w, c in zip(rng.choice(NAMES, rows), words, counts, strict=True)
    ]
    minutes = np.sort(rng.integers(0, 5 * 365 * 24 * 60, rows))
    returns = rng.normal(0, 0.02, rows)
    features = {
        name: rng.normal(size=rows) for name in ("전일수익률", "변동성20", "거래량비율", "RSI", "이격도20")
    }
    return pd.DataFrame(
        {
            "일시": pd.Timestamp("2018-01-02") + pd.to_timedelta(minutes, "min"),
            "종목": rng.choice(NAMES, rows),
            "제목": headlines,
            "언론사": rng.choice(PRESS, rows),
            **features,
            "익일수익률": returns,
            "승패": np.where(returns > 0, "승", "패"),
        }
    )


def measure(path: Path) -> None:
    """Read the CSV file, type each column, and build the dataset."""
    from core.data.guess.roles import guess_roles
    from core.data.parse.cells import plain_text
    from core.data.parse.columns import moments, numbers, texts
    from core.data.reading import read_table

    with timed("everything until the table is typed"):
        data = path.read_bytes()
        with timed("read"):
            frame = read_table(data).frame
        del data
        roles = guess_roles(frame).roles
        for column in (roles.headline, roles.press, roles.group):
            if column:
                with timed(f"texts of {column}"):
                    texts(frame[column], plain_text)
        if roles.date:
            with timed(f"moments of {roles.date}"):
                moments(frame[roles.date])
        for column in (*roles.numeric, roles.target):
            if column:
                with timed(f"numbers of {column}"):
                    numbers(frame[column])
    with timed("build_dataset"):
        build(frame, roles)


def build(frame: pd.DataFrame, roles: Roles) -> Dataset:
    """Build the dataset as the app does."""
    from core.data.ingest import Intake
    from core.data.plan import Plan

    return Intake([frame]).build(Plan(roles), "benchmark")


def measure_other(path: Path) -> None:
    """Read another format of the same table."""
    from core.data.reading import read_table

    with timed(f"read {path.suffix[1:]}"):
        read_table(path.read_bytes())


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print how long the block took, and the peak memory after it."""
    start = time.perf_counter()
    yield
    print(f"{name:40} {time.perf_counter() - start:7.2f} s, {peak()}", flush=True)


def peak() -> str:
    """Return the process's peak memory."""
    return f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10:,.0f} MB"


if __name__ == "__main__":
    main()
