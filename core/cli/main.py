"""The same pipeline from a shell: `headline-lab check | encoders | embed | run | score | sts`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from core.cli.embed import encoders, sts
from core.cli.parser import parser
from core.cli.shell import _, chosen_pooling, progress, read_bytes, require_folder, show, write
from core.data.build import build_dataset
from core.data.dataset import Dataset, Roles
from core.data.export import to_csv
from core.data.join.join import guess_join, join_tables
from core.data.library import Source
from core.data.plan import Cleaning, Exchange, Join, Plan, TargetRule
from core.data.reading import ReadOptions, read_table
from core.data.roles import guess_roles
from core.errors import UserError
from core.locale import N_, shell_language, translate_message


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, 1 after a fault the user can mend, 130 when stopped."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    acts = {"check": _check, "encoders": encoders, "embed": _embed, "run": _run, "score": _score, "sts": sts}
    options = parser(acts).parse_args(arguments)
    try:
        result = options.act(options)
    except UserError as error:
        print(translate_message(error.message, shell_language()), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(_("Stopped. What was finished is kept."), file=sys.stderr)
        return 130
    if options.json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        show(result)
    return 0


def _check(options: argparse.Namespace) -> dict[str, Any]:
    from core.data.quality import as_problems, quality_report

    sources, data = _dataset(options)
    raw = sources[0].table
    assert data.plan is not None
    quality = quality_report(data, data.plan)
    return {
        "rows": len(raw.frame),
        "distinct_headlines": data.distinct_headlines,
        "encoding": raw.encoding,
        "delimiter": raw.delimiter,
        "roles": data.roles.as_dict(),
        "sessions": data.sessions,
        "events": data.events,
        "problems": [
            {**problem, "message": translate_message(problem["message"], shell_language())}
            for problem in as_problems(quality)
        ],
    }


def _embed(options: argparse.Namespace) -> dict[str, Any]:
    from core.embed import embed

    require_folder(options.out)
    _sources, data = _dataset(options, Cleaning(repeats="keep"))
    result = embed(data.headlines, options.encoder, chosen_pooling(options), progress())
    write(options.out, lambda file: np.save(file, result.vectors, allow_pickle=False))
    keys = ("rows", "distinct", "embedded", "from_store", "dim", "seconds", "per_second", "device", "dtype")
    return {key: getattr(result, key) for key in keys}


def _run(options: argparse.Namespace) -> dict[str, Any]:
    from core.cli.train import run

    start = time.perf_counter()
    sources, data = _dataset(options)
    return run(options, sources, data, time.perf_counter() - start)


def _score(options: argparse.Namespace) -> dict[str, Any]:
    from core.predict import score_table
    from core.train.runs import load_run

    require_folder(options.out)
    run = load_run(options.run)
    reading = ReadOptions(options.encoding or "", options.delimiter or "", options.sheet or "")
    raw = read_table(read_bytes(options.file), reading)
    scored = score_table(run, raw.frame, _roles(options, raw.frame), progress())
    write(options.out, lambda file: file.write(to_csv(scored.table)))
    for problem in scored.problems:
        print(
            f"{translate_message(problem.message, shell_language())} ({len(problem.rows)})", file=sys.stderr
        )
    return {"run_id": run.id, "rows": len(raw.frame), "scored": len(scored.table), "out": str(options.out)}


def _dataset(options: argparse.Namespace, cleaning: Cleaning | None = None) -> tuple[list[Source], Dataset]:
    files = [file for file in (options.file, options.file2) if file]
    reading = ReadOptions(options.encoding or "", options.delimiter or "", options.sheet or "")
    sources = [
        Source(file.name, read_table(read_bytes(file), reading if number == 0 else ReadOptions()))
        for number, file in enumerate(files)
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
        roles, join = _roles(options, frames[0]), None
    else:
        first = _roles(options, frames[0], strict=False)
        join = _join(options, frames, first)
        roles = _roles(options, join_tables(frames[0], frames[1], join, first, exchange).frame)
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


def _roles(options: argparse.Namespace, frame: pd.DataFrame, strict: bool = True) -> Roles:
    given = {name: getattr(options, name) for name in ("headline", "press", "date", "group", "target")}
    given = {name: value for name, value in given.items() if value and (strict or value in frame.columns)}
    if "headline" in given:
        try:
            roles = guess_roles(frame).roles
        except UserError:
            roles = Roles(given["headline"])
    else:
        roles = guess_roles(frame).roles
    taken = set(given.values())
    kept = {k: v for k, v in asdict(roles).items() if v not in taken and k not in given and k != "numeric"}
    numeric = tuple(name for name in roles.numeric if name not in taken)
    if options.numeric is not None:
        numeric = tuple(name.strip() for name in options.numeric.split(",") if name.strip())
    return Roles(**{**kept, **given, "numeric": numeric})


if __name__ == "__main__":
    sys.exit(main())
