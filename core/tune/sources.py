"""From a table to examples: labelled texts of a dataset, or labelled pairs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.data.dataset import Dataset
from core.embed.pipeline import canonical
from core.errors import Message, UserError
from core.evaluate.ledger import sealed_positions
from core.locale import N_, P_
from core.train.splits.outcome import require_outcomes
from core.tune.cleaning import first_of_each, require_enough, require_few_classes
from core.tune.examples import Examples
from core.tune.pairs import PairColumns, guess_pair_columns, pair_examples
from core.tune.settings import PAIRS, TERCILES, TuneSettings

__all__ = ["PairColumns", "examples_of", "guess_pair_columns", "pair_examples"]

TERCILE_CLASSES = ("하락", "보합", "상승")  # as `core.data.classes` ranks them
_SEALED = P_(
    "{n:,} row of a sealed holdout was left out: its outcome may not be looked at.",
    "{n:,} rows of a sealed holdout were left out: their outcomes may not be looked at.",
)
_SENTIMENTS = {"부정", "중립", "긍정", "negative", "neutral", "positive"}


def examples_of(dataset: Dataset, settings: TuneSettings) -> Examples:
    """Return the dataset's headlines with the classes that `settings.labels` asks for.

    Rows without an outcome or of a sealed holdout are left out, and a text that was there before, so that n different
    texts stay: in the order of time where there are sessions, else in that of the file. Of a text with two labels the
    first counts.
    Terciles have the returns as labels (float64): their bounds come from the training sessions, see `split`.

    Raises:
        UserError: for pairs, a table without a target, terciles of labels, one class, more than 50 classes, or
            fewer than 20 texts.
    """
    _require_texts(dataset, settings)
    terciles = settings.labels == TERCILES
    outcome = dataset.outcome("regress" if terciles else "classify")
    known = np.flatnonzero(~np.isnan(outcome))
    rows = np.setdiff1d(known, sealed_positions(dataset))
    session = dataset.frame["session"]
    if dataset.has_sessions:
        rows = rows[np.argsort(session.iloc[rows], kind="stable")]
    texts = [canonical(text) for text in dataset.frame["headline"].iloc[rows]]
    first, notes = first_of_each(texts, outcome[rows])
    if sealed := len(known) - len(rows):
        notes = (*notes, Message(_SEALED, {"n": sealed}, "sealed"))
    require_enough(len(first), len(dataset))
    rows = rows[first]
    require_outcomes(outcome[rows], () if terciles else dataset.classes)
    examples = Examples(
        columns=([texts[i] for i in first],),
        labels=outcome[rows],
        classes=TERCILE_CLASSES if terciles else dataset.classes,
        story=dataset.frame["story"].to_numpy()[rows],
        session=session.iloc[rows].reset_index(drop=True),
        rows=rows,
        name=dataset.name,
        dataset_id=dataset.id,
        from_outcome=_from_outcome(dataset),
        horizon=dataset.horizon,
        notes=notes,
    )
    return examples if terciles else _present(examples)


def tercile_bounds(returns: np.ndarray) -> np.ndarray:
    """Return the two bounds `(2,)` between the lowest, middle and highest third of the returns `(n,)`.

    Raises `UserError` where they coincide, so that a third would be empty.
    """
    bounds = np.quantile(returns, (1 / 3, 2 / 3))
    if not returns.min() <= bounds[0] < bounds[1] < returns.max():
        raise UserError(
            N_(
                "Too many returns of the training are equal to cut them into three classes: use win and lose instead."
            )
        )
    return np.asarray(bounds)


def third_of(returns: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Return the number of the third that each return lies in, `(n,)` int64; a bound belongs to the one below."""
    return np.searchsorted(bounds, returns, side="left").astype(np.int64)


def _require_texts(dataset: Dataset, settings: TuneSettings) -> None:
    if settings.method == PAIRS:
        raise UserError(
            N_("The method pairs needs a table of sentence pairs: bring one, or choose triplet or classify.")
        )
    if not dataset.target_kind:
        raise UserError(
            N_("The table has no target: choose the column with the return or the label on the data page.")
        )
    if settings.labels == TERCILES and dataset.target_kind != "return":
        raise UserError(
            N_("The target holds labels, not returns, so it has no terciles: use its own labels.")
        )
    require_few_classes(len(dataset.classes))


def _from_outcome(dataset: Dataset) -> bool:
    """Whether labels tell what happened: all do but those of what a text sounds like."""
    return dataset.target_kind == "return" or not _SENTIMENTS.issuperset(c.lower() for c in dataset.classes)


def _present(examples: Examples) -> Examples:
    """Return the examples with the classes that they have, and their numbers as int64."""
    codes, labels = np.unique(examples.labels.astype(np.int64), return_inverse=True)
    return replace(
        examples, labels=labels.astype(np.int64), classes=tuple(examples.classes[code] for code in codes)
    )
