"""Which examples teach, which choose the epoch, and which are tested once at the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from core.data.near_duplicates import stories
from core.errors import UserError
from core.locale import N_
from core.train.splits.partition import NONE, Split, numbered
from core.train.splits.splitters import SessionHoldout
from core.tune.examples import Examples, Parts
from core.tune.pairs import components
from core.tune.settings import TuneSettings
from core.tune.sources import tercile_bounds, third_of

BINS = 5  # of scores, to stratify by
FEWEST_TRAIN, FEWEST_HELD = 8, 2
_ONE_SIDE = N_(
    "Validation examples hold the classes {found}, which are not all among those to train: {classes}."
)


def split(
    examples: Examples, settings: TuneSettings, valid: Examples | None = None
) -> tuple[Examples, Parts]:
    """Split into training, validation and test; return the examples, all of them with labels, and the parts.

    In the order of time where there are sessions: the last `test_share` of them is the test and the last
    `valid_share` of the others the validation, each purged by the horizon; rows without a session are left out.
    Else stratified by class (scores: by fifths) with near-duplicates on one side. With `valid` the validation is
    that, appended to the examples, less what shares a story or lies within the horizon of the test. Terciles are
    cut here, by the returns of the training examples.

    Raises:
        UserError: where a part has too little, a class has no training example, or the test has one class alone.
    """
    if valid is not None:
        examples, given = _joined(examples, valid)
    else:
        given = NONE
    held = _held(examples, settings, given)
    examples = _labelled(examples, held)
    _require_parts(examples, held)
    return examples, held


def _held(examples: Examples, settings: TuneSettings, given: np.ndarray) -> Parts:
    own = np.setdiff1d(np.arange(len(examples)), given)
    rest, test = _hold_out(examples, own, settings.test_share, settings.seed)
    if len(given):
        valid = _away(examples, given, test)
        train = _away(examples, rest, valid)
    else:
        train, valid = _hold_out(examples, rest, settings.valid_share, settings.seed + 1)
    train, valid, test = np.sort(train), np.sort(valid), np.sort(test)
    left_out = np.setdiff1d(np.arange(len(examples)), np.concatenate([train, valid, test]))
    return Parts(train, valid, test, left_out)


def _hold_out(examples: Examples, rows: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions that may teach, and those held out."""
    if examples.has_sessions:
        X = _frame(examples, rows)
        made: Split = next(SessionHoldout(share, examples.horizon).parts(X))
        return rows[made.train], rows[made.test]
    held = stratified_groups(_strata(examples.labels[rows]), examples.story[rows], share, seed)
    return rows[~held], rows[held]


def stratified_groups(strata: np.ndarray, groups: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Draw whole groups until each stratum has given up its share of rows; return which rows, `(n,)` bool.

    `strata` `(n,)` and `groups` `(n,)` are whole numbers. Groups are tried in a random order, and one that would
    take more of a stratum than its share, rounded, stays.
    """
    strata = np.unique(strata, return_inverse=True)[1]
    groups, sizes = np.unique(groups, return_inverse=True, return_counts=True)[1:]
    room = np.round(np.bincount(strata) * share).astype(int)
    members = np.split(np.argsort(groups, kind="stable"), np.cumsum(sizes)[:-1])
    held = np.zeros(len(strata), bool)
    for group in np.random.default_rng(seed).permutation(len(members)):
        needed = np.bincount(strata[members[group]], minlength=len(room))
        if (needed <= room).all():
            held[members[group]] = True
            room -= needed
    return held


def _strata(labels: np.ndarray) -> np.ndarray:
    """Return classes as they are, and numbers by fifths."""
    if labels.dtype.kind != "f":
        return labels
    bounds = np.unique(np.quantile(labels, np.arange(1, BINS) / BINS))
    return np.searchsorted(bounds, labels, side="left")


def _labelled(examples: Examples, parts: Parts) -> Examples:
    """Cut returns into the classes' thirds; other labels stay."""
    if not examples.classes or examples.labels.dtype.kind != "f" or not len(parts.train):
        return examples
    bounds = tercile_bounds(examples.labels[parts.train])
    return replace(examples, labels=third_of(examples.labels, bounds))


def _away(examples: Examples, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the rows that share no story with the others and, where dated, lie beyond the horizon of them."""
    rows = rows[~np.isin(examples.story[rows], examples.story[others])]
    if not examples.has_sessions:
        return rows
    number, sessions = numbered(_frame(examples, np.arange(len(examples))))
    near = np.zeros(len(sessions) + 1, bool)  # the last stands for "unknown": never near
    dated = number[others][number[others] >= 0]
    for step in range(-examples.horizon, examples.horizon + 1):
        near[np.clip(dated + step, 0, len(sessions) - 1)] = True
    return np.asarray(rows[~near[number[rows]]])


def _frame(examples: Examples, rows: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {"session": examples.session.iloc[rows].to_numpy(), "story": examples.story[rows]},
        index=range(len(rows)),
    )


def _joined(examples: Examples, valid: Examples) -> tuple[Examples, np.ndarray]:
    """Append the validation examples; return all, with their stories found anew, and the positions of those."""
    unknown = set(valid.classes) - set(examples.classes)
    if unknown or len(valid.columns) != len(examples.columns):
        raise UserError(_ONE_SIDE, found=", ".join(valid.classes), classes=", ".join(examples.classes))
    code = np.array([examples.classes.index(name) for name in valid.classes], np.int64)
    labels = code[valid.labels] if valid.labels.dtype.kind == "i" and len(code) else valid.labels
    columns = tuple([*one, *other] for one, other in zip(examples.columns, valid.columns, strict=True))
    number = stories([text for texts in columns for text in texts]).reshape(len(columns), -1)
    joined = replace(
        examples,
        columns=columns,
        labels=np.concatenate([examples.labels, labels]),
        story=components(number),
        session=pd.concat([examples.session, valid.session], ignore_index=True),
        rows=np.concatenate([examples.rows, np.full(len(valid), -1)]),
        notes=(*examples.notes, *valid.notes),
    )
    return joined, np.arange(len(examples), len(joined))


def _require_parts(examples: Examples, parts: Parts) -> None:
    if len(parts.train) < FEWEST_TRAIN or min(len(parts.valid), len(parts.test)) < FEWEST_HELD:
        raise UserError(
            N_(
                "After the split {train:,} examples are left to train on, {valid:,} to choose the epoch and {test:,} "
                "to test; at least {few}, {held} and {held} are needed: bring more examples or a longer period."
            ),
            train=len(parts.train),
            valid=len(parts.valid),
            test=len(parts.test),
            few=FEWEST_TRAIN,
            held=FEWEST_HELD,
        )
    for code, name in enumerate(examples.classes):
        if not (examples.labels[parts.train] == code).any():
            raise UserError(
                N_("After the split no training example is of the class {label}: bring more of it."),
                label=name,
            )
    if examples.classes and len(np.unique(examples.labels[parts.test])) < 2:
        raise UserError(
            N_("The test holds examples of one class alone: hold out a larger share or bring more examples.")
        )
