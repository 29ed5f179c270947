"""The commands about encoders: `headline-lab embed | encoders | sts | purity`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from core.cli.arguments import (
    chosen_pooling,
    read_options,
    takes_encoder,
    takes_file,
    takes_nothing,
    takes_output,
    takes_reading,
    takes_second_file,
    takes_seed,
)
from core.cli.command import Command
from core.cli.data import read_dataset
from core.cli.shell import _, progress, read_bytes, require_folder, translated, write
from core.data.plan import Cleaning
from core.data.reading import ReadOptions
from core.locale import N_

_CARD_FACTS = (
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
_CARD_WORDS = ("domain", "best", "worst", "notice")
_EMBED_KEYS = (
    "rows",
    "distinct",
    "embedded",
    "from_store",
    "dim",
    "seconds",
    "per_second",
    "device",
    "dtype",
)
_STS_KEYS = ("pairs", "pearson", "spearman", "encoder", "pooling", "skipped", "seconds")


def _encoders(_options: argparse.Namespace) -> list[dict[str, Any]]:
    from core.embed import cards
    from core.embed.runtime.memory import available_bytes, fits

    free = available_bytes()
    return [
        {name: getattr(card, name) for name in _CARD_FACTS}
        | {name: _(getattr(card, name)) for name in _CARD_WORDS}
        | {"tuned_on": translated(card.tuned_on) if card.tuned_on else "", "fits": fits(card, free)}
        for card in cards()
    ]


def _embed(options: argparse.Namespace) -> dict[str, Any]:
    from core.embed import embed

    require_folder(options.out)
    _sources, data = read_dataset(options, Cleaning(repeats="keep"))
    result = embed(data.headlines, options.encoder, chosen_pooling(options), progress())
    write(options.out, lambda file: np.save(file, result.vectors, allow_pickle=False))
    return {key: getattr(result, key) for key in _EMBED_KEYS}


def _sts(options: argparse.Namespace) -> dict[str, Any]:
    from core.embed.sts import read_pairs, sts

    reading = read_options(options)
    pairs = read_pairs(read_bytes(options.file), None if reading == ReadOptions() else reading)
    result = sts(pairs, options.encoder, chosen_pooling(options), progress())
    return {key: getattr(result, key) for key in _STS_KEYS}


def _purity(options: argparse.Namespace) -> dict[str, Any]:
    from core.compare.encoder_test_run import on_texts
    from core.compare.encoder_tests import NEIGHBOURS, labelled

    _sources, data = read_dataset(options)
    pooling = chosen_pooling(options)
    found = on_texts(labelled(data), options.encoder, pooling, progress())
    scores = {name: score.as_dict() for name, score in found["scores"].items()}
    return {
        "texts": found["n"],
        "classes": list(found["classes"]),
        "neighbours": NEIGHBOURS,
        **scores,
        "chance": found["chance"],
        "encoder": options.encoder,
        "pooling": pooling,
        "left_out": found["left_out"],
        "seconds": found["seconds"],
    }


def _purity_arguments(parser: argparse.ArgumentParser) -> None:
    takes_file(parser)
    takes_second_file(parser)
    takes_encoder(parser)


def _embed_arguments(parser: argparse.ArgumentParser) -> None:
    takes_file(parser)
    takes_second_file(parser)
    takes_encoder(parser)
    takes_seed(parser)
    takes_output(parser, "VECTORS.npy")


def _sts_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar="FILE", help=_("a table with the columns sentence1, sentence2 and score")
    )
    takes_reading(parser)
    takes_encoder(parser)


COMMANDS = (
    Command("embed", N_("one vector per row of the file"), _embed_arguments, _embed),
    Command("encoders", N_("the catalog, and what is available here"), takes_nothing, _encoders),
    Command(
        "sts",
        N_("how well an encoder's similarities match people's scores of sentence pairs"),
        _sts_arguments,
        _sts,
    ),
    Command(
        "purity",
        N_("how often texts with the same label lie close together by an encoder"),
        _purity_arguments,
        _purity,
    ),
)
