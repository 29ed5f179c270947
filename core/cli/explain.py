"""`headline-lab explain`: why an earlier run predicts what it does, down to the words."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.cli.command import Command
from core.cli.shell import _, tell, warnings_of
from core.errors import Message, UserError
from core.evaluate.predictions import MEAN
from core.locale import N_

if TYPE_CHECKING:
    from core.train.features.inputs import Inputs
    from core.train.run import Run


def _explain(options: argparse.Namespace) -> dict[str, Any]:
    from core.cli.explain_topics import topic_table
    from core.explain import explain_headline
    from core.train.runs import load_run

    run = load_run(options.run)
    headline, row = _of_file(run, options) if options.text is None else _typed(run, options)
    explained = _class(run, options.label)
    cautions = _cautions(run, options.row)
    for caution in cautions:
        tell(caution)
    found, words = explain_headline(run, headline, row, explained)
    topics: list[dict[str, Any]] = []
    try:
        topics = topic_table(run, headline, options.row, explained)
    except UserError as error:
        cautions.append(error.message)
        tell(error.message)
    return {
        "run_id": run.id,
        "headline": headline,
        "class": found.label,
        "base": found.base[MEAN],
        "prediction": float(found.prediction[MEAN][0]),
        "groups": [
            {"group": group, "contribution": float(value)}
            for group, value in sorted(
                zip(found.groups, found.values[MEAN][0], strict=True), key=lambda pair: -abs(pair[1])
            )
        ],
        "words": [
            {
                "text": word.text,
                "start": word.start,
                "end": word.end,
                "contribution": float(value),
                "error": float(error),
            }
            for word, value, error in zip(words.words, words.values[MEAN], words.errors[MEAN], strict=True)
        ],
        "topics": topics,
        "warnings": warnings_of(cautions),
    }


def _cautions(run: Run, row: int | None) -> list[Message]:
    """Return what has to be known of the explained prediction; `row` is one of the run's table, None for none."""
    found = []
    if run.parts.calibrators:
        found.append(
            Message(
                N_(
                    "The run's probabilities are calibrated; the contributions explain them before calibration."
                )
            )
        )
    if row is not None and row not in run.predictions.holdout.table["row"].to_numpy():
        found.append(
            Message(N_("The run's models have learned from row {n}: this is no forecast of it."), {"n": row})
        )
    return found


def _of_file(run: Run, options: argparse.Namespace) -> tuple[str, Inputs]:
    """Return headline and inputs of a row of the run's table, by its number in the file."""
    from core.data.library import load_dataset
    from core.evaluate.ledger import sealed_positions
    from core.predict.sealed import require_open
    from core.train.features.inputs import Inputs

    if options.press is not None or options.feature:
        raise UserError(N_("A row has its own outlet and features: give --press and --feature with --text."))
    number: int = options.row
    data = load_dataset(run.dataset_id)
    place = np.flatnonzero(data.frame["row"].to_numpy() == number)
    if not len(place):
        raise UserError(N_("The table {name} has no row {n}."), name=data.name, n=number)
    if np.isin(place, sealed_positions(data)).any():
        raise UserError(
            N_(
                "Row {n} lies in a sealed holdout, and its prediction would give part of the score away: open that "
                "holdout on the Evaluate page, or choose another row."
            ),
            n=number,
        )
    require_open(data.headlines[place[0]])
    return data.headlines[place[0]], Inputs.of(data, None, run.settings.use_press).take(place)


def _typed(run: Run, options: argparse.Namespace) -> tuple[str, Inputs]:
    """Return the headline that was typed, and the inputs beside it; a feature that is not given is missing."""
    from core.explain import readable
    from core.predict.sealed import require_open
    from core.train.features.inputs import Inputs

    require_open(options.text)
    features = dict(_feature(run, given) for given in options.feature)
    press = pd.Series([options.press], dtype="str") if run.settings.use_press else None
    return readable(options.text), Inputs(None, pd.DataFrame([features], index=[0], dtype=float), press)


def _feature(run: Run, given: str) -> tuple[str, float]:
    name, _equals, value = given.rpartition("=")
    if name not in run.preparation.features:
        raise UserError(
            N_("The run has no feature {name}; it has {known}."),
            name=name or given,
            known=", ".join(run.preparation.features) or "–",
        )
    try:
        return name, float(value)
    except ValueError:
        raise UserError(N_("{value} is no number."), value=value) from None


def _class(run: Run, label: str | None) -> int:
    """Return the number of the class to explain; -1, the last one, where none is named."""
    if label is None:
        return -1
    if label not in run.classes:
        raise UserError(
            N_("The run has no class {label}; it has {known}."),
            label=label,
            known=", ".join(run.classes) or "–",
        )
    return run.classes.index(label)


def _arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--run", required=True, metavar="ID")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--row", type=int, metavar="N", help=_("a row of the run's table, by its number in the file")
    )
    which.add_argument("--text", help=_("a headline"))
    add("--press", help=_("its press outlet, with --text"))
    add(
        "--feature",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=_("a continuous feature, with --text; those that are not given count as missing"),
    )
    add("--class", dest="label", metavar="LABEL", help=_("the class whose probability is explained"))


COMMANDS = (
    Command("explain", N_("why a run predicts what it does, by group and by word"), _arguments, _explain),
)
