"""`headline-lab check`: what a file holds; and the way from a command's files to a dataset."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.cli.arguments import names, read_options, takes_file, takes_second_file
from core.cli.command import Command
from core.cli.shell import progress, read_bytes, translated
from core.data.dataset import Dataset
from core.data.ingest import ONE_COLUMN_ROLES, Choices, File, ingest
from core.data.plan import Cleaning, Exchange, Join, Plan, TargetRule
from core.data.reading import ReadOptions, Source
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
) -> tuple[Sequence[Source], Dataset]:
    """Return the files of a command as they were read, and the dataset made from them."""
    paths = [path for path in (options.file, options.file2) if path]
    ways = [read_options(options), ReadOptions()]
    files = [File(path.name, read_bytes(path), way) for path, way in zip(paths, ways, strict=False)]
    choices = _plan(options.plan, options.horizon) if options.plan else _choices(options)
    if cleaning:
        choices = replace(choices, cleaning=cleaning)
    made = ingest(files, choices, report=progress())
    return made.sources, made.dataset


def _plan(path: Path, horizon: int | None) -> Plan:
    """Return the plan of a file, with the horizon of the command line where one is given."""
    plan = Plan.from_json(read_bytes(path).decode("utf-8", "replace"))
    return plan if horizon is None else replace(plan, target=replace(plan.target, horizon=horizon))


def _choices(options: argparse.Namespace) -> Choices:
    left, _sign, right = (options.on or "").partition("=")
    source = "column" if not options.price else "adjusted" if options.benchmark else "return"
    return replace(
        chosen_roles(options),
        exchange=Exchange(options.calendar, options.close or "", options.untimed),
        join=Join("id", left, right or left) if left else None,
        how=options.join or "",
        target=TargetRule(
            source,
            1 if options.horizon is None else options.horizon,
            options.price or "",
            options.benchmark or "",
            options.win_above,
        ),
        horizon=options.horizon,
    )


def chosen_roles(options: argparse.Namespace) -> Choices:
    """Return the roles given on the command line; the others are to be guessed."""
    roles = {role: getattr(options, role) for role in ONE_COLUMN_ROLES if getattr(options, role)}
    return Choices(roles, None if options.numeric is None else names(options.numeric))


def _arguments(parser: argparse.ArgumentParser) -> None:
    takes_file(parser)
    takes_second_file(parser)


COMMANDS = (Command("check", N_("what the file holds"), _arguments, _check),)
