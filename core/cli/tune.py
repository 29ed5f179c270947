"""`headline-lab tune`: fine-tune an encoder on labelled texts, and say whether it helped."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.arguments import read_options, takes_file, takes_target
from core.cli.command import Command
from core.cli.data import read_dataset
from core.cli.shell import _, progress, read_bytes, translated
from core.data.library import save_dataset
from core.data.reading import ReadOptions
from core.errors import UserError
from core.locale import N_

if TYPE_CHECKING:
    from core.tune.pipeline import Source
    from core.tune.record import Tuned
    from core.tune.settings import TuneSettings

_SETTINGS = (
    "method",
    "encoder",
    "pooling",
    "loss",
    "labels",
    "epochs",
    "batch_size",
    "learning_rate",
    "max_length",
    "lora_rank",
    "patience",
    "test_share",
    "valid_share",
    "seed",
)


def _tune(options: argparse.Namespace) -> dict[str, Any]:
    from core.tune.pipeline import tune

    settings, valid, classes = _settings(options)
    source = _source(options, options.file, settings, valid)
    _require_classes(source, settings, classes)
    tuned = tune(source, settings, progress(), options.name or "")
    return _printed(tuned)


def _settings(options: argparse.Namespace) -> tuple[TuneSettings, Path | None, int]:
    """Return the settings of the file, where one is given, with what the command line says in their place.

    With them the validation file, and how many classes the file of settings expects (0: any).
    """
    from core.tune.config import Config, read_config
    from core.tune.settings import TuneSettings

    config = read_config(read_bytes(options.config)) if options.config else Config()
    said = {name: value for name in _SETTINGS if (value := getattr(options, name)) is not None}
    chosen = config.settings.as_dict() | ({"loss": ""} if "method" in said else {}) | said
    valid = options.valid
    if valid is None and config.paths.get("valid_file"):
        valid = options.config.parent / config.paths["valid_file"]
    return TuneSettings(**chosen), valid, config.classes


def _require_classes(source: Source, settings: TuneSettings, expected: int) -> None:
    """Raise `UserError` where the table has another number of classes than the file of settings expects."""
    classes = source.examples(settings).classes if expected else ()
    if len(classes) != expected:
        raise UserError(
            N_("The file of settings expects {expected} classes (num_labels); the table has {n}: {classes}."),
            expected=expected,
            n=len(classes),
            classes=", ".join(classes),
        )


def _source(options: argparse.Namespace, file: Path, settings: TuneSettings, valid: Path | None) -> Source:
    from core.embed.sts import read_pairs
    from core.tune.pipeline import Source
    from core.tune.settings import PAIRS

    later = _source(options, valid, settings, None) if valid else None
    if settings.method == PAIRS:
        reading = read_options(options)
        frame = read_pairs(read_bytes(file), None if reading == ReadOptions() else reading)
        return Source(pairs=frame, name=file.name, valid=later)
    given = argparse.Namespace(**vars(options) | {"file": file, "file2": None})
    sources, data = read_dataset(given)
    save_dataset(data, sources)
    return Source(dataset=data, name=file.name, valid=later)


def _printed(tuned: Tuned) -> dict[str, Any]:
    judged = tuned.judged
    note = {"note": translated(tuned.verdict.note)} if tuned.verdict.note else {}
    return {
        "encoder": tuned.id,
        "method": tuned.settings.method,
        "epochs": len(tuned.history.points),
        "best_epoch": tuned.history.best_epoch,
        "before": {name: score.as_dict() for name, score in judged.before.items()},
        "after": {name: score.as_dict() for name, score in judged.after.items()},
        "difference": {name: score.as_dict() for name, score in judged.difference.items()},
        "baselines": {
            model: {name: score.as_dict() for name, score in row.items()}
            for model, row in tuned.baselines.items()
        },
        "go": tuned.verdict.go,
        "verdict": translated(tuned.verdict.message),
        **note,
        "notes": [translated(said) for said in tuned.notes],
        "seconds": round(tuned.seconds, 1),
        "folder": str(tuned.folder),
    }


def _arguments(parser: argparse.ArgumentParser) -> None:
    from core.embed.pooling import POOLINGS
    from core.tune.settings import LABELS, LOSSES, METHODS

    takes_file(parser)
    takes_target(parser)
    add = parser.add_argument
    add("--method", choices=list(METHODS), help=_("how the encoder learns; classify if not given"))
    add("--encoder", help=_("an encoder of the catalog or a local folder"))
    add("--pooling", choices=list(POOLINGS), help=_("the encoder's own if not given"))
    losses = [loss for several in LOSSES.values() for loss in several]
    add("--loss", choices=losses, help=_("the loss; the method's first if not given"))
    add("--labels", choices=list(LABELS), help=_("the table's own labels, or terciles of its return"))
    add("--epochs", type=int, help=_("passes over the training texts"))
    add("--batch-size", type=int, help=_("texts of one step; what does not fit into memory is divided"))
    add("--learning-rate", type=float, help=_("chosen by the encoder's size if not given"))
    add("--max-length", type=int, help=_("tokens after which a text is cut"))
    add("--lora-rank", type=int, help=_("the rank of LoRA; without it all weights are trained"))
    add("--patience", type=int, help=_("epochs without improvement after which training ends; 0 for never"))
    add(
        "--test-size",
        type=float,
        dest="test_share",
        metavar="SHARE",
        help=_("the share held out for the test"),
    )
    add(
        "--valid-size",
        type=float,
        dest="valid_share",
        metavar="SHARE",
        help=_("the share that chooses the epoch"),
    )
    add("--valid", type=Path, metavar="FILE", help=_("a file that chooses the epoch, in place of a share"))
    add("--seed", type=int, help=_("the same seed gives the same run"))
    add(
        "--config",
        type=Path,
        metavar="FILE",
        help=_("settings in TOML or INI; what is given here counts first"),
    )
    add("--name", help=_("the name of the tuned encoder; one is made if not given"))


COMMANDS = (Command("tune", N_("fine-tune an encoder on labelled texts"), _arguments, _tune),)
