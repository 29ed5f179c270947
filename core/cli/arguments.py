"""Arguments that several commands share, and what they mean."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.cli.shell import _, progress
from core.data.formats.registry import titles
from core.data.ingest import ONE_COLUMN_ROLES
from core.data.plan import UNTIMED
from core.data.reading import ReadOptions


def takes_nothing(_parser: argparse.ArgumentParser) -> None:
    """Add no argument."""


def takes_file(parser: argparse.ArgumentParser) -> None:
    """Add a table, the roles of its columns, and how it is read."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help=_("a table with a header ({formats})", formats=titles())
    )
    takes_roles(parser)
    takes_reading(parser)


def takes_roles(parser: argparse.ArgumentParser) -> None:
    """Add the roles of a table's columns."""
    for role in ONE_COLUMN_ROLES:
        parser.add_argument(
            f"--{role}", metavar="COLUMN", help=_("the column with this role; guessed if not given")
        )
    parser.add_argument("--numeric", metavar="A,B", help=_("the continuous features, separated by commas"))


def takes_reading(parser: argparse.ArgumentParser) -> None:
    """Add how a file is read."""
    for name in ("encoding", "delimiter", "sheet"):
        parser.add_argument(f"--{name}", help=_("how the file is read; found automatically if not given"))


def takes_second_file(parser: argparse.ArgumentParser) -> None:
    """Add a second table, how the two belong together, and how the target is made."""
    parser.add_argument(
        "file2", type=Path, nargs="?", metavar="FILE2", help=_("features or outcomes to join")
    )
    takes_target(parser)


def takes_target(parser: argparse.ArgumentParser) -> None:
    """Add how two tables belong together, and how the target is made."""
    add = parser.add_argument
    add("--on", metavar="COLUMN[=COLUMN]", help=_("the key that both files share"))
    add("--join", choices=["exact", "asof"], help=_("join by company and session"))
    add("--calendar", default="XKRX", help=_("the exchange's calendar"))
    add("--close", metavar="HH:MM", help=_("the close, if it differs from the calendar's"))
    add(
        "--untimed",
        choices=UNTIMED,
        default="same",
        help=_("where a headline with a date alone belongs: to that day's session, or to the next"),
    )
    add(
        "--horizon",
        type=int,
        help=_("how many sessions the target looks ahead; a target column's is guessed if not given"),
    )
    add("--price", metavar="COLUMN", help=_("make the target from closing prices"))
    add("--benchmark", metavar="COLUMN", help=_("an index to subtract"))
    add("--win-above", type=float, metavar="FRACTION", help=_("make 승/패 of the return"))
    add("--plan", type=Path, metavar="PLAN.json", help=_("a plan exported by the app"))


def takes_encoder(parser: argparse.ArgumentParser) -> None:
    """Add an encoder and its pooling."""
    from core.embed.checkpoint.bundled import NAME
    from core.embed.pooling import POOLINGS

    parser.add_argument("--encoder", default=NAME, help=_("an encoder of the catalog or a local folder"))
    parser.add_argument("--pooling", choices=list(POOLINGS), help=_("the encoder's own if not given"))


def takes_seed(parser: argparse.ArgumentParser) -> None:
    """Add the seed."""
    parser.add_argument("--seed", type=int, default=0, help=_("the same seed gives the same run"))


def takes_output(parser: argparse.ArgumentParser, metavar: str) -> None:
    """Add the file to write."""
    parser.add_argument("--out", type=Path, required=True, metavar=metavar, help=_("the file to write"))


def read_options(options: argparse.Namespace) -> ReadOptions:
    """Return how the file is read."""
    return ReadOptions(options.encoding or "", options.delimiter or "", options.sheet or "")


def names(text: str | None) -> tuple[str, ...]:
    """Return the names of a list that is separated by commas."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def chosen_pooling(options: argparse.Namespace) -> str:
    """Return the pooling given, or the encoder's own; an encoder of the hub is downloaded if need be."""
    from core.embed import fetch

    return options.pooling or str(fetch(options.encoder, progress()).pooling)
