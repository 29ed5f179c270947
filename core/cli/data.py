"""`headline-lab check`: what a file holds; and the way from a command's files to a dataset."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from core.cli.arguments import ROLES, names, read_options, takes_file, takes_second_file
from core.cli.command import Command
from core.cli.shell import progress, read_bytes, translated
from core.data.build import build_dataset
from core.data.dataset import Dataset, Roles
from core.data.join.join import guess_join, join_tables
from core.data.library import Source
from core.data.plan import Cleaning, Exchange, Join, Plan, TargetRule
from core.data.reading import ReadOptions, read_table
from core.data.roles import guess_roles
from core.errors import UserError
from core.locale import N_


def _check(options: argparse.Namespace) -> dict[str, Any]:
    from core.data.quality import as_problems, quality_report

    sources, data = read_dataset(options)
    raw = sources[0].table
    assert data.plan is not None
    problems = as_problems(quality_report(data, data.plan))
    return {
        "rows": len(raw.frame),
        "distinct_headlines": data.distinct_headlines,
        "encoding": raw.encoding,
        "delimiter": raw.delimiter,
        "roles": data.roles.as_dict(),
        "sessions": data.sessions,
        "events": data.events,
        "problems": [{**problem, "message": translated(problem["message"])} for problem in problems],
    }


def read_dataset(
    options: argparse.Namespace, cleaning: Cleaning | None = None
) -> tuple[list[Source], Dataset]:
    """Return the files of a command as they were read, and the dataset made from them."""
    files = [file for file in (options.file, options.file2) if file]
    readings = [read_options(options), ReadOptions()]
    sources = [
        Source(file.name, read_table(read_bytes(file), reading))
        for file, reading in zip(files, readings, strict=False)
    ]
    frames = [source.table.frame for source in sources]
    plan = _plan(options, frames)
    if cleaning:
        plan = replace(plan, cleaning=cleaning)
    return sources, build_dataset(frames, plan, options.file.name, progress())


def _plan(options: argparse.Namespace, frames: list[pd.DataFrame]) -> Plan:
    if options.plan:
        return Plan.from_json(read_bytes(options.plan).decode("utf-8", "replace"))
    exchange = Exchange(options.calendar, options.close or "")
    if len(frames) == 1:
        roles, join = chosen_roles(options, frames[0]), None
    else:
        first = chosen_roles(options, frames[0], strict=False)
        join = _join(options, frames, first)
        roles = chosen_roles(options, join_tables(frames[0], frames[1], join, first, exchange).frame)
    source = "column" if not options.price else "adjusted" if options.benchmark else "return"
    target = TargetRule(
        source, options.horizon, options.price or "", options.benchmark or "", options.win_above
    )
    return Plan(roles, exchange, join, target)


def _join(options: argparse.Namespace, frames: list[pd.DataFrame], roles: Roles) -> Join:
    if options.on:
        left, _sign, right = options.on.partition("=")
        return Join("id", left, right or left)
    join = guess_join(frames[0], frames[1], roles)
    if join is None:
        raise UserError(N_("How the two files belong together was not found. Name the key column with --on."))
    return join if options.join in (None, join.how) else replace(join, how=options.join)


def chosen_roles(options: argparse.Namespace, frame: pd.DataFrame, strict: bool = True) -> Roles:
    """Return the roles given on the command line, the others guessed."""
    given = {name: getattr(options, name) for name in ROLES}
    given = {name: value for name, value in given.items() if value and (strict or value in frame.columns)}
    try:
        roles = guess_roles(frame).roles
    except UserError:
        if "headline" not in given:
            raise
        roles = Roles(given["headline"])
    taken = set(given.values())
    kept = {k: v for k, v in asdict(roles).items() if v not in taken and k not in given and k != "numeric"}
    numeric = tuple(name for name in roles.numeric if name not in taken)
    if options.numeric is not None:
        numeric = names(options.numeric)
    return Roles(**{**kept, **given, "numeric": numeric})


def _arguments(parser: argparse.ArgumentParser) -> None:
    takes_file(parser)
    takes_second_file(parser)


COMMANDS = (Command("check", N_("what the file holds"), _arguments, _check),)
