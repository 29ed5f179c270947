"""The commands about encoders: `headline-lab encoders | sts`."""

from __future__ import annotations

import argparse
from typing import Any

from core.cli.shell import _, chosen_pooling, progress, read_bytes
from core.data.reading import ReadOptions


def encoders(_options: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the catalog, and what is available here."""
    from core.embed import cards
    from core.embed.runtime.memory import available_bytes, fits

    facts = (
        "id",
        "origin",
        "family",
        "tokenizer",
        "dim",
        "parameters",
        "pooling",
        "prefix",
        "max_length",
        "context",
        "normalised",
        "licence",
        "megabytes",
        "download_megabytes",
        "available",
        "source",
    )
    words = ("domain", "best", "worst", "notice")
    free = available_bytes()
    return [
        {name: getattr(card, name) for name in facts}
        | {name: _(getattr(card, name)) for name in words}
        | {"fits": fits(card, free)}
        for card in cards()
    ]


def sts(options: argparse.Namespace) -> dict[str, Any]:
    """Return how well an encoder's cosines follow people's scores of sentence pairs."""
    from core.embed.sts import read_pairs
    from core.embed.sts import sts as test

    reading = ReadOptions(options.encoding or "", options.delimiter or "", options.sheet or "")
    pairs = read_pairs(read_bytes(options.file), None if reading == ReadOptions() else reading)
    result = test(pairs, options.encoder, chosen_pooling(options), progress())
    keys = ("pairs", "pearson", "spearman", "encoder", "pooling", "skipped", "seconds")
    return {key: getattr(result, key) for key in keys}
