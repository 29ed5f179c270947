"""`headline-lab export | import | repeat | mirror`: a run as a file, trained again, or sent to an MLflow server."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.command import Command
from core.cli.shell import _, progress, read_bytes, require_folder, tell, translated, write
from core.errors import UserError
from core.locale import N_

if TYPE_CHECKING:
    import numpy as np

    from core.data.dataset import Dataset
    from core.train.run import Run


def _export(options: argparse.Namespace) -> dict[str, Any]:
    from core.compare.run_file import export_run

    require_folder(options.out)
    content = export_run(options.run, options.with_data)
    write(options.out, lambda file: file.write(content))
    return {
        "run_id": options.run,
        "with_data": options.with_data,
        "bytes": len(content),
        "out": str(options.out),
    }


def _import(options: argparse.Namespace) -> dict[str, Any]:
    from core.compare.run_file import import_run

    made = import_run(read_bytes(options.file), progress())
    for sentence in made.sentences():
        tell(sentence)
    return {"run_id": made.run_id, "dataset": made.dataset_id, "new": made.new, "table": made.table}


def _repeat(options: argparse.Namespace) -> dict[str, Any]:
    from core.compare.repeat import repeat
    from core.data.library import load_dataset
    from core.train.runs import load_run

    start = time.perf_counter()
    run = load_run(options.run)
    data = load_dataset(run.dataset_id)
    found = repeat(data, _vectors(run, data), run, progress())
    for sentence in found.sentences():
        tell(sentence)
    return found.as_dict() | {"seconds": time.perf_counter() - start}


def _vectors(run: Run, data: Dataset) -> np.ndarray | None:
    """Return the vectors that the run was trained on: shipped with it, or of its encoder."""
    from core.embed import embed
    from core.train.prepared import prepared_vectors

    if not run.settings.reads_headline:
        return None
    shipped = prepared_vectors(data.id, run.settings.encoder, run.settings.pooling)
    if shipped is not None:
        return shipped
    return embed(data.headlines, run.settings.encoder, run.settings.pooling, progress()).vectors


def _mirror(options: argparse.Namespace) -> dict[str, Any]:
    from core.compare.mlflow_mirror import mirror, require_address
    from core.train.runs import list_runs, load_run

    require_address()
    runs = [load_run(run_id) for run_id in options.runs] or list_runs(archived=True)
    sent, failed = [], []
    for run in runs:
        try:
            mirror(run)
        except UserError as error:
            failed.append({"run_id": run.id, "message": translated(error.message)})
        else:
            sent.append(run.id)
    if failed and not sent:
        raise UserError(N_("No run was sent: {reason}"), reason=failed[0]["message"])
    return {"sent": sent, "failed": failed}


def _run_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN_ID", help=_("a run of this workspace"))


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    _run_argument(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="RUN.zip", help=_("the file to write"))
    parser.add_argument(
        "--with-data",
        action="store_true",
        help=_("with the table, its headlines and outcomes; without, the file holds none of these"),
    )


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="RUN.zip", help=_("a run that was exported"))


def _mirror_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "runs", metavar="RUN_ID", nargs="*", help=_("runs of this workspace; all, where none is named")
    )


COMMANDS = (
    Command("export", N_("write a run into a ZIP file"), _export_arguments, _export),
    Command("import", N_("take a run out of a ZIP file into this workspace"), _import_arguments, _import),
    Command(
        "repeat", N_("train a run again, and say whether all numbers are the same"), _run_argument, _repeat
    ),
    Command(
        "mirror", N_("send runs to the MLflow server of MLFLOW_TRACKING_URI"), _mirror_arguments, _mirror
    ),
)
