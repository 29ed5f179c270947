"""The smallest single change of a row's input with which the ensemble would have said something else.

A counterfactual explanation (Wachter, Mittelstadt & Russell, "Counterfactual explanations without opening the black
box", 2017), kept to changes of one input to a value that occurs in the table. It is a change of what the models read,
not a cause in the market.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.predictions import MEAN
from core.explain.contributions import Contributions
from core.explain.segments import masked, words_of
from core.explain.words import matrix_of_texts
from core.train.features.inputs import Inputs
from core.train.features.outlets import PRESS
from core.train.features.registry import headline_groups
from core.train.run import Run

FEATURE, WORD, OUTLET = "feature", "word", "outlet"
GRID = 41  # values of each feature that are tried, at even shares of the explained rows


@dataclass(frozen=True)
class Said:
    """What the ensemble says of a row, calibrated where the run is.

    `call` is the number of the most likely class, or the sign of the return (-1, 0 or 1); `chance` the probability of
    that class, `value` that of the explained class. For returns both are the return.
    """

    call: int
    chance: float
    value: float


@dataclass(frozen=True)
class Flip:
    """One change that turns the call: of a feature or outlet from `before` to `after`, or of a word left out.

    `kind` is `FEATURE`, `WORD` or `OUTLET`; `name` the feature or the word, "" for the outlet. The values of a feature
    are numbers, outlets are texts or None, and a word has no values. `distance` is from 0 to 1, after Gower, "A
    general coefficient of similarity" (1971), by ranks: the share of the explained rows that a feature passes on its
    way to `after`, the share of the headline's words that is left out, and 1 for an outlet.
    """

    kind: str
    name: str
    before: float | str | None
    after: float | str | None
    said: Said
    distance: float


@dataclass(frozen=True)
class Flips:
    """The changes that turn the call `said`, the smallest first: at most one for each feature and for the outlet.

    `tried` counts what could be changed: features, words and outlets. `unread` says why no word could be left out,
    where the encoder is gone.
    """

    said: Said
    found: tuple[Flip, ...]
    tried: dict[str, int]
    unread: Message | None = None


class _Change(NamedTuple):
    kind: str
    name: str
    before: float | str | None
    after: float | str | None
    distance: float


def flips(
    run: Run, dataset: Dataset, vectors: np.ndarray | None, found: Contributions, place: int, chosen: int = -1
) -> Flips:
    """Look for single changes of the explained row at this place that turn what the ensemble says.

    A call is turned where another class becomes the most likely one, or the predicted return changes its sign.
    Each feature is tried at up to `GRID` values of the explained rows, the outlet at every one of theirs, and each
    word of the headline is left out. A feature whose value is missing is left as it is. `vectors (rows, dim)` are those
    of the whole dataset, `chosen` is the number of the explained class.
    """
    inputs = Inputs.of(dataset, vectors, run.settings.use_press)
    explained, row = inputs.take(found.rows), inputs.take(found.rows[[place]])
    features, of_features = _features(run, explained, row)
    outlets, of_outlets = _outlets(run, explained, row)
    headline = str(dataset.frame["headline"].iloc[int(found.rows[place])])
    words, texts = _omissions(found, headline)
    matrices = [run.preparation.matrix(part) for part in (row, of_features, of_outlets) if len(part.features)]
    unread = None
    if texts:
        try:
            matrices.append(matrix_of_texts(run, headline, texts, row))
        except UserError as error:
            words, unread = [], error.message
    changes = [*features, *outlets, *words]
    before, *after = _said(run, np.concatenate(matrices), chosen)
    turned = [
        Flip(*change[:4], said, change.distance)
        for change, said in zip(changes, after, strict=True)
        if _is_turned(run, before, said)
    ]
    return Flips(
        said=before,
        found=tuple(_nearest(turned)),
        tried={FEATURE: len({c.name for c in features}), WORD: len(words), OUTLET: len(outlets)},
        unread=unread,
    )


def _features(run: Run, explained: Inputs, row: Inputs) -> tuple[list[_Change], Inputs]:
    """Return each feature at the values that are tried, and the row with them."""
    changes = []
    for name in run.preparation.features:
        own = float(row.features[name].iloc[0])
        known = np.sort(explained.features[name].dropna().to_numpy(float))
        if np.isnan(own) or not len(known):
            continue
        grid = np.unique(np.quantile(known, np.linspace(0, 1, GRID), method="nearest"))
        changes += [
            _Change(FEATURE, name, own, float(value), _passed(known, own, value))
            for value in grid[grid != own]
        ]
    changed = row.take(np.zeros(len(changes), int))
    values = changed.features.to_numpy(float).copy()
    columns = changed.features.columns.get_indexer([change.name for change in changes])
    values[np.arange(len(changes)), columns] = [change.after for change in changes]
    return changes, changed._replace(features=pd.DataFrame(values, columns=changed.features.columns))


def _passed(known: np.ndarray, own: float, value: float) -> float:
    """Return the share of the sorted values that are passed on the way from one's own, the new value included."""
    if value > own:
        between = np.searchsorted(known, value, "right") - np.searchsorted(known, own, "right")
    else:
        between = np.searchsorted(known, own, "left") - np.searchsorted(known, value, "left")
    return float(between / len(known))


