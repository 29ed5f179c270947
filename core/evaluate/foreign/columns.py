"""Which columns of a file hold predictions, of which model, and for which task."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.guess.headers import CODE
from core.data.parse.columns import moments, texts
from core.errors import Message, UserError
from core.evaluate.foreign.settings import ForeignSettings
from core.evaluate.foreign.values import (
    Values,
    as_labels,
    as_numbers,
    as_ratings,
    of_class_columns,
    of_many_classes,
    of_returns,
    of_two_classes,
)
from core.evaluate.predictions import COLUMNS
from core.locale import N_

MOST_MODELS = 20
RESERVED = {*COLUMNS, "row_2", "story"}
_UNSAFE = re.compile(r"[<>\x00-\x1f\x7f]+")
_PROBABLE = re.compile(r"prob|확률|^p_|_p$|승률", re.I)


@dataclass(frozen=True)
class ModelColumns:
    """A model's name and its columns: one, or one for each class; `label` is the class that a single one speaks of."""

    name: str
    columns: tuple[str, ...]
    label: int = 1


def guess_task(table: pd.DataFrame, dataset: Dataset, columns: Collection[str]) -> str:
    """Return "classify" or "regress"; returns that are predicted as classes or probabilities are classified."""
    if dataset.target_kind != "return":
        return "classify"
    names = list(columns)
    if _grouped(names, dataset.classes) or any(_PROBABLE.search(name) for name in names):
        return "classify"
    for name in names:
        cells = table[name]
        if _share(as_labels(cells, dataset.classes), cells) > 0.9:
            p = as_numbers(cells)
            if np.isnan(p).all():
                return "classify"
        p = as_numbers(cells)
        known = p[~np.isnan(p)]
        if len(known) and known.min() >= 0 and known.max() <= 1 and known.std() > 0 and known.mean() > 0.2:
            return "classify"
    return "regress"


def candidates(table: pd.DataFrame, dataset: Dataset, keys: Collection[str]) -> list[str]:
    """Return the columns that may hold predictions: numbers, labels or ratings that are no column of the dataset."""
    roles = dataset.roles
    taken = {roles.headline, roles.press, roles.date, roles.group, roles.target, *roles.numeric, *keys}
    found = []
    for name in map(str, table.columns):
        if name in taken or name.lower() in RESERVED or CODE.search(name):
            continue
        cells = table[name]
        plain = max(
            _share(as_numbers(cells), cells),
            _share(as_ratings(cells), cells),
            _share(as_labels(cells, dataset.classes), cells),
        )
        if plain >= 0.9 and not _dated(cells):
            found.append(name)
    return found


def models_in(
    table: pd.DataFrame, columns: Collection[str], classes: tuple[str, ...], chosen: tuple[str, ...] = ()
) -> list[ModelColumns]:
    """Return the models of these columns; `chosen` are columns, or what stands before the class in their names.

    Raises `UserError` where there is none, too many, or a chosen one is not there.
    """
    grouped = _grouped(list(table.columns) if chosen else list(columns), classes)
    singles = [name for name in columns if not any(name in model.columns for model in grouped)]
    found = grouped + [ModelColumns(_clean(name), (name,)) for name in singles]
    if chosen:
        by_name = {model.name: model for model in grouped}
        by_name |= {column: model for model in grouped for column in model.columns}
        for name in chosen:
            if name not in by_name and name not in table.columns:
                raise UserError(
                    N_("There is no column {column} in the file. Its columns are: {columns}."),
                    column=name,
                    columns=", ".join(map(str, table.columns)),
                )
        found = list(dict.fromkeys(by_name.get(name, ModelColumns(_clean(name), (name,))) for name in chosen))
    if not found:
        raise UserError(
            N_(
                "No column holds predictions: none is of numbers, classes or ratings and not one of the table itself "
                "(columns: {columns}). Name the column of predictions."
            ),
            columns=", ".join(map(str, table.columns)),
        )
    if len(found) > MOST_MODELS:
        raise UserError(
            N_(
                "{models} columns look like predictions; at most {most} are judged at once. Name the ones you mean."
            ),
            models=len(found),
            most=MOST_MODELS,
        )
    return found


def read_model(
    table: pd.DataFrame,
    model: ModelColumns,
    classes: tuple[str, ...],
    outcome: np.ndarray,
    settings: ForeignSettings,
) -> Values | Message:
    """Return a model's predictions of every row of the file, or why they cannot be read."""
    cells = table[model.columns[0]]
    if not classes:
        read = of_returns(cells, outcome, settings.kind)
    elif len(model.columns) == len(classes):
        read = of_class_columns(table, model.columns, settings.kind)
    elif len(classes) == 2:
        read = of_two_classes(cells, classes, model.label, settings.kind)
    else:
        read = of_many_classes(cells, classes)
        if read is None:
            return Message(
                N_(
                    "{column} says nothing of the {n} classes: give a column with the predicted class, or one column of "
                    "probabilities for each ({columns})."
                ),
                {
                    "column": model.columns[0],
                    "n": len(classes),
                    "columns": ", ".join(f"{model.name}:{label}" for label in classes),
                },
            )
    if read is None:
        return Message(
            N_("{column} cannot be read as predictions: its cells are no numbers, classes or ratings."),
            {"column": model.columns[0]},
        )
    return read


def _grouped(columns: list[str], classes: tuple[str, ...]) -> list[ModelColumns]:
    """Return the models that have a column for each class, such as `mean:승` or `prob_win`, or for one of two."""
    found: dict[str, dict[int, str]] = {}
    for column in columns:
        for k, label in enumerate(classes):
            match = re.fullmatch(rf"(?:(.*?)[:_\-. ])?{re.escape(label)}", column)
            if match:
                found.setdefault(match[1] or "", {})[k] = column
    models = []
    for name, parts in found.items():
        shown = _clean(name) or N_("predictions")
        if len(parts) == len(classes) and classes:
            models.append(ModelColumns(shown, tuple(parts[k] for k in range(len(classes)))))
        elif len(classes) == 2:
            ((k, column),) = parts.items()
            models.append(ModelColumns(shown, (column,), k))
    return models


def _clean(name: str) -> str:
    """Return a column's name as it can be shown in a chart."""
    return " ".join(_UNSAFE.sub(" ", name).split())[:60]


def _share(values: np.ndarray, cells: pd.Series) -> float:
    filled = int((texts(cells) != "").sum())
    return float((~np.isnan(values)).sum() / filled) if filled else 0.0


def _dated(cells: pd.Series) -> bool:
    if bool(cells.str.fullmatch(r"\s*-?\d{1,7}(?:\.\d*)?\s*|").all()):
        return False
    times, _timed, _bad = moments(cells)
    numbers = ~np.isnan(as_numbers(cells))
    return bool((~np.isnat(times)).mean() >= 0.9) and not bool(cells[numbers].str.contains(r"\.").any())
