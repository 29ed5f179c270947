"""Test a run by turning round the words of its held-out headlines; saved with the run."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.arrays import read_arrays, write_arrays
from core.data.classes import class_rank, run_from_down_to_up
from core.data.dataset import Dataset
from core.embed import embed
from core.embed.pipeline import canonical
from core.errors import UserError
from core.evaluate import ledger
from core.evaluate.blocks import Blocks, block_numbers
from core.evaluate.ledger_rows import Rows
from core.evaluate.predictions import MEAN
from core.jobs import Report, part, silent
from core.locale import N_
from core.predict.finance_words.dealing import Predict, dealt_refits
from core.predict.finance_words.flip_score import FlipTest, right_way
from core.predict.finance_words.opposites import Opposite, opposite
from core.predict.finance_words.vocabulary import OTHER, good_and_bad
from core.train.features.inputs import Inputs
from core.train.features.preparation import Preparation
from core.train.features.registry import headline_groups
from core.train.run import Run
from core.train.runs import run_folder

log = logging.getLogger(__name__)

REFITS = 12  # on dealt outcomes
_FORMAT = 1  # of what is saved
_LISTS = ("rows", "texts", "turn", "cluster", "pair", "of")


def flip_test(
    run: Run, dataset: Dataset, vectors: np.ndarray | None, report: Report = silent, refits: int = REFITS
) -> FlipTest:
    """Predict a run's tested headlines and their opposites beside the same numbers, outlet and time.

    Of the rows that a reader is shown (`Predictions.test`, none of a sealed holdout) each distinct headline counts once
    whose opposite is surely better or worse news. `vectors (rows, dim)` are those of the whole dataset. What is computed
    for a saved run is saved beside it.

    Raises:
        UserError: where the run reads no headline, its classes have no order, no headline holds such a word, or the
            run's encoder is not on this machine.
    """
    saved = saved_flip_test(run)
    if saved is not None:
        return saved
    require_direction(run)
    rows, turned = headlines_to_turn(run, dataset)
    texts = [one.text for one in turned]
    other = None
    if vectors is not None:
        other = embed(texts, run.settings.encoder, run.settings.pooling, part(report, 0, 0.1)).vectors
    asked = _Asked.of(run, dataset, vectors, rows, texts, other)
    turn = np.array([one.turn for one in turned])
    before, after = asked.answers(run.preparation, lambda X: run.calibrated(run.predict_by_models(X)))

    def moves(preparation: Preparation, predict: Predict) -> dict[str, np.ndarray]:
        begun, ended = asked.answers(preparation, lambda X: run.calibrated(predict(X)))
        return {name: (ended[name] - begun[name]) * turn for name in begun}

    names = (*run.models, MEAN)
    dealt = dealt_refits(run, dataset, vectors, moves, refits, part(report, 0.1, 1))
    right = right_way((after[MEAN] - before[MEAN]) * turn)
    blocks = Blocks.of_numbers(block_numbers(dataset, rows), dataset.has_sessions, right)
    words = [{good_and_bad(*pair) for pair in one.words} for one in turned]
    pairs = sorted(set().union(*words))
    standing = [(pairs.index(pair), place) for place, each in enumerate(words) for pair in sorted(each)]
    pair, of = np.array(standing, int).reshape(-1, 2).T
    made = FlipTest(
        rows,
        np.array(texts, str),
        turn,
        blocks.ids // blocks.length,
        {name: before[name] for name in names},
        {name: after[name] for name in names},
        {name: np.array([one[name] for one in dealt]).reshape(len(dealt), len(rows)) for name in names},
        tuple(pairs),
        pair,
        of,
        bool(run.classes),
        run.settings.sealed,
    )
    _save(run, made)
    return made


def require_direction(run: Run) -> None:
    """Raise `UserError` where no word can move the run's prediction, or there is no right way for it to move."""
    if not headline_groups() & set(run.preparation.groups):
        raise UserError(N_("The run was trained without headlines, so no word can move its predictions."))
    if run.classes and not run_from_down_to_up(run.classes):
        raise UserError(
            N_(
                "The classes {classes} have no known order from bad to good, so a prediction has no right way to move."
            ),
            classes=", ".join(run.classes),
        )


