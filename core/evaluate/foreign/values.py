"""Cells of predictions to arrays, and what they can be taken for: probabilities, scores, labels or returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.classes import order_classes, rating_rank
from core.data.parse.columns import numbers, texts
from core.data.parse.typist import return_unit
from core.errors import Message
from core.evaluate.foreign.settings import LABEL, PERCENT, PROBABILITY, RETURN, SCORE
from core.evaluate.metrics import CHOICE, NUMBER, ORDER
from core.locale import N_

READS = {  # what of a prediction of each kind may be believed
    PROBABILITY: (ORDER, CHOICE, NUMBER),
    PERCENT: (ORDER, CHOICE, NUMBER),
    RETURN: (ORDER, CHOICE, NUMBER),
    LABEL: (ORDER, CHOICE),
    SCORE: (ORDER,),
}
_FAR = 5  # a prediction whose spread is so many times that of the returns is none in their unit
_LEVELS = 11  # so few whole numbers are a rating


@dataclass(frozen=True, eq=False)
class Values:
    """Predictions `(n, classes)` or `(n,)`, NaN where missing, what they are, and what to tell of that."""

    p: np.ndarray
    kind: str
    note: Message | None = None


def as_numbers(cells: pd.Series) -> np.ndarray:
    """Return a column's numbers `(n,)`, NaN where missing or unreadable."""
    return numbers(cells)[0]


def as_ratings(cells: pd.Series) -> np.ndarray:
    """Return ratings in words (매수, hold …) as numbers from -2 to 2, `(n,)`, NaN where unknown."""
    return np.asarray(pd.Series(texts(cells)).map(rating_rank), float)


def as_labels(cells: pd.Series, classes: tuple[str, ...]) -> np.ndarray:
    """Return class numbers `(n,)`, NaN where the cell is no class; win and lose stand for 승 and 패."""
    known = {label.lower(): float(k) for k, label in enumerate(classes)}
    words = pd.Series(texts(cells)).str.lower().str.strip()
    if len(classes) == 2:
        for pair in (("lose", "win"), ("패", "승"), ("down", "up"), ("하락", "상승")):
            if order_classes(pair) == pair:
                known = {name: float(k) for k, name in enumerate(pair)} | known
    return np.asarray(words.map(known), float)


def of_two_classes(cells: pd.Series, classes: tuple[str, ...], label: int, kind: str) -> Values | None:
    """Read one column for two classes; `label` is the class that a high number speaks of. None where it cannot be."""
    labels = as_labels(cells, classes)
    filled = texts(cells) != ""
    if kind in ("", LABEL) and _mostly(labels, filled):
        return Values(_one_hot(labels, 2), LABEL)
    p, ratings = as_numbers(cells), as_ratings(cells)
    if kind in ("", SCORE) and _mostly(ratings, filled):
        return Values(_towards(ratings, label), SCORE, _only_order(cells))
    if not _mostly(p, filled):
        return None
    known = p[~np.isnan(p)]
    if kind in ("", LABEL) and set(np.unique(known)) <= {0.0, 1.0}:
        return Values(_one_hot(np.where(label, p, 1 - p), 2), LABEL)
    if kind == PERCENT or (not kind and _is_percent(str(cells.name), known)):
        p, known = p / 100, known / 100
        kind = PERCENT
    if kind in ("", PROBABILITY, PERCENT) and known.min() >= 0 and known.max() <= 1:
        note = _read_as_percent(cells) if kind == PERCENT else None
        return Values(_pair(p, label), PROBABILITY, note)
    return Values(_towards(p, label), SCORE, _only_order(cells, known))


