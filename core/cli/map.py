"""`headline-lab map`: the map of a file's headlines as a table of coordinates, and what groups there are."""

from __future__ import annotations

import argparse
import math
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.cli.arguments import (
    chosen_pooling,
    takes_encoder,
    takes_file,
    takes_output,
    takes_second_file,
    takes_seed,
)
from core.cli.command import Command
from core.cli.data import read_dataset
from core.cli.shell import _, progress, require_folder, write
from core.data.dataset import Dataset
from core.data.export import to_csv
from core.data.plan import Cleaning
from core.evaluate.bootstrap import Interval
from core.locale import N_

if TYPE_CHECKING:
    from core.maps import MapSettings, Topics

_AXES = ("x", "y", "z")
_NO_CLUSTER = -1


def _map(options: argparse.Namespace) -> dict[str, Any]:
    from core.embed import embed
    from core.maps import coordinates, map_trust, topics_of

    start = time.perf_counter()
    settings = _settings(options)
    require_folder(options.out)
    _sources, data = read_dataset(options, Cleaning(repeats="keep"))
    vectors = embed(data.headlines, options.encoder, chosen_pooling(options), progress()).vectors
    places = coordinates(vectors, settings, progress())
    found = topics_of(data, vectors, report=progress())
    table = to_csv(_table(data, places, found))
    write(options.out, lambda file: file.write(table))
    trust = map_trust(vectors, places, settings)
    return {
        "method": settings.method,
        "dim": settings.dimensions,
        "rows": len(data),
        "distinct": data.distinct_headlines,
        "trustworthiness": _known(trust.trustworthiness),
        "neighbours_kept": _known(trust.kept),
        "seconds": round(time.perf_counter() - start, 3),
        "clusters": _clusters(data, found),
    }


def _settings(options: argparse.Namespace) -> MapSettings:
    from core.maps import MapSettings

    return MapSettings(
        options.method,
        options.neighbours,
        options.min_dist,
        options.perplexity,
        options.seed,
        options.dim,
        options.metric,
    )


def _table(data: Dataset, places: np.ndarray, found: Topics | None) -> pd.DataFrame:
    """Return each row's number in the file, its coordinates and its cluster."""
    columns = {"row": data.frame["row"].to_numpy()}
    columns |= dict(zip(_AXES, places.T, strict=False))
    columns["cluster"] = np.full(len(data), _NO_CLUSTER) if found is None else found.topic
    return pd.DataFrame(columns)


def _clusters(data: Dataset, found: Topics | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    sizes = np.bincount(found.topic, minlength=len(found))
    return [
        {"id": number, "size": int(size), "keywords": list(keywords)} | outcome.as_dict()
        for number, (size, keywords, outcome) in enumerate(
            zip(sizes, found.keywords, _outcomes(data, found), strict=True)
        )
    ]


def _outcomes(data: Dataset, found: Topics) -> list[Interval]:
    """Return each cluster's mean outcome with its interval, of rows that no seal hides; NaN for a table without outcomes."""
    from core.evaluate.ledger import sealed_positions
    from core.maps import topic_outcomes

    told = topic_outcomes(data, found, sealed_positions(data))
    unknown = Interval(math.nan, math.nan, math.nan)
    return [unknown] * len(found) if told is None else [one.mean for one in told]


def _known(number: float) -> float | None:
    return None if math.isnan(number) else number


def _arguments(parser: argparse.ArgumentParser) -> None:
    from core.maps import METHODS, METRICS, MapSettings

    takes_file(parser)
    takes_second_file(parser)
    takes_encoder(parser)
    takes_seed(parser)
    takes_output(parser, "COORDINATES.csv")
    default = MapSettings()
    add = parser.add_argument
    add("--method", choices=list(METHODS), default=default.method, help=_("how the map is made"))
    add("--dim", type=int, choices=[2, 3], default=default.dimensions, help=_("how many coordinates"))
    add(
        "--metric",
        choices=list(METRICS),
        default=default.metric,
        help=_("how UMAP and t-SNE measure which headlines are similar"),
    )
    add(
        "--neighbours",
        type=int,
        default=default.neighbours,
        help=_("UMAP: how many of the nearest headlines count"),
    )
    add(
        "--min-dist",
        type=float,
        default=default.min_dist,
        help=_("UMAP: how closely points may be packed (0 to 1)"),
    )
    add(
        "--perplexity",
        type=float,
        default=default.perplexity,
        help=_("t-SNE: about how many neighbours count"),
    )


COMMANDS = (
    Command("map", N_("the map of the headlines: coordinates for each row, and clusters"), _arguments, _map),
)
