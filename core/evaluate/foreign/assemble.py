"""From a file of predictions to the table that every evaluation takes, with what was left out and what to beware of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.reading import Source
from core.errors import Message, UserError
from core.evaluate.foreign.columns import candidates, guess_task, models_in, read_model
from core.evaluate.foreign.keys import Keys, find_keys
from core.evaluate.foreign.matching import Match, examples, match
from core.evaluate.foreign.period import inside_training
from core.evaluate.foreign.settings import ForeignSettings
from core.evaluate.foreign.values import Values, as_numbers
from core.evaluate.predictions import COLUMNS, HOLDOUT, MEAN, Predictions
from core.evaluate.settings import EvaluateSettings
from core.locale import N_

_GAPS = 0.2  # a model that lacks more of the rows than this is left out instead of the rows


@dataclass(frozen=True, eq=False)
class Foreign:
    """Predictions made elsewhere, ready to be judged.

    `predictions` are of the rows outside the training period, `inside` those within it. `kinds` says by model what
    its numbers are (`settings.KINDS`); `main` is the model that the answer is about. `counts` are numbers of rows:
    `rows` of the file, `matched`, `unmatched`, `duplicates`, `ambiguous`, `without_outcome`, `without_prediction`,
    `not_predicted` of the dataset, `inside_training`; `examples` are rows of the file by the same keys. `by` says
    what matched them.
    """

    predictions: Predictions
    inside: Predictions
    kinds: dict[str, str]
    main: str
    settings: EvaluateSettings
    counts: dict[str, int]
    examples: dict[str, list[dict[str, object]]]
    by: str
    keys: tuple[str, ...]
    notes: tuple[Message, ...]


def assemble(
    table: pd.DataFrame,
    dataset: Dataset,
    settings: ForeignSettings,
    sources: Sequence[Source] = (),
    taken: Collection[str] = (),
) -> Foreign:
    """Match a table of text cells to a dataset and read its predictions; `sources` are the dataset's own files.

    A model whose name is `taken` gets “(file)” behind it.

    Raises `UserError` where nothing matches, no column holds predictions, none of them varies, or all rows lie
    inside the training period.
    """
    if not dataset.target_kind:
        raise UserError(
            N_("The table has no target: choose the column with the return or the 승/패 on the data page.")
        )
    keys = find_keys(table, dataset, sources, settings.id)
    columns = settings.models or candidates(table, dataset, keys.used)
    task = settings.task or guess_task(table, dataset, [c for c in columns if c in table])
    if task == "regress" and dataset.target_kind != "return":
        raise UserError(
            N_("The target holds labels, not returns: choose classification, or a column of returns.")
        )
    classes = dataset.classes if task == "classify" else ()
    outcome = dataset.outcome(task)
    models = models_in(table, columns, classes, settings.models)
    read = {
        _free(model.name, taken): read_model(table, model, classes, outcome, settings) for model in models
    }
    values = {name: found for name, found in read.items() if isinstance(found, Values)}
    if not values:
        reason = next(found for found in read.values() if isinstance(found, Message))
        raise UserError(reason.template, **reason.params)
    made = match(table, dataset, sources, keys, outcome)
    fold = _folds(table)
    evaluation = EvaluateSettings(task, settings.unit, dataset.horizon, settings.seed)
    notes = [found for found in read.values() if isinstance(found, Message)]
    notes += [found.note for found in values.values() if found.note]

    known = ~np.isnan(outcome[made.position])
    file, position = made.file[known], made.position[known]
    if not len(file):
        raise UserError(
            N_("{matched:,} rows of predictions were matched, and none of them has a known outcome yet."),
            matched=len(made.file),
        )
    parts = {name: found.p[file] for name, found in values.items()}
    parts, flat = _varying(parts, fold[file])
    notes += flat
    complete = _complete(parts, fold[file])
    file, position = file[complete], position[complete]
    predictions = Predictions.of(
        dataset,
        position,
        fold[file],
        outcome[position],
        {name: p[complete] for name, p in parts.items()},
        classes,
    )
    marked = inside_training(dataset, position, settings, evaluation.horizon)
    outside = predictions.where(~marked.inside)
    if not len(outside):
        raise UserError(
            N_(
                "All {rows:,} matched rows lie in the training period {first} to {until} or within its horizon, so nothing "
                "is left that the model had not learned from: bring predictions of later sessions."
            ),
            rows=len(predictions),
            first=settings.trained_from or "…",
            until=settings.trained_until,
        )
    counts = {
        "rows": len(table),
        "matched": len(np.unique(made.file)),
        "unmatched": len(made.unmatched),
        "duplicates": len(made.duplicates),
        "ambiguous": len(made.ambiguous),
        "without_outcome": int((~known).sum()),
        "without_prediction": int((~complete).sum()),
        "not_predicted": _not_predicted(outcome, made),
        "inside_training": int(marked.inside.sum()),
        "near_training": int(marked.near.sum()),
        "before_training": int(marked.before.sum()),
    }
    kinds = {name: values[name].kind for name in parts}
    return Foreign(
        outside,
        predictions.where(marked.inside),
        kinds,
        _main(outside, kinds),
        evaluation,
        counts,
        _examples(table, dataset, made, keys, outcome),
        made.by,
        made.keys,
        (*made.notes, *notes),
    )


def _free(name: str, taken: Collection[str]) -> str:
    return f"{name} (file)" if name in taken else name


def _main(predictions: Predictions, kinds: dict[str, str]) -> str:
    """Return the model that the answer is about: the ensemble of this app, else the first that says something of all."""
    scored = predictions.test.models or tuple(kinds)
    return MEAN if MEAN in scored else scored[0]


def _folds(table: pd.DataFrame) -> np.ndarray:
    """Return the fold that each row was predicted in, `(n,)`: of a column “fold”, else the holdout's.

    As this app writes it, 0 is the holdout; in other files 0 is a fold as any other, and none is held out.
    """
    number = as_numbers(table["fold"]) if "fold" in table else np.full(len(table), np.nan)
    if np.isnan(number).any() or (number % 1 != 0).any() or number.min() < 0:
        return np.full(len(table), HOLDOUT)
    ours = set(COLUMNS) <= set(table.columns)
    result: np.ndarray = number.astype(int) + (0 if ours else 1)
    return result


def _varying(parts: dict[str, np.ndarray], fold: np.ndarray) -> tuple[dict[str, np.ndarray], list[Message]]:
    """Leave out the models that predict the same of every row; raises `UserError` where none is left."""
    flat = [name for name, p in parts.items() if _constant(p, fold)]
    kept = {name: p for name, p in parts.items() if name not in flat}
    template = N_("{model} says the same of every matched row ({value}), so there is nothing to judge.")
    said = [Message(template, {"model": name, "value": _value(parts[name])}) for name in flat]
    if not kept:
        raise UserError(said[0].template, **said[0].params)
    return kept, said


def _constant(p: np.ndarray, fold: np.ndarray) -> bool:
    known = p[~np.isnan(p.reshape(len(p), -1)).any(axis=1)]
    return not len(known) or bool((known == known[0]).all())


def _value(p: np.ndarray) -> str:
    last = p.reshape(len(p), -1)[:, -1]
    known = last[~np.isnan(last)]
    return f"{known[0]:g}" if len(known) else "–"


def _complete(parts: dict[str, np.ndarray], fold: np.ndarray) -> np.ndarray:
    """Return the rows `(n,)` that every model predicts, but for models that lack many rows of the same test."""
    complete = np.ones(len(fold), bool)
    some = np.zeros(len(fold), bool)
    for p in parts.values():
        missing = np.isnan(p.reshape(len(p), -1)).any(axis=1)
        some |= ~missing
        for test in (fold == HOLDOUT, fold != HOLDOUT):
            if test.any() and missing[test].mean() <= _GAPS:
                complete &= ~(missing & test)
    return complete & some


def _not_predicted(outcome: np.ndarray, made: Match) -> int:
    known = np.flatnonzero(~np.isnan(outcome))
    return len(np.setdiff1d(known, made.position))


def _examples(
    table: pd.DataFrame, dataset: Dataset, made: Match, keys: Keys, outcome: np.ndarray
) -> dict[str, list[dict[str, object]]]:
    found = {
        "unmatched": examples(table, made.unmatched, keys),
        "duplicates": examples(table, made.duplicates, keys),
        "ambiguous": examples(table, made.ambiguous, keys),
    }
    left = np.setdiff1d(np.flatnonzero(~np.isnan(outcome)), made.position)[:3]
    frame = dataset.frame.iloc[left]
    found["not_predicted"] = [
        {"row": int(row), "key": str(headline)[:80]}
        for row, headline in zip(frame["row"], frame["headline"], strict=True)
    ]
    return {name: rows for name, rows in found.items() if rows}
