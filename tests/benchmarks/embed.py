"""Compare this project's embedding with `SentenceTransformer.encode`, in one run.

    python tests/benchmarks/embed.py [FILE.csv] [--column 제목] [--count 1000] [--turns 5] [--whole] [--random-base]

Both embed the same distinct headlines with the same weights and mean pooling: theirs with its defaults in
float32 (on a graphics card also in float16 at its best batch size), ours through an empty store in a temporary
workspace. They take turns, a part of the headlines at a time; on a shared machine the ratio of the best turns
says most. `--whole` gives theirs every row of the file and ours the same rows, as a user would. The weights are
the bundled encoder's, or with `--random-base` random ones of BERT-base's size.

The share of the matrix rate is the floating point operations of the encoder's linear layers on the tokens
embedded, per second, over what this machine reaches in products of the same shapes and number type.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

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
        name = random_base(Path(folder)) if options.random_base else bundled()
        before = matrix_rate(name)
        take_turns(name, [texts[i :: options.turns] for i in range(options.turns)])
        share_of_matrix_rate(name, distinct[options.count :] or texts, before)
        if options.whole:
            whole_file(name, headlines.tolist())


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--column", default="제목")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--whole", action="store_true", help="the whole file too, every row to theirs")
    parser.add_argument("--random-base", action="store_true", help="random weights of BERT-base's size")
    return parser.parse_args()


def bundled() -> str:
    """Return the bundled encoder's folder."""
    from core.embed.checkpoint.bundled import unpack

    return str(unpack())


def random_base(folder: Path) -> str:
    """Return a folder with random weights of BERT-base's size and the bundled encoder's tokenizer."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertModel

    tokenizer = AutoTokenizer.from_pretrained(bundled())
    torch.manual_seed(0)
    model = BertModel(BertConfig(vocab_size=len(tokenizer), pad_token_id=1), add_pooling_layer=False)
    for saved in (model, tokenizer):
        saved.save_pretrained(folder / "base")
    return str(folder / "base")


def take_turns(name: str, parts: list[list[str]]) -> None:
    """Print the speed of theirs and ours on the parts, taken in turn, and how far the vectors agree."""
    from core.embed import embed, resolve
    from core.embed.runtime.encoder import load_encoder
    from core.embed.runtime.precision import lowest_cosine

    rivals = their_encoders(name)
    start = time.perf_counter()
    encoder = load_encoder(resolve(name))
    encoder.encode(parts[0][:8])
    print(f"on {encoder.device_name} in {encoder.dtype}; loaded, and the number type chosen, in ", end="")
    print(f"{time.perf_counter() - start:.1f} s")
    seconds: dict[str, list[float]] = {rival: [] for rival in [*rivals, "headline-lab"]}
    cosines = []
    for part in parts:
        for rival, (model, batch) in rivals.items():
            start = time.perf_counter()
            vectors = np.asarray(model.encode(part, batch_size=batch, show_progress_bar=False), np.float32)
            seconds[rival].append(time.perf_counter() - start)
            if rival == next(iter(rivals)):
                exact = vectors
        start = time.perf_counter()
        result = embed(part, name, "mean")
        seconds["headline-lab"].append(time.perf_counter() - start)
        assert result.embedded == len(part)
        cosines.append(lowest_cosine(exact, result.vectors))
    ours = min(seconds["headline-lab"])
    for rival, taken in seconds.items():
        speed = sum(map(len, parts)) / sum(taken)
        print(f"{rival:40} {speed:8.1f} headlines/s, ours in the best turns × {min(taken) / ours:.2f}")
    print(f"lowest cosine to theirs in float32: {min(cosines):.6f}")


def their_encoders(name: str) -> dict[str, tuple[Any, int]]:
    """Return what a user has today: each model with its batch size."""
    import torch
    from sentence_transformers import SentenceTransformer

    rivals = {"SentenceTransformer float32, batch 32": (SentenceTransformer(name), 32)}
    if torch.cuda.is_available():
        half = SentenceTransformer(name).half()
        rivals |= {
            f"SentenceTransformer float16, batch {size}": (half, size) for size in (64, 256, 1024, 4096)
        }
    for model, size in rivals.values():
        model.encode(["예열"] * size)
    return rivals


def matrix_rate(name: str) -> float:
    """Return this machine's FLOP/s in products of the shapes and number type of the encoder's layers."""
    import torch

    from core.embed import resolve
    from core.embed.runtime.encoder import TOKEN_BUDGET, load_encoder

    encoder = load_encoder(resolve(name))
    device, dtype = encoder.device, next(encoder._model.parameters()).dtype
    work = taken = 0.0
    for (outputs, inputs), count in shapes(encoder).items():
        texts = torch.randn(2 * TOKEN_BUDGET[device], inputs, device=device).to(dtype)
        weights = torch.randn(outputs, inputs, device=device).to(dtype)
        torch.nn.functional.linear(texts, weights)
        best = np.inf
        for _ in range(20):
            start = time.perf_counter()
            product = torch.nn.functional.linear(texts, weights)
            product[0, 0].item()  # waits for the device
            best = min(best, time.perf_counter() - start)
        work += count * 2.0 * len(texts) * inputs * outputs
        taken += count * best
    return work / taken


def shapes(encoder: Any) -> dict[tuple[int, int], int]:
    """Return the shapes `(out, in)` of the encoder's linear layers and how often each occurs."""
    import torch

    found: dict[tuple[int, int], int] = {}
    for layer in encoder._model.modules():
        if isinstance(layer, torch.nn.Linear):
            shape = (layer.out_features, layer.in_features)
            found[shape] = found.get(shape, 0) + 1
    return found


def share_of_matrix_rate(name: str, texts: list[str], before: float) -> None:
    """Print the encoder's FLOP/s on these texts over the machine's, measured before and after."""
    from core.embed import resolve
    from core.embed.runtime.encoder import load_encoder

    encoder = load_encoder(resolve(name))
    texts = texts[:2_000]
    tokens = sum(map(len, encoder._tokenize(texts)[0]))
    start = time.perf_counter()
    for _batch in encoder.encode_batches(texts):
        pass
    seconds = time.perf_counter() - start
    flops = tokens * sum(2.0 * out * into * count for (out, into), count in shapes(encoder).items())
    rate = max(before, matrix_rate(name))
    print(
        f"{flops / len(texts) / 1e9:.2f} GFLOP a headline, {flops / seconds / 1e9:,.0f} of {rate / 1e9:,.0f} GFLOP/s: "
        f"{flops / seconds / rate:.0%} of the matrix rate ({len(texts):,} headlines, {len(texts) / seconds:.1f} /s)"
    )


def whole_file(name: str, rows: list[str]) -> None:
    """Print the seconds of theirs over every row and of ours over the same rows, its store empty of them."""
    from core.embed import embed
    from core.embed.store.vector_store import VectorStore

    with VectorStore() as store:
        for size in store.sizes():
            store.prune(size.encoder)
    start = time.perf_counter()
    embed(rows, name, "mean")
    ours = time.perf_counter() - start
    model, batch = next(iter(their_encoders(name).values()))
    start = time.perf_counter()
    model.encode(rows, batch_size=batch, show_progress_bar=False)
    theirs = time.perf_counter() - start
    print(f"{len(rows):,} rows: theirs {theirs:.1f} s, ours {ours:.1f} s, × {theirs / ours:.2f}")


if __name__ == "__main__":
    main()
