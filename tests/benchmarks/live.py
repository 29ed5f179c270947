"""How long does a single headline wait while a job embeds with the same encoder?

    python tests/benchmarks/live.py [FILE.csv] [--column 제목] [--encoder NAME] [--times 50]

Prints the milliseconds of one headline with nothing else to do and in the middle of a job, and what the job's
speed is with and without them.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data" / "headlines.csv"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--column", default="제목")
    parser.add_argument("--encoder", default="multilingual-e5-small")
    parser.add_argument("--times", type=int, default=50)
    options = parser.parse_args()
    texts = pd.read_csv(options.file)[options.column].dropna().astype(str).drop_duplicates().tolist()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("HEADLINE_LAB_HOME", folder)
        measure(options.encoder, texts, options.times)


def measure(name: str, texts: list[str], times: int) -> None:
    """Print the waiting times alone and beside a job."""
    from core.embed import resolve
    from core.embed.runtime.encoder import load_encoder

    encoder = load_encoder(resolve(name))
    encoder.encode(texts[:3])
    single, many = texts[:times], texts[times:]

    def one_by_one() -> np.ndarray:
        taken = []
        for text in single:
            start = time.perf_counter()
            encoder.encode([text])
            taken.append((time.perf_counter() - start) * 1e3)
            time.sleep(0.05)
        return np.array(taken)

    def work() -> None:
        start, done = time.perf_counter(), 0
        for batch in encoder.encode_batches(many):
            done += len(batch.indices)
            if stop.is_set():
                break
        speeds.append(done / (time.perf_counter() - start))

    print(f"{name} on {encoder.device_name} in {encoder.dtype}")
    report("alone", one_by_one())
    stop, speeds = threading.Event(), list[float]()
    job = threading.Thread(target=work)
    job.start()
    time.sleep(1)
    report("beside a job", one_by_one())
    stop.set()
    job.join()
    print(f"the job embeds {speeds[0]:.1f} headlines/s meanwhile")


def report(label: str, milliseconds: np.ndarray) -> None:
    """Print the median, the 95th percentile and the longest."""
    median, high = np.percentile(milliseconds, [50, 95])
    print(
        f"{label:14} median {median:6.1f} ms, 95% within {high:6.1f} ms, longest {milliseconds.max():.1f} ms"
    )


if __name__ == "__main__":
    main()
