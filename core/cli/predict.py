"""`headline-lab score`: predict every row of a file with an earlier run."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from core.cli.arguments import read_options, takes_file, takes_output
from core.cli.command import Command
from core.cli.data import chosen_roles
from core.cli.shell import _, progress, read_bytes, require_folder, translated, write
from core.data.export import to_csv, to_xlsx
from core.data.reading import read_table
from core.locale import N_


def _score(options: argparse.Namespace) -> dict[str, Any]:
    from core.predict import score_table
    from core.train.runs import load_run

    require_folder(options.out)
    run = load_run(options.run)
    raw = read_table(read_bytes(options.file), read_options(options))
    scored = score_table(run, raw.frame, chosen_roles(options), progress(), options.skip_sealed)
    content = to_xlsx if options.out.suffix.lower() == ".xlsx" else to_csv
    write(options.out, lambda file: file.write(content(scored.table)))
    for problem in scored.problems:
        print(f"{translated(problem.message)} ({len(problem.rows)})", file=sys.stderr)
    for caution, which in scored.cautions.found:
        print(f"{caution.code}: {translated(caution.sentence)} ({int(which.sum())})", file=sys.stderr)
    sealed = sum(len(problem.rows) for problem in scored.problems if problem.code == "sealed")
    return {
        "run_id": run.id,
        "rows": len(raw.frame),
        "scored": len(scored.table),
        "sealed": sealed,
        "warnings": scored.cautions.counts(),
        "out": str(options.out),
    }


def _arguments(parser: argparse.ArgumentParser) -> None:
    takes_file(parser)
    parser.add_argument("--run", required=True, metavar="ID")
    parser.add_argument(
        "--skip-sealed",
        action="store_true",
        help=_("leave out the rows of a sealed holdout and say how many"),
    )
    takes_output(parser, "PREDICTIONS.csv|.xlsx")


COMMANDS = (Command("score", N_("predict every row of the file with an earlier run"), _arguments, _score),)