def _outlets(run: Run, explained: Inputs, row: Inputs) -> tuple[list[_Change], Inputs]:
    """Return the other outlets of the explained rows, the most frequent first, and the row with them.

    Those that the models cannot tell apart are one.
    """
    if explained.press is None or row.press is None or not run.preparation.outlets:
        return [], row.take(np.zeros(0, int))
    own = None if pd.isna(row.press.iloc[0]) else str(row.press.iloc[0])
    counted = explained.press.value_counts()
    names = [str(name) for name in counted.index if name != own]
    others = row.take(np.zeros(len(names), int))._replace(press=_press(names))
    if names:
        levels = run.preparation.parts[PRESS].matrix(others).argmax(axis=1)
        first: np.ndarray = np.sort(np.unique(levels, return_index=True)[1])
        names, others = [names[number] for number in first], others.take(first)
    return [_Change(OUTLET, "", own, name, 1.0) for name in names], others


def _press(names: list[str]) -> pd.Series:
    return pd.Series(names, dtype="str")


def _omissions(found: Contributions, headline: str) -> tuple[list[_Change], list[str]]:
    """Return each word and the headline without it; none where the models do not read it, or it is a single word."""
    words = words_of(headline)
    if len(words) < 2 or not set(found.groups) & set(headline_groups()):
        return [], []
    masks = ~np.eye(len(words), dtype=bool)
    changes = [_Change(WORD, word.text, None, None, 1 / len(words)) for word in words]
    return changes, [masked(words, mask) for mask in masks]


def _said(run: Run, X: np.ndarray, chosen: int) -> list[Said]:
    predicted = run.calibrated(run.predict_by_models(X))[MEAN]
    if not run.classes:
        return [Said(int(np.sign(value)), float(value), float(value)) for value in predicted]
    return [Said(int(p.argmax()), float(p.max()), float(p[chosen])) for p in predicted]


def _is_turned(run: Run, before: Said, after: Said) -> bool:
    return after.call != before.call if run.classes else after.call * before.call < 0


def _nearest(turned: list[Flip]) -> list[Flip]:
    """Return the smallest change first, of a feature or the outlet the smallest alone.

    Of changes of one size the one with the surer call comes first; of outlets, the most frequent one.
    """
    seen, found = set(), []
    for flip in sorted(turned, key=lambda flip: flip.distance):
        if flip.kind == WORD or (flip.kind, flip.name) not in seen:
            seen.add((flip.kind, flip.name))
            found.append(flip)
    return sorted(found, key=lambda flip: (flip.distance, -abs(flip.said.chance)))
