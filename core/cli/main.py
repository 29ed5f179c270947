"""The same pipeline from a shell: `headline-lab check | encoders | embed | run | score | sts`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from core.cli.embed import encoders, sts
from core.cli.parser import parser
from core.cli.shell import _, chosen_pooling, progress, read_bytes, require_folder, show, write
from core.data.dataset import Dataset
from core.data.export import to_csv
from core.data.ingest import ONE_COLUMN_ROLES, Choices, File, ingest
from core.data.plan import Cleaning, Exchange, Join, Plan, TargetRule
from core.data.reading import ReadOptions, Source, read_table
from core.errors import UserError
from core.locale import shell_language, translate_message


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
        print(_("Stopped. What was finished is saved."), file=sys.stderr)
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
    raw = read_table(read_bytes(options.file), _reading(options))
    scored = score_table(run, raw.frame, _role_choices(options), progress())
    write(options.out, lambda file: file.write(to_csv(scored.table)))
    for problem in scored.problems:
        print(
            f"{translate_message(problem.message, shell_language())} ({len(problem.rows)})", file=sys.stderr
        )
    return {"run_id": run.id, "rows": len(raw.frame), "scored": len(scored.table), "out": str(options.out)}


def _dataset(
    options: argparse.Namespace, cleaning: Cleaning | None = None
) -> tuple[Sequence[Source], Dataset]:
    paths = [path for path in (options.file, options.file2) if path]
    ways = [_reading(options), ReadOptions()]
    files = [File(path.name, read_bytes(path), way) for path, way in zip(paths, ways, strict=False)]
    choices = _plan(options) if options.plan else _choices(options)
    if cleaning:
        choices = replace(choices, cleaning=cleaning)
    made = ingest(files, choices, report=progress())
    return made.sources, made.dataset


def _reading(options: argparse.Namespace) -> ReadOptions:
    return ReadOptions(options.encoding or "", options.delimiter or "", options.sheet or "")


def _plan(options: argparse.Namespace) -> Plan:
    return Plan.from_json(read_bytes(options.plan).decode("utf-8", "replace"))


def _choices(options: argparse.Namespace) -> Choices:
    left, _sign, right = (options.on or "").partition("=")
    source = "column" if not options.price else "adjusted" if options.benchmark else "return"
    target = TargetRule(
        source, options.horizon, options.price or "", options.benchmark or "", options.win_above
    )
    return replace(
        _role_choices(options),
        exchange=Exchange(options.calendar, options.close or ""),
        join=Join("id", left, right or left) if left else None,
        how=options.join or "",
        target=target,
    )


def _role_choices(options: argparse.Namespace) -> Choices:
    roles = {role: getattr(options, role) for role in ONE_COLUMN_ROLES if getattr(options, role)}
    if options.numeric is None:
        return Choices(roles)
    return Choices(roles, tuple(name.strip() for name in options.numeric.split(",") if name.strip()))


if __name__ == "__main__":
    sys.exit(main())