def headlines_to_turn(run: Run, dataset: Dataset) -> tuple[np.ndarray, list[Opposite]]:
    """Return the positions of the tested headlines that have a better or worse opposite, and these, in order of time.

    Each distinct headline comes once; none is sealed, nor is its opposite. Raises `UserError` where none is left.
    """
    positions = run.predictions.test.positions(dataset)
    positions = positions[~np.isin(positions, ledger.sealed_positions(dataset))]
    frame = dataset.frame.iloc[positions].assign(place=positions)
    frame = frame.sort_values(["session", "time", "place"], kind="stable").drop_duplicates("headline")
    every: list[int] = frame["place"].tolist()
    found = [(row, one) for row in every if (one := opposite(dataset.headlines[row])) and one.turn]
    found = _open(found, dataset)
    if not found:
        raise UserError(
            N_(
                "None of the {n:,} tested headlines holds a word that can be turned round, such as 흑자, 상향 or 급등."
            ),
            n=len(every),
        )
    return np.array([row for row, _ in found]), [one for _, one in found]


def _open(found: list[tuple[int, Opposite]], dataset: Dataset) -> list[tuple[int, Opposite]]:
    if not found or not ledger.any_sealed():
        return found
    sessions = dataset.frame["session"].to_numpy()[[row for row, _ in found]]
    told = ledger.seals_told_by(Rows.of_headlines([one.text for _, one in found], sessions))
    closed = np.any([np.zeros(len(found), bool), *(seal.rows for seal in told)], axis=0)
    return [pair for pair, hidden in zip(found, closed, strict=True) if not hidden]


@dataclass(frozen=True, eq=False)
class _Asked:
    """The inputs of headlines and of their opposites, and the weight of each class in what is moved."""

    before: Inputs
    after: Inputs
    weights: np.ndarray | None

    @classmethod
    def of(
        cls,
        run: Run,
        dataset: Dataset,
        vectors: np.ndarray | None,
        rows: np.ndarray,
        texts: list[str],
        other: np.ndarray | None,
    ) -> _Asked:
        before = Inputs.of(dataset, vectors, run.settings.use_press).take(rows)
        turned = pd.Series([canonical(text) for text in texts], index=before.features.index, dtype="str")
        signs = [np.sign(class_rank(label) or 0) / 2 for label in run.classes]
        return cls(
            before, before._replace(vectors=other, text=turned), np.array(signs) if run.classes else None
        )

    def answers(
        self, preparation: Preparation, predict: Predict
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Return what each model says of the headlines and of their opposites, `(n,)` each."""
        said = [predict(preparation.matrix(inputs)) for inputs in (self.before, self.after)]
        before, after = (
            {name: made if self.weights is None else made @ self.weights for name, made in one.items()}
            for one in said
        )
        return before, after


def saved_flip_test(run: Run) -> FlipTest | None:
    """Return what was computed for a run before; None where nothing was, it is damaged, or the words have changed."""
    path = _path(run)
    arrays = read_arrays(path) if path else None
    if arrays is None or str(arrays["words"]) != _words():
        return None
    models = [name.removeprefix("before.") for name in arrays if name.startswith("before.")]
    before, after, dealt = (
        {name: arrays[f"{kind}.{name}"] for name in models} for kind in ("before", "after", "dealt")
    )
    return FlipTest(
        arrays["rows"],
        arrays["texts"],
        arrays["turn"],
        arrays["cluster"],
        before,
        after,
        dealt,
        tuple((one, other) for one, other in arrays["pairs"].tolist()),
        arrays["pair"],
        arrays["of"],
        bool(run.classes),
        run.settings.sealed,
    )


def _save(run: Run, made: FlipTest) -> None:
    path = _path(run)
    if path is None:
        return
    arrays = {name: getattr(made, name) for name in _LISTS}
    arrays |= {"words": np.array(_words()), "pairs": np.array(made.pairs, str).reshape(-1, 2)}
    for kind in ("before", "after", "dealt"):
        arrays |= {f"{kind}.{name}": values for name, values in getattr(made, kind).items()}
    try:
        write_arrays(path, arrays)
    except (OSError, UserError):
        log.exception("the flip test %s could not be saved and will be made anew", path)


def _words() -> str:
    """Return what changes where other words are turned round, or are saved in another form."""
    return hashlib.sha256(repr((_FORMAT, sorted(OTHER.items()))).encode()).hexdigest()


def _path(run: Run) -> Path | None:
    try:
        return run_folder(run.id) / "flips.npz"
    except UserError:
        return None
