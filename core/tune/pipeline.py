"""Tuning as a whole: split, measure, train, measure again, judge, save."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.embed.catalog import fetch
from core.embed.encoder_card import EncoderCard
from core.embed.pipeline import embed
from core.errors import UserError
from core.evaluate import ledger
from core.evaluate.ledger_rows import Rows
from core.files import write_atomic
from core.jobs import Report, part, silent
from core.locale import N_
from core.settings import settings as workspace
from core.tune.examples import Examples, Parts
from core.tune.history import History
from core.tune.judge.baselines import baselines
from core.tune.judge.geometry import geometry
from core.tune.judge.learning_curve import CurvePoint, learning_curve
from core.tune.judge.scores import compare
from core.tune.judge.verdict import verdict
from core.tune.parts import split
from core.tune.record import Tuned, data_facts, history_of_plain, plain_history
from core.tune.seen import seen_of_training
from core.tune.settings import PAIRS, TuneSettings
from core.tune.sources import PairColumns, examples_of, pair_examples
from core.tune.training.fit import fit
from core.tune.training.model import Trainable
from core.tune.tuned import free_name, load_tuned, require_free, save_part, save_tuned

CURVES, STOP = "curves.json", "stop"
GEOMETRY, CURVE = "geometry", "learning_curve"
_READ, _TRAINED, _READ_AGAIN, _COMPARED = 0.03, 0.8, 0.83, 0.86  # about these shares of the time


@dataclass(frozen=True, eq=False)
class Source:
    """What to tune on: a dataset with its labels, or a table of sentence pairs with its columns (None: guessed).

    `valid` chooses the epoch, where a validation file is brought; else it is split off.
    """

    dataset: Dataset | None = None
    pairs: pd.DataFrame | None = None
    columns: PairColumns | None = None
    name: str = ""
    valid: Source | None = None

    def examples(self, settings: TuneSettings) -> Examples:
        """Return the labelled texts or pairs; raises `UserError` as `examples_of` and `pair_examples` do."""
        if settings.method == PAIRS and self.pairs is not None:
            return pair_examples(self.pairs, self.columns, settings, self.name)
        if self.dataset is None:
            raise UserError(
                N_("The method {method} needs a table of labelled texts."), method=settings.method
            )
        return examples_of(self.dataset, settings)

    def split(self, settings: TuneSettings) -> tuple[Examples, Parts]:
        """Return the examples and who learns, chooses and tests; raises `UserError` as `split` does."""
        valid = self.valid.examples(settings) if self.valid else None
        return split(self.examples(settings), settings, valid)


def tune(source: Source, settings: TuneSettings, report: Report = silent, name: str = "") -> Tuned:
    """Tune an encoder, judge it on a test that the training never saw, and save it in the catalog.

    A tuning with the same arguments that was cut off goes on from its last checkpoint. Where labels tell outcomes the
    test is counted in the ledger. Raises `UserError` for an encoder that cannot be trained, for too few or one-sided
    examples, where a row of the test is sealed, and where the name is taken.
    """
    start = time.perf_counter()
    if name:
        require_free(name)
    card = fetch(settings.encoder, report)
    settings = settings.resolved(card)
    examples, parts = source.split(settings)
    tested = tested_rows(source.dataset, examples, parts)
    folder = tuning_folder(examples, settings)
    (folder / STOP).unlink(missing_ok=True)  # asked of a tuning that was then cancelled
    model = Trainable.load(card, settings, examples.classes)
    old = _frozen(examples, settings, part(report, 0, _READ))
    history = fit(
        model,
        examples,
        parts,
        settings,
        part(report, _READ, _TRAINED),
        folder,
        watch=lambda curves: _write_curves(folder, curves),
        stop=lambda: (folder / STOP).exists(),
    )
    reading = part(report, _TRAINED, _READ_AGAIN)
    every = np.arange(len(examples))
    new = _vectors(model, examples, every if model.head is None else parts.test, reading)
    seed = settings.seed
    said = _said(model, examples, parts)
    judged = compare(examples, parts, old, new, said, part(report, _READ_AGAIN, _COMPARED), seed)
    others = baselines(examples, parts, old, part(report, _COMPARED, 0.97), seed)
    report(0.97, N_("Saving the encoder"))
    tuned = Tuned(
        name=name or free_name(settings.encoder, settings.method),
        created=datetime.now(UTC).isoformat(),
        encoder=settings.encoder,
        settings=settings,
        data=data_facts(examples, parts),
        history=history,
        judged=judged,
        verdict=verdict(judged, others),
        seconds=time.perf_counter() - start,
        baselines=others,
        licence=card.licence,
        notes=(*examples.notes, *model.frozen),
    )
    count_tests(tested, examples, tuned.id)
    seen = seen_of_training(examples, parts, settings.encoder)
    changed = geometry(examples, parts, old, new, seed).as_dict()
    save_tuned(model.save, tuned, seen, {GEOMETRY: changed})
    shutil.rmtree(folder, ignore_errors=True)
    report(1.0, N_("Tuned"))
    return tuned


def add_learning_curve(
    source: Source, tuned_id: str, sizes: Sequence[float | int], seeds: Sequence[int], report: Report = silent
) -> list[CurvePoint]:
    """Train anew on growing parts of the training texts, score each on the same test, and add that to the record.

    `source` is what the encoder was tuned on. Each training counts as a test in the ledger where labels tell outcomes.
    Raises `UserError` where it has no classes, or a row of the test is sealed.
    """
    settings = load_tuned(tuned_id).settings
    card = fetch(settings.encoder)
    examples, parts = source.split(settings)
    if not examples.classes or len(examples.columns) > 1:
        raise UserError(N_("A learning curve needs texts with classes."))
    tested = tested_rows(source.dataset, examples, parts)

    def train(some: Parts, seed: int) -> tuple[np.ndarray, float]:
        return _trained(card, examples, some, replace(settings, seed=seed))

    points = learning_curve(examples, parts, sizes, seeds, train, report)
    count_tests(tested, examples, tuned_id, len(points) * len(seeds))
    save_part(tuned_id, CURVE, [point.as_dict() for point in points])
    return points


def tuning_folder(examples: Examples, settings: TuneSettings) -> Path:
    """Return where a tuning leaves its checkpoint and its curves: one folder for these examples and settings."""
    digest = hashlib.sha256(json.dumps(settings.as_dict(), sort_keys=True).encode())
    digest.update(json.dumps([list(column) for column in examples.columns]).encode())
    digest.update(np.ascontiguousarray(examples.labels).tobytes())
    return workspace().folder("tunings") / digest.hexdigest()[:16]


def history_of(folder: Path) -> History | None:
    """Return the curves of a tuning that runs or was cut off; None where there are none yet."""
    try:
        return history_of_plain(json.loads((folder / CURVES).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def stop_and_keep(folder: Path) -> None:
    """Ask a tuning to end now and keep its best epoch."""
    write_atomic(folder / STOP, lambda path: path.write_text("", encoding="utf-8"))


def _write_curves(folder: Path, curves: History) -> None:
    text = json.dumps(plain_history(curves))
    write_atomic(folder / CURVES, lambda path: path.write_text(text, encoding="utf-8"))


def tested_rows(dataset: Dataset | None, examples: Examples, parts: Parts) -> Rows | None:
    """Return the tested rows as the ledger knows them, None where labels tell no outcome; raises where one is sealed."""
    if dataset is None or not examples.from_outcome:
        return None
    rows = Rows.of(dataset, examples.rows[parts.test])
    ledger.require_unsealed(rows)
    return rows


def count_tests(rows: Rows | None, examples: Examples, tuned_id: str, tests: int = 1) -> None:
    """Count in the ledger that these rows were scored, before a score is saved; raises as `record_access` does."""
    if rows is not None:
        ledger.record_access(examples.dataset_id, tuned_id, rows, tests=tests)


def _frozen(examples: Examples, settings: TuneSettings, report: Report) -> np.ndarray:
    """Return the vectors of all examples as the encoder was, through the store: `(n, dim)`, of pairs `(n, 2, dim)`."""
    size = len(examples.columns)
    return _beside(
        [
            embed(column, settings.encoder, settings.pooling, part(report, k / size, (k + 1) / size)).vectors
            for k, column in enumerate(examples.columns)
        ]
    )


def _vectors(model: Trainable, examples: Examples, rows: np.ndarray, report: Report = silent) -> np.ndarray:
    """Return the tuned vectors of all examples, `(n, dim)`, of pairs `(n, 2, dim)`; NaN outside these rows.

    The linear model that stands for a head learns from all; with a head only those of the test are compared.
    """
    columns, size = [], len(examples.columns)
    for k, column in enumerate(examples.columns):
        share = part(report, k / size, (k + 1) / size)
        made = np.full((len(examples), model.card.dim), np.nan, np.float32)
        made[rows] = model.embed([column[row] for row in rows], share, N_("Measuring the tuned encoder"))
        columns.append(made)
    return _beside(columns)


def _beside(columns: list[np.ndarray]) -> np.ndarray:
    return columns[0] if len(columns) == 1 else np.stack(columns, axis=1)


def _said(model: Trainable, examples: Examples, parts: Parts) -> np.ndarray | None:
    """Return the probabilities that the head gives the test, `(test, classes)`; None where there is no head."""
    if model.head is None:
        return None
    return model.probabilities(*([column[row] for row in parts.test] for column in examples.columns))


def _trained(
    card: EncoderCard, examples: Examples, parts: Parts, settings: TuneSettings
) -> tuple[np.ndarray, float]:
    """Return the test's probabilities and log loss of a training, of a linear model where there is no head."""
    from core.tune.judge.probe import features_of, linear_probe

    model = Trainable.load(card, settings, examples.classes)
    fit(model, examples, parts, settings)
    said = _said(model, examples, parts)
    if said is None:
        vectors = features_of(_vectors(model, examples, np.arange(len(examples))))
        said = linear_probe(vectors, examples.labels, parts, len(examples.classes), silent)
    true = said[np.arange(len(parts.test)), examples.labels[parts.test]]
    return said, float(-np.log(np.maximum(true, 1e-15)).mean())
