"""Compare the project's own BERT and reading of tokenizers with transformers' own, in one run.

    python tests/benchmarks/bert.py [FILE.csv] [--column 제목] [--encoder NAME] [--count 1000] [--turns 5]

Encoding: one `Encoder` embeds the same headlines with either model, in turn, so that batches, threads and pooling
are the same. Start: a fresh process loads the encoder and embeds one headline, imports included, for each pair
of a model and a tokenizer, in turn. Printed are medians: CPU seconds (user time, which other work on the machine
disturbs least) and wall seconds. The encoder is unpacked, hashed and its number type chosen beforehand.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data" / "headlines.csv"
WHO = ("ours", "theirs")


def main() -> None:
    """Measure and print, or be one of the fresh processes."""
    options = parse_arguments()
    if options.start:
        start(options.encoder, *options.start)
        return
    texts = pd.read_csv(options.file)[options.column].dropna().astype(str).drop_duplicates().tolist()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("HEADLINE_LAB_HOME", folder)
        encoding(options.encoder, texts[: options.count], options.turns)
        starting(options)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--column", default="제목")
    parser.add_argument("--encoder", default="multilingual-e5-small")
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--start", nargs=2, choices=WHO, metavar=("MODEL", "TOKENIZER"))
    return parser.parse_args()


def encoding(name: str, texts: list[str], turns: int) -> None:
    """Print the seconds of either model over the same headlines."""
    import torch

    from core.embed import resolve
    from core.embed.checkpoint.loading import load_model
    from core.embed.runtime.encoder import load_encoder

    card = resolve(name)
    encoder = load_encoder(card)
    dtype = getattr(torch, encoder.dtype)
    models = {"ours": load_model(card, dtype)}
    use_their_model()
    models["theirs"] = load_model(card, dtype)
    print(f"{name} in {encoder.dtype}: " + " against ".join(type(m).__qualname__ for m in models.values()))
    taken: dict[str, list[tuple[float, float]]] = {who: [] for who in WHO}
    for turn in range(turns + 1):
        for who in WHO if turn % 2 else WHO[::-1]:
            encoder._model = models[who].to(encoder.device)
            figures = measured(lambda: [batch.indices for batch in encoder.encode_batches(texts)])
            if turn:  # the first turn warms up
                taken[who].append(figures)
    show("encoding", taken)
    ratio = statistics.median(t[0] / o[0] for o, t in zip(taken["ours"], taken["theirs"], strict=True))
    print(f"  ours × {ratio:.3f} as fast, by CPU seconds turn by turn ({len(texts):,} headlines)")


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Return CPU and wall seconds of some work in this process."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def starting(options: argparse.Namespace) -> None:
    """Print the seconds of fresh processes with each pair of a model and a tokenizer."""
    pairs = [(model, tokenizer) for model in WHO for tokenizer in WHO]
    taken: dict[str, list[tuple[float, float]]] = {" ".join(pair): [] for pair in pairs}
    for turn in range(options.turns + 1):
        for pair in pairs:
            command = [sys.executable, __file__, "--encoder", options.encoder, "--start", *pair]
            begin = time.perf_counter()
            child = subprocess.Popen(command)
            _pid, status, usage = os.wait4(child.pid, 0)
            wall = time.perf_counter() - begin
            assert status == 0
            if turn:
                taken[" ".join(pair)].append((usage.ru_utime, wall))
    show("start, model and tokenizer", taken)


def start(name: str, model: str, tokenizer: str) -> None:
    """Load the encoder and embed one headline, as the fresh process."""
    from core.embed import resolve
    from core.embed.runtime.encoder import load_encoder

    if model == "theirs":
        use_their_model()
    if tokenizer == "theirs":
        use_their_tokenizer()
    load_encoder(resolve(name)).encode(["삼성전자 3분기 영업이익 10조원 돌파"])


def use_their_model() -> None:
    """Let every encoder be loaded by transformers."""
    from core.embed.checkpoint import bert

    bert.bert_config = lambda values: None


def use_their_tokenizer() -> None:
    """Let every tokenizer be read by transformers."""
    from core.embed.checkpoint import loading

    def read(folder: Path, name: str) -> Any:
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(folder, local_files_only=True).backend_tokenizer

    loading.read_tokenizer = read


def show(title: str, taken: dict[str, list[tuple[float, float]]]) -> None:
    """Print the median, and the range, of CPU and wall seconds of each."""
    print(title)
    for who, figures in taken.items():
        cpu, wall = zip(*figures, strict=True)
        print(
            f"  {who:16} CPU {statistics.median(cpu):6.2f} s [{min(cpu):.2f}, {max(cpu):.2f}]   "
            f"wall {statistics.median(wall):6.2f} s [{min(wall):.2f}, {max(wall):.2f}]"
        )


if __name__ == "__main__":
    main()