def of_class_columns(table: pd.DataFrame, columns: tuple[str, ...], kind: str) -> Values | None:
    """Read one column for each class, in the order of the classes; None where one holds no numbers."""
    parts = [as_numbers(table[name]) for name in columns]
    if any(np.isnan(part).all() for part in parts):
        return None
    p = np.column_stack(parts)
    sums = p[~np.isnan(p).any(axis=1)].sum(axis=1)
    if not len(sums):
        return None
    first = table[columns[0]]
    low, high = np.nanmin(p), np.nanmax(p)
    if low >= 0 and high <= 1 and np.abs(sums - 1).max() <= 0.02 and kind in ("", PROBABILITY):
        return Values(p, PROBABILITY)
    if low >= 0 and high <= 100 and np.abs(sums - 100).max() <= 2 and kind in ("", PERCENT):
        return Values(p / 100, PROBABILITY, _read_as_percent(first))
    return Values(p, SCORE, _only_order(first, p[~np.isnan(p)]))


def of_many_classes(cells: pd.Series, classes: tuple[str, ...]) -> Values | None:
    """Read one column of labels for three classes or more; None where its cells are not these."""
    labels = as_labels(cells, classes)
    if not _mostly(labels, texts(cells) != ""):
        return None
    return Values(_one_hot(labels, len(classes)), LABEL)


def of_returns(cells: pd.Series, outcome: np.ndarray, kind: str) -> Values | None:
    """Read one column for returns; `outcome (rows,)` are the dataset's, whose scale tells a return from a score."""
    filled = texts(cells) != ""
    p, ratings = as_numbers(cells), as_ratings(cells)
    if kind in ("", SCORE, LABEL) and _mostly(ratings, filled):
        return Values(ratings, SCORE, _only_order(cells))
    if not _mostly(p, filled):
        return None
    if kind == PERCENT:
        return Values(p / 100, RETURN, _read_as_percent(cells))
    if kind == RETURN:
        return Values(p, RETURN)
    known = p[~np.isnan(p)]
    unit = return_unit(cells, p)
    header = unit != 1 and return_unit(cells, np.zeros(1)) == unit
    rated = len(np.unique(known)) <= _LEVELS and bool((known % 1 == 0).all()) and not header
    usual = _FAR * float(np.nanstd(outcome))
    far = max(float(known.std()), abs(float(known.mean()))) * (unit if header else 1) > usual
    if kind == SCORE or rated or far:
        return Values(p, SCORE, _only_order(cells, known))
    return Values(p * unit, RETURN) if header else Values(p, RETURN)


def _mostly(values: np.ndarray, filled: np.ndarray) -> bool:
    known = ~np.isnan(values)
    return bool(known.any()) and bool(known.sum() >= 0.9 * filled.sum())


def _is_percent(name: str, known: np.ndarray) -> bool:
    named = any(word in name.lower() for word in ("%", "percent", "pct", "퍼센트", "확률", "prob"))
    return named and known.min() >= 0 and 1 < known.max() <= 100


def _pair(p: np.ndarray, label: int) -> np.ndarray:
    return np.column_stack([1 - p, p] if label else [p, 1 - p])


def _towards(score: np.ndarray, label: int) -> np.ndarray:
    """Return a score as two columns that order the rows as it does, `(n, 2)`."""
    return np.column_stack([-score, score] if label else [score, -score])


def _one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    known = ~np.isnan(labels)
    result = np.full((len(labels), classes), np.nan)
    result[known] = np.eye(classes)[labels[known].astype(int)]
    return result


def _read_as_percent(cells: pd.Series) -> Message:
    return Message(N_("The numbers in {column} were read as percent."), {"column": str(cells.name)})


def _only_order(cells: pd.Series, known: np.ndarray | None = None) -> Message:
    if known is None:
        return Message(
            N_(
                "{column} holds ratings, so only their order is judged: nothing that needs a probability or a return."
            ),
            {"column": str(cells.name)},
        )
    return Message(
        N_(
            "{column} holds numbers from {low:g} to {high:g}, which are no probabilities or returns in the unit of the "
            "table, so only their order is judged. If they are percent, say so."
        ),
        {"column": str(cells.name), "low": float(known.min()), "high": float(known.max())},
    )
