"""Compare this project's embedding with `SentenceTransformer.encode`, both cold, in one run.

    python tests/benchmarks/embed.py [FILE.csv] [--column 제목] [--count 1000] [--turns 5]

Both embed the same distinct headlines with the bundled encoder and mean pooling: theirs with its defaults in
float32, ours through an empty store in a temporary workspace. They take turns, a part of the headlines at a
time; on a shared machine the ratio of the best turns says most. Embedding the whole file costs theirs every
row and ours every distinct headline: the last ratio.
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
    print(
        f"{options.file.name}: {len(headlines):,} rows, {len(distinct):,} distinct, {len(texts):,} embedded"
    )
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HEADLINE_LAB_HOME"] = folder
        theirs, ours, cosine = take_turns([texts[i :: options.turns] for i in range(options.turns)])
    for name, seconds in (("SentenceTransformer.encode", theirs), ("headline-lab", ours)):
        mean, best = len(texts) / sum(seconds), rate(seconds, texts)
        print(f"{name:27} {mean:6.1f} headlines/s, best turn {best:6.1f}")
    ratio = min(theirs) / min(ours)
    print(f"ratio: {sum(theirs) / sum(ours):.2f}, of the best turns {ratio:.2f}")
    print(f"ratio on the whole file, of the best turns: {ratio * len(headlines) / len(distinct):.2f}")
    print(f"lowest cosine between the two: {cosine:.6f}")


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--column", default="제목")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=5)
    return parser.parse_args()


def rate(seconds: list[float], texts: list[str]) -> float:
    """Return the headlines per second of the best turn."""
    return len(texts) / len(seconds) / min(seconds)


def take_turns(parts: list[list[str]]) -> tuple[list[float], list[float], float]:
    """Return their seconds and ours for each part, and the lowest cosine between the vectors."""
    from sentence_transformers import SentenceTransformer

    from core.embed import embed, resolve
    from core.embed.bundled import NAME, unpack
    from core.embed.encoder import load_encoder
    from core.embed.precision import lowest_cosine

    model = SentenceTransformer(str(unpack()))
    model.encode(parts[0][:8])
    start = time.perf_counter()
    encoder = load_encoder(resolve(NAME))
    encoder.encode(parts[0][:8])
    print(f"on {encoder.device_name} in {encoder.dtype}; loaded, and the number type chosen, in ", end="")
    print(f"{time.perf_counter() - start:.1f} s")
    theirs, ours, cosines = [], [], []
    for part in parts:
        start = time.perf_counter()
        vectors = np.asarray(model.encode(part, show_progress_bar=False))
        theirs.append(time.perf_counter() - start)
        start = time.perf_counter()
        result = embed(part, NAME, "mean")
        ours.append(time.perf_counter() - start)
        assert result.embedded == len(part)
        cosines.append(lowest_cosine(vectors, result.vectors))
    return theirs, ours, min(cosines)


if __name__ == "__main__":
    main()
