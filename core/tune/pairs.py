"""From a table of sentence pairs to examples, with a score or a class each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd

from core.data.near_duplicates import stories
from core.data.parse.columns import numbers, texts
from core.embed.pipeline import canonical
from core.errors import Message, UserError
from core.locale import N_, P_
from core.tune.cleaning import first_of_each, require_enough, require_few_classes
from core.tune.examples import Examples
from core.tune.settings import LABELLED_PAIRS, PAIRS, TuneSettings

SCALES = (
    1.0,
    5.0,
    10.0,
    100.0,
)  # the tops of scales in use; a score is a share of the smallest that holds all
_NAMES = {
    "one": ("sentence1", "sentence_1", "text1", "sent1", "premise", "문장1", "전제", "question1"),
    "other": ("sentence2", "sentence_2", "text2", "sent2", "hypothesis", "문장2", "가설", "question2"),
    "label": ("score", "label", "gold_label", "similarity", "labels", "라벨", "점수", "유사도", "관계"),
}
_RANKS = {  # what the second sentence is to the first; the last class is the positive one
    "contradiction": 0,
    "모순": 0,
    "neutral": 1,
    "중립": 1,
    "entailment": 2,
    "함의": 2,
}


_TOGETHER = (
    "entailment",
    "entail",
    "함의",
    "수반",
    "positive",
    "1",
    "true",
    "yes",
    "paraphrase",
    "duplicate",
)


@dataclass(frozen=True)
class PairColumns:
    """The columns of a table that hold both sentences and the score or the label."""

    one: str
    other: str
    label: str


def guess_pair_columns(frame: pd.DataFrame) -> PairColumns:
    """Return the columns by their names, else the two with the longest texts, and of the others the one that repeats most.

    Raises `UserError` for a table of fewer than three columns.
    """
    if frame.shape[1] < 3:
        raise UserError(
            N_(
                "A table of sentence pairs needs two columns of sentences and one of scores or labels; it has: {columns}."
            ),
            columns=", ".join(map(str, frame.columns)),
        )
    names = {str(name).strip().casefold(): str(name) for name in reversed(frame.columns)}
    found = [next((names[key] for key in keys if key in names), "") for keys in _NAMES.values()]
    left = [str(name) for name in frame.columns if str(name) not in found]
    left.sort(key=lambda name: -frame[name].astype("str").str.len().mean())
    for place in (0, 1):
        found[place] = found[place] or left.pop(0)
    found[2] = found[2] or min(reversed(left), key=lambda name: frame[name].nunique())
    return PairColumns(*found)


def pair_examples(
    frame: pd.DataFrame, columns: PairColumns | None, settings: TuneSettings, name: str = ""
) -> Examples:
    """Return the table's sentence pairs with a score as a share of its scale, or with classes.

    The loss decides: softmax and multiple negatives want classes, the others scores. Scores are divided by the
    smallest of 1, 5, 10 and 100 that none exceeds. Rows that lack a sentence or a label, or repeat a pair, are left
    out and counted in `notes`. Pairs that share a near-duplicate sentence are of one `story`.

    Raises:
        UserError: for another method, columns that are not there, scores that are no numbers or all equal, one
            class, more than 50 classes, or fewer than 20 pairs.
    """
    columns = columns or guess_pair_columns(frame)
    _require_pairs(frame, columns, settings)
    one, other = (
        np.array([canonical(text) for text in texts(frame[name].astype("str"))], object)
        for name in (columns.one, columns.other)
    )
    labels, classes = _labels(frame[columns.label].astype("str"), settings, columns.label)
    rows = np.flatnonzero((one != "") & (other != "") & ~np.isnan(labels))
    first, notes = first_of_each([f"{one[i]}\t{other[i]}" for i in rows], labels[rows])
    require_enough(len(first), len(frame))
    if missing := len(frame) - len(rows):
        notes = (*notes, Message(_MISSING, {"n": missing}, "missing"))
    rows = rows[first]
    labels, classes = _present(labels[rows], classes) if classes else (_scaled(labels[rows]), ())
    number = stories([*one[rows], *other[rows]]).reshape(2, -1)
    return Examples(
        columns=(list(one[rows]), list(other[rows])),
        labels=labels,
        classes=classes,
        story=components(number),
        session=pd.Series(np.full(len(rows), np.datetime64("NaT", "ns"))),
        rows=rows,
        name=name,
        notes=notes,
    )


def entailed_class(classes: Sequence[str]) -> int | None:
    """Return the number of the class whose name says that two sentences belong together, None where none does."""
    lowered = [name.strip().casefold() for name in classes]
    return next((lowered.index(name) for name in _TOGETHER if name in lowered), None)


def components(number: np.ndarray) -> np.ndarray:
    """Number the groups of pairs that are linked by a story of either text, from `(columns, n)` to `(n,)`.

    `number` are the stories of each column's texts; one column is its own answer.
    """
    if len(number) == 1:
        return np.asarray(number[0])
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    one, other = np.unique(number, return_inverse=True)[1].reshape(number.shape)
    size = int(max(one.max(initial=0), other.max(initial=0))) + 1
    links = coo_matrix((np.ones(len(one), np.int8), (one, other)), (size, size))
    return np.asarray(connected_components(links, directed=False)[1][one], np.int64)


_MISSING = P_(
    "{n:,} row lacks a sentence, a score or a label and was left out.",
    "{n:,} rows lack a sentence, a score or a label and were left out.",
)


def _require_pairs(frame: pd.DataFrame, columns: PairColumns, settings: TuneSettings) -> None:
    if settings.method != PAIRS:
        raise UserError(
            N_("A table of sentence pairs is tuned on by the method pairs; chosen is {method}."),
            method=settings.method,
        )
    chosen = astuple(columns)
    missing = [name for name in chosen if name not in frame.columns]
    if missing or len(set(chosen)) < 3:
        raise UserError(
            N_(
                "Choose three different columns for both sentences and the score; chosen are {chosen}, of: {columns}."
            ),
            chosen=", ".join(chosen),
            columns=", ".join(map(str, frame.columns[:20])),
        )


def _labels(cells: pd.Series, settings: TuneSettings, column: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return scores, or the numbers of the classes and these; NaN where a cell is empty or no number."""
    if settings.loss not in LABELLED_PAIRS:
        scores, unreadable = numbers(cells)
        if unreadable.sum() * 2 > len(cells):
            raise UserError(
                N_(
                    "The column {column} holds no numbers, so it is no score: for labels choose the loss softmax."
                ),
                column=column,
            )
        return scores, ()
    names = texts(cells)
    distinct = set(names) - {""}
    require_few_classes(len(distinct))
    classes = tuple(sorted(distinct, key=lambda name: (_RANKS.get(name.casefold(), -1), name)))
    index = {name: float(i) for i, name in enumerate(classes)}
    return np.array([index.get(name, np.nan) for name in names]), classes


def _present(labels: np.ndarray, classes: tuple[str, ...]) -> tuple[np.ndarray, tuple[str, ...]]:
    codes, numbered = np.unique(labels.astype(np.int64), return_inverse=True)
    if len(codes) < 2:
        raise UserError(
            N_("All pairs have the label {label}; at least two labels are needed to tell them apart."),
            label=classes[codes[0]],
        )
    return numbered.astype(np.int64), tuple(classes[code] for code in codes)


def _scaled(scores: np.ndarray) -> np.ndarray:
    if np.ptp(scores) == 0:
        raise UserError(
            N_("Every pair has the score {score:g}. Scores that are all equal teach nothing."),
            score=float(scores[0]),
        )
    top = float(np.abs(scores).max())
    return np.asarray(scores / next((scale for scale in SCALES if top <= scale), top))
