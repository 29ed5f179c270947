"""`headline-lab flips`: does a run move the right way where the words of its held-out headlines are turned round?"""

from __future__ import annotations

import argparse
from typing import Any

from core.cli.command import Command
from core.cli.shell import progress, tell, warnings_of
from core.errors import Message
from core.locale import N_


def _flips(options: argparse.Namespace) -> dict[str, Any]:
    from core.data.library import load_dataset
    from core.embed import embed
    from core.predict.finance_words.flip_test import flip_test, require_direction
    from core.train.runs import load_run

    run = load_run(options.run)
    require_direction(run)
    data = load_dataset(run.dataset_id)
    report = progress()
    vectors = embed(data.headlines, run.settings.encoder, run.settings.pooling, report).vectors
    made = flip_test(run, data, vectors, report)
    cautions = []
    if made.learned:
        cautions.append(
            Message(
                N_(
                    "The holdout is sealed, so these are headlines of the walk-forward; the final models have learned from "
                    "them."
                )
            )
        )
    for caution in cautions:
        tell(caution)
    return {
        "run_id": run.id,
        "n": len(made),
        "models": {name: _plain(made.share(name)) for name in made.models},
        "words": [{"good": good, "bad": bad, **_plain(one)} for (good, bad), one in made.words()],
        "warnings": warnings_of(cautions),
    }


def _plain(found: Any) -> dict[str, Any]:
    moved = found.moved.as_dict()
    return {
        "n": found.n,
        **found.right.as_dict(),
        "moved": moved["value"],
        "moved_low": moved["low"],
        "moved_high": moved["high"],
        "luck": None if found.luck != found.luck else found.luck,
        "still": found.still,
        "verdict": found.verdict,
    }


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", required=True, metavar="ID")


COMMANDS = (
    Command(
        "flips",
        N_("how often predictions move the right way where words of held-out headlines are turned round"),
        _arguments,
        _flips,
    ),
)
