"""`headline-lab evaluate`: judge predictions that any model or person made, as the evaluate page does."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.arguments import names, read_options, takes_reading, takes_roles, takes_seed, takes_target
from core.cli.command import Command
from core.cli.data import read_dataset
from core.cli.shell import _, progress, read_bytes, tell, warnings_of
from core.data.dataset import Dataset
from core.data.formats.registry import titles
from core.data.library import load_dataset, load_sources, save_dataset
from core.data.reading import Source, read_table
from core.locale import N_

if TYPE_CHECKING:
    from core.train.foreign.judged import Judged


def _evaluate(options: argparse.Namespace) -> dict[str, Any]:
    from core.evaluate.foreign import ForeignSettings
    from core.train.foreign import judge_and_record

    settings = ForeignSettings(
        task=options.task or "",
        id=options.id or "",
        models=names(options.models),
        kind=options.kind or "",
        trained_from=options.trained_from or "",
        trained_until=options.trained_until or "",
        unit=options.unit,
        seed=options.seed,
    )
    table = read_table(read_bytes(options.predictions), read_options(options)).frame
    sources, data = _dataset(options)
    judged = judge_and_record(table, options.predictions.name, data, settings, sources, progress())
    for message in (*judged.notes, *judged.warnings):
        tell(message)
    for sentence in (judged.answer(judged.main), judged.judgement(judged.main)):
        if sentence is not None:
            tell(sentence)
    return _table(judged)


def _dataset(options: argparse.Namespace) -> tuple[Sequence[Source], Dataset]:
    """Return the dataset of an id, or of a file that is kept in the library, with the files that it was made from."""
    path = Path(options.dataset)
    if not path.is_file():
        data = load_dataset(options.dataset)
        return load_sources(data.id), data
    reading = {"encoding": None, "delimiter": None, "sheet": None}
    sources, data = read_dataset(
        argparse.Namespace(**vars(options) | reading | {"file": path, "file2": None})
    )
    save_dataset(data, sources)
    return sources, data


def _table(judged: Judged) -> dict[str, Any]:
    from core.evaluate.ledger import accesses
    from core.train.foreign.judged import judged_table

    table = judged_table(judged)
    table["looks"] = len(accesses(judged.dataset_id, judged.holdout))
    table["warnings"] = warnings_of(judged.warnings) + warnings_of(judged.notes, "reading")
    return table


def _arguments(parser: argparse.ArgumentParser) -> None:
    from core.evaluate.foreign.settings import KINDS
    from core.evaluate.settings import TASKS, UNITS

    add = parser.add_argument
    add(
        "predictions",
        type=Path,
        metavar="PREDICTIONS",
        help=_("a table with predictions ({formats})", formats=titles()),
    )
    add("--dataset", required=True, metavar="FILE|ID", help=_("the table that they are of"))
    add(
        "--id",
        metavar="COLUMN",
        help=_("the row number, or an id that the table has too; by headline and date if not given"),
    )
    add("--models", metavar="A,B", help=_("the columns of predictions; guessed if not given"))
    add("--kind", choices=KINDS, help=_("what the predictions are; guessed if not given"))
    add("--trained-from", metavar="YYYY-MM-DD", help=_("the first day that the model learned from"))
    add("--trained-until", metavar="YYYY-MM-DD", help=_("the last day that the model learned from"))
    add("--task", choices=TASKS, help=_("a class or a return; guessed if not given"))
    add(
        "--unit",
        choices=UNITS,
        default="event",
        help=_("score headlines, or events: their mean per company and session"),
    )
    takes_reading(parser)
    takes_seed(parser)
    takes_roles(parser)
    takes_target(parser)


COMMANDS = (
    Command("evaluate", N_("judge predictions that any model or person made"), _arguments, _evaluate),
)
