"""Compare this project's embedding with `SentenceTransformer.encode`, both cold, in one run.

    python tests/benchmarks/embed.py [FILE.csv] [--column 제목] [--count 1000] [--pooling mean]

Both embed the same distinct headlines with the bundled encoder: theirs with its defaults in float32, ours
through an empty store in a temporary workspace. Embedding the whole file would cost theirs every row and ours
every distinct headline: the last ratio. On a shared machine only the ratios mean something.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data" / "headlines.csv"


def main() -> None:
    """Measure and print."""
    options = parse_arguments()
    headlines = pd.read_csv(options.file)[options.column].dropna().astype(str)
    distinct = headlines.drop_duplicates().sample(frac=1, random_state=0).tolist()
    texts = distinct[: options.count]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HEADLINE_LAB_HOME"] = folder
        theirs, seconds_theirs = with_sentence_transformers(texts)
        ours, seconds_ours, device, dtype, settling = with_headline_lab(texts, options.pooling)
    print(
        f"{options.file.name}: {len(headlines):,} rows, {len(distinct):,} distinct, {len(texts):,} embedded"
    )
    print(f"SentenceTransformer.encode, float32: {len(texts) / seconds_theirs:7.1f} headlines/s")
    print(f"headline-lab, {device} {dtype}:      {len(texts) / seconds_ours:7.1f} headlines/s")
    print(f"loading and choosing the number type (once per machine): {settling:.1f} s")
    print(f"ratio: {seconds_theirs / seconds_ours:.2f}")
    whole = seconds_theirs / seconds_ours * len(headlines) / len(distinct)
    print(f"ratio on the whole file, every row against every distinct headline: {whole:.2f}")
    if options.pooling == "mean":
        from core.embed.precision import lowest_cosine

        print(f"lowest cosine between the two: {lowest_cosine(theirs, ours):.6f}")


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--column", default="제목")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--pooling", default="mean", choices=["cls", "mean", "max"])
    return parser.parse_args()


def with_sentence_transformers(texts: list[str]) -> tuple[np.ndarray, float]:
    """Return their vectors (mean pooling, the encoder's own prompt) and the seconds of `encode`."""
    from sentence_transformers import SentenceTransformer

    from core.embed.bundled import unpack

    model = SentenceTransformer(str(unpack()))
    model.encode(texts[:8])
    start = time.perf_counter()
    vectors = model.encode(texts, show_progress_bar=False)
    return vectors, time.perf_counter() - start


def with_headline_lab(texts: list[str], pooling: str) -> tuple[np.ndarray, float, str, str, float]:
    """Return our vectors, seconds of embedding and storing, device, number type, seconds to load."""
    from core.embed import embed, resolve
    from core.embed.bundled import NAME
    from core.embed.encoder import load_encoder

    start = time.perf_counter()
    load_encoder(resolve(NAME)).encode(texts[:8])
    settling = time.perf_counter() - start
    result = embed(texts, NAME, pooling)
    assert result.embedded == len(texts)
    return result.vectors, result.seconds, result.device, result.dtype, settling


if __name__ == "__main__":
    main()
