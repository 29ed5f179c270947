"""The commands of the shell and their options."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.data.formats.registry import titles
from core.locale import shell_language, translate

Act = Callable[[argparse.Namespace], Any]


def _(template: str, /, **params: object) -> str:
    return translate(template, shell_language(), params)


def parser(acts: Mapping[str, Act]) -> argparse.ArgumentParser:
    """Return the parser of the command line; `acts` has the function of each command."""
    from core.embed.checkpoint.bundled import NAME
    from core.embed.pooling import POOLINGS
    from core.evaluate.settings import TASKS, UNITS
    from core.train.features.registry import EXTRAS
    from core.train.settings import CALIBRATIONS, CLASS_WEIGHTS, WEIGHTINGS
    from core.train.splits.registry import SPLITS
    from core.train.splits.splitters import WINDOWS

    top = argparse.ArgumentParser(
        prog="headline-lab", description=_("Does the headline say anything about the outcome?")
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, help_text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help_text, description=help_text)
        sub.add_argument("--json", action="store_true", help=_("print JSON alone on standard output"))
        sub.set_defaults(act=acts[name])
        return sub

    def takes_file(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "file", type=Path, metavar="FILE", help=_("a table with a header ({formats})", formats=titles())
        )
        for role in ("headline", "press", "date", "group", "target"):
            sub.add_argument(
                f"--{role}", metavar="COLUMN", help=_("the column of this role; guessed if not given")
            )
        sub.add_argument("--numeric", metavar="A,B", help=_("the continuous features, separated by commas"))
        takes_reading(sub)

    def takes_reading(sub: argparse.ArgumentParser) -> None:
        for name in ("encoding", "delimiter", "sheet"):
            sub.add_argument(f"--{name}", help=_("how the file is read; found by itself if not given"))

    def takes_second_file(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "file2", type=Path, nargs="?", metavar="FILE2", help=_("features or outcomes to join")
        )
        sub.add_argument("--on", metavar="COLUMN[=COLUMN]", help=_("the key that both files share"))
        sub.add_argument("--join", choices=["exact", "asof"], help=_("join by company and session"))
        sub.add_argument("--calendar", default="XKRX", help=_("the exchange's calendar"))
        sub.add_argument("--close", metavar="HH:MM", help=_("the close, if not the calendar's"))
        sub.add_argument("--horizon", type=int, default=1, help=_("how many sessions the target looks ahead"))
        sub.add_argument("--price", metavar="COLUMN", help=_("make the target from closing prices"))
        sub.add_argument("--benchmark", metavar="COLUMN", help=_("an index to subtract"))
        sub.add_argument("--win-above", type=float, metavar="FRACTION", help=_("make 승/패 of the return"))
        sub.add_argument("--plan", type=Path, metavar="PLAN.json", help=_("a plan exported by the app"))

    def takes_encoder(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--encoder", default=NAME, help=_("an encoder of the catalog or a local folder"))
        sub.add_argument("--pooling", choices=list(POOLINGS), help=_("the encoder's own if not given"))

    def takes_seed(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--seed", type=int, default=0, help=_("the same seed gives the same run"))

    def takes_evaluation(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--split", choices=SPLITS, help=_("by time where the file has dates, else by story"))
        sub.add_argument("--folds", type=int, help=_("walk forward in so many folds before the holdout"))
        sub.add_argument(
            "--window", choices=WINDOWS, help=_("learn from all earlier sessions, or from as many each time")
        )
        sub.add_argument("--embargo", type=int, help=_("further sessions left out between training and test"))
        sub.add_argument(
            "--unit", choices=UNITS, help=_("score headlines, or events: their mean per company and session")
        )
        sub.add_argument(
            "--weighting",
            choices=WEIGHTINGS,
            help=_("let every event weigh the same in training, or every row"),
        )
        sub.add_argument("--components", type=int, help=_("principal components in place of the vector"))
        sub.add_argument(
            "--winsor", type=float, metavar="SHARE", help=_("clip features at this share of each tail")
        )
        sub.add_argument(
            "--extras",
            metavar="A,B",
            help=_("also read from the headline: {extras}").format(extras=", ".join(EXTRAS)),
        )
        sub.add_argument("--class-weight", choices=CLASS_WEIGHTS, help=_("let every class weigh the same"))
        sub.add_argument(
            "--calibrate", choices=CALIBRATIONS, help=_("calibrate probabilities on later inner sessions")
        )
        sub.add_argument(
            "--tune", type=int, default=0, metavar="SECONDS", help=_("search for better parameters so long")
        )
        sub.add_argument(
            "--sealed",
            action="store_true",
            default=None,
            help=_("keep the holdout unscored until it is opened"),
        )
        sub.add_argument("--open", action="store_true", help=_("open a sealed holdout, once"))
        sub.add_argument(
            "--staircase", action="store_true", help=_("what each safeguard against leakage costs")
        )
        sub.add_argument("--lift", action="store_true", help=_("say whether the headlines add anything"))

    sub = command("check", _("what the file holds"))
    takes_file(sub)
    takes_second_file(sub)
    command("encoders", _("the catalog, and what is available here"))
    sub = command("embed", _("one vector per row of the file"))
    takes_file(sub)
    takes_second_file(sub)
    takes_encoder(sub)
    takes_seed(sub)
    sub.add_argument("--out", type=Path, required=True, metavar="VECTORS.npy")
    sub = command("run", _("train and score the models on the file"))
    takes_file(sub)
    takes_second_file(sub)
    takes_encoder(sub)
    takes_seed(sub)
    sub.add_argument("--task", choices=TASKS, default="classify")
    takes_evaluation(sub)
    sub = command("score", _("predict every row of the file by an earlier run"))
    takes_file(sub)
    sub.add_argument("--run", required=True, metavar="ID")
    sub.add_argument("--out", type=Path, required=True, metavar="PREDICTIONS.csv")
    sub = command("sts", _("Pearson and Spearman of an encoder on sentence pairs that people have scored"))
    sub.add_argument(
        "file", type=Path, metavar="FILE", help=_("a table with the columns sentence1, sentence2 and score")
    )
    takes_reading(sub)
    takes_encoder(sub)
    return top
