"""What labelled texts and labelled pairs have in common: repeats are left out, and enough must remain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.errors import Message, UserError
from core.locale import N_, P_

FEWEST = 20  # texts or pairs
MOST_CLASSES = 50


def first_of_each(keys: list[str], labels: np.ndarray) -> tuple[np.ndarray, tuple[Message, ...]]:
    """Return the positions where a key stands for the first time, and what to say of the others."""
    codes = pd.factorize(np.array(keys, object))[0]
    first = np.flatnonzero(~pd.Series(codes).duplicated().to_numpy())
    kept = labels[first]  # by code: codes count in order of appearance
    differ = len(np.unique(codes[labels != kept[codes]]))
    notes = []
    if repeats := len(keys) - len(first):
        notes.append(
            Message(
                P_(
                    "{n:,} row repeats a text and was left out.",
                    "{n:,} rows repeat a text and were left out.",
                ),
                {"n": repeats},
                "repeats",
            )
        )
    if differ:
        notes.append(
            Message(
                P_(
                    "{n:,} text has more than one label; its first one counts.",
                    "{n:,} texts have more than one label; their first one counts.",
                ),
                {"n": differ},
                "contradictions",
            )
        )
    return first, tuple(notes)


def require_enough(kept: int, rows: int) -> None:
    """Raise `UserError` where fewer than `FEWEST` different texts or pairs are left of the rows."""
    if kept < FEWEST:
        raise UserError(
            P_(
                "Only {n} of {rows:,} rows holds a new text with a label; tuning needs at least {fewest}.",
                "Only {n} of {rows:,} rows hold a new text with a label; tuning needs at least {fewest}.",
            ),
            n=kept,
            rows=rows,
            fewest=FEWEST,
        )


def require_few_classes(count: int) -> None:
    """Raise `UserError` for more labels than can be classes."""
    if count > MOST_CLASSES:
        raise UserError(
            N_(
                "The label column holds {count:,} different values; tuning tells at most {most} classes apart. Numbers "
                "are no classes: choose a column of labels, or of returns on the data page and terciles here."
            ),
            count=count,
            most=MOST_CLASSES,
        )
