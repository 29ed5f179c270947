"""`headline-lab report`: a run's report, model card and tables, as the compare page makes them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.cli.command import Command
from core.cli.shell import _, progress, tell
from core.locale import LANGUAGES, N_, shell_language


def _report(options: argparse.Namespace) -> dict[str, Any]:
    from core.compare.report import Reader, files_of, gather
    from core.compare.report.files import CARD_PAGE, CARD_TEXT, REPORT, TABLES, write
    from core.data.library import load_dataset
    from core.train.runs import load_run

    reader = Reader(options.lang or shell_language())
    run = load_run(options.run)
    content = gather(run, load_dataset(run.dataset_id), options.complete, progress())
    for why in {str(message): message for message in content.missing.values()}.values():
        tell(why)
    files = files_of(content, reader)
    wanted = {options.out: REPORT, options.tables: TABLES}
    if options.card:
        wanted[options.card] = CARD_TEXT if options.card.suffix.lower() in (".md", ".markdown") else CARD_PAGE
    written = {}
    for path, name in wanted.items():
        if path is not None:
            write(path, files[name])
            written[str(path)] = len(files[name])
    return {
        "run_id": run.id,
        "language": reader.language,
        "files": [{"path": path, "bytes": size} for path, size in written.items()],
        "missing": sorted(content.missing),
    }


def _arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--run", required=True, metavar="ID")
    add("--out", type=Path, required=True, metavar="REPORT.html", help=_("the file to write"))
    add("--lang", choices=LANGUAGES, help=_("the report's language; the shell's if not given"))
    add("--card", type=Path, metavar="CARD.md", help=_("write the model card too: Markdown (.md), else HTML"))
    add(
        "--tables",
        type=Path,
        metavar="TABLES.zip",
        help=_("write every table as CSV and XLSX into a zip file"),
    )
    add(
        "--complete",
        action="store_true",
        help=_("compute what is missing first (staircase, reasons, topics, words, map): takes minutes"),
    )


COMMANDS = (Command("report", N_("write a run's report, model card and tables"), _arguments, _report),)
